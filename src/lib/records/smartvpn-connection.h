/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server has assigned to a client. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CONNECTION (smartvpn_connection_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnConnection, smartvpn_connection, SMARTVPN, CONNECTION, SmartvpnRecord)

/**
 * SmartvpnConnection:
 *
 * What a server has assigned to a client: the result of [method@Client.connect_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_connection_get_assigned_ip:
 * @self: a connection
 *
 * Gets the client's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if the server has assigned none
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_assigned_ip (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_assigned_ipv6:
 * @self: a connection
 *
 * Gets the client's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if the server has assigned none
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_assigned_ipv6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix:
 * @self: a connection
 *
 * Gets the prefix length of the IPv4 network inside the tunnel.
 *
 * Returns: bits, 0 to 32; 0 without an IPv4 address
 *
 * Since: 0.1
 */
guint smartvpn_connection_get_prefix (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix6:
 * @self: a connection
 *
 * Gets the prefix length of the IPv6 network inside the tunnel.
 *
 * Returns: bits, 0 to 128; 0 without an IPv6 address
 *
 * Since: 0.1
 */
guint smartvpn_connection_get_prefix6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway:
 * @self: a connection
 *
 * Gets the server's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if there is none
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_gateway (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway6:
 * @self: a connection
 *
 * Gets the server's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if there is none
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_gateway6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_mtu:
 * @self: a connection
 *
 * Gets the MTU of the tunnel.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_connection_get_mtu (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_dns:
 * @self: a connection
 *
 * Gets the name servers that the client uses.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses
 *
 * Since: 0.1
 */
const char *const *smartvpn_connection_get_dns (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_routes:
 * @self: a connection
 *
 * Gets the networks that the client reaches through the tunnel.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 *
 * Since: 0.1
 */
const char *const *smartvpn_connection_get_routes (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_interface:
 * @self: a connection
 *
 * Gets the TUN device.
 *
 * Returns: (nullable): its name
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_interface (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_client_id:
 * @self: a connection
 *
 * Gets the id that the server has given to the session.
 *
 * Returns: (nullable): the id, as [method@Session.get_id] returns it
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_client_id (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_server_url:
 * @self: a connection
 *
 * Gets the URL of the server.
 *
 * Returns: (nullable): a `wss:` or `ws:` URL
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_server_url (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_dns_mode:
 * @self: a connection
 *
 * Gets how the name servers were set.
 *
 * Returns: (nullable): `resolved`, `resolvconf`, `file` or `none`
 *
 * Since: 0.1
 */
const char *smartvpn_connection_get_dns_mode (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_warnings:
 * @self: a connection
 *
 * Gets what differs from what one expects of the tunnel.
 *
 * Returns: (array zero-terminated=1) (transfer none): messages in English, each with a code and a colon before it, such as
 *   `route-left-out`
 *
 * Since: 0.1
 */
const char *const *smartvpn_connection_get_warnings (SmartvpnConnection *self);

G_END_DECLS

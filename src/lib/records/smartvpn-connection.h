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
 */

/**
 * smartvpn_connection_get_assigned_ip:
 * @self: a connection
 *
 * The IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_connection_get_assigned_ip (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_assigned_ipv6:
 * @self: a connection
 *
 * The IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if the server gave none
 */
const char *smartvpn_connection_get_assigned_ipv6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix:
 * @self: a connection
 *
 * Length of the IPv4 network's prefix.
 *
 * Returns: 0 to 32
 */
guint smartvpn_connection_get_prefix (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix6:
 * @self: a connection
 *
 * Length of the IPv6 network's prefix.
 *
 * Returns: 0 to 128
 */
guint smartvpn_connection_get_prefix6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway:
 * @self: a connection
 *
 * The server's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_connection_get_gateway (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway6:
 * @self: a connection
 *
 * The server's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if there is none
 */
const char *smartvpn_connection_get_gateway6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_mtu:
 * @self: a connection
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_connection_get_mtu (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_dns:
 * @self: a connection
 *
 * Name servers that are in use.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses
 */
const char *const *smartvpn_connection_get_dns (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_routes:
 * @self: a connection
 *
 * Networks that are reached through the tunnel.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 */
const char *const *smartvpn_connection_get_routes (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_interface:
 * @self: a connection
 *
 * The TUN device.
 *
 * Returns: (nullable): its name
 */
const char *smartvpn_connection_get_interface (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_client_id:
 * @self: a connection
 *
 * The server's name of this session.
 *
 * Returns: (nullable): the id, as [method@Session.get_id]
 */
const char *smartvpn_connection_get_client_id (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_server_url:
 * @self: a connection
 *
 * Where the server is.
 *
 * Returns: (nullable): a URL, `wss:` or `ws:`
 */
const char *smartvpn_connection_get_server_url (SmartvpnConnection *self);

G_END_DECLS

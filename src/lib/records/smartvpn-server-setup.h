/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server was started with. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SERVER_SETUP (smartvpn_server_setup_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnServerSetup, smartvpn_server_setup, SMARTVPN, SERVER_SETUP, SmartvpnRecord)

/**
 * SmartvpnServerSetup:
 *
 * What a server was started with: the result of [method@Server.start_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_server_setup_get_public_key:
 * @self: a set-up
 *
 * Gets the public key, the setting `server-public-key` of clients.
 *
 * Returns: (nullable): 32 bytes in base64
 *
 * Since: 0.1
 */
const char *smartvpn_server_setup_get_public_key (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_listen:
 * @self: a set-up
 *
 * Gets the addresses that the server listens on, with the real port where the setting says 0.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses and ports
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_setup_get_listen (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_subnet:
 * @self: a set-up
 *
 * Gets the address pools, IPv4 first.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_setup_get_subnet (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_interface:
 * @self: a set-up
 *
 * Gets the TUN device.
 *
 * Returns: (nullable): its name
 *
 * Since: 0.1
 */
const char *smartvpn_server_setup_get_interface (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_mtu:
 * @self: a set-up
 *
 * Gets the MTU of the tunnel.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_server_setup_get_mtu (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_warnings:
 * @self: a set-up
 *
 * Gets what differs from what one expects of the server.
 *
 * Returns: (array zero-terminated=1) (transfer none): messages in English, each with a code and a colon before it, such as
 *   `no-ipv6`
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_setup_get_warnings (SmartvpnServerSetup *self);

G_END_DECLS

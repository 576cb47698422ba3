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
 */

/**
 * smartvpn_server_setup_get_public_key:
 * @self: a set-up
 *
 * What clients take as `server-public-key`.
 *
 * Returns: (nullable): 32 bytes in base64
 */
const char *smartvpn_server_setup_get_public_key (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_listen:
 * @self: a set-up
 *
 * Where it listens, with the real ports.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses and ports
 */
const char *const *smartvpn_server_setup_get_listen (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_subnet:
 * @self: a set-up
 *
 * The address pools, IPv4 first.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 */
const char *const *smartvpn_server_setup_get_subnet (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_interface:
 * @self: a set-up
 *
 * The TUN device.
 *
 * Returns: (nullable): its name
 */
const char *smartvpn_server_setup_get_interface (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_mtu:
 * @self: a set-up
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_server_setup_get_mtu (SmartvpnServerSetup *self);

G_END_DECLS

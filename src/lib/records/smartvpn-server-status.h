/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a server. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-server-setup.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SERVER_STATUS (smartvpn_server_status_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnServerStatus, smartvpn_server_status, SMARTVPN, SERVER_STATUS, SmartvpnRecord)

/**
 * SmartvpnServerStatus:
 *
 * How a server is: the result of [method@Server.get_status_async].
 */

/**
 * smartvpn_server_status_get_state:
 * @self: a status
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnServerState smartvpn_server_status_get_state (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_setup:
 * @self: a status
 *
 * What it was started with.
 *
 * Returns: (transfer none) (nullable): the set-up, %NULL unless running
 */
SmartvpnServerSetup *smartvpn_server_status_get_setup (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_since:
 * @self: a status
 *
 * When it was started.
 *
 * Returns: Unix time in seconds, 0 unless running
 */
guint64 smartvpn_server_status_get_since (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_uptime_s:
 * @self: a status
 *
 * How long it runs.
 *
 * Returns: seconds, 0 unless running
 */
guint64 smartvpn_server_status_get_uptime_s (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_connected_clients:
 * @self: a status
 *
 * Sessions that there are.
 *
 * Returns: a number
 */
guint smartvpn_server_status_get_connected_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_max_clients:
 * @self: a status
 *
 * Most sessions that there can be.
 *
 * Returns: a number, 0 unless running
 */
guint smartvpn_server_status_get_max_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_last_error:
 * @self: a status
 *
 * The last failure.
 *
 * Returns: (nullable): its message, %NULL if there was none since the last start
 */
const char *smartvpn_server_status_get_last_error (SmartvpnServerStatus *self);

G_END_DECLS

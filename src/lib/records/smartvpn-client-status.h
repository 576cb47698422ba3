/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a client and of its connection. */
#pragma once

#include "smartvpn-connection.h"
#include "smartvpn-enums.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CLIENT_STATUS (smartvpn_client_status_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnClientStatus, smartvpn_client_status, SMARTVPN, CLIENT_STATUS, SmartvpnRecord)

/**
 * SmartvpnClientStatus:
 *
 * How a client is: the result of [method@Client.get_status_async].
 */

/**
 * smartvpn_client_status_get_state:
 * @self: a status
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnClientState smartvpn_client_status_get_state (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_connection:
 * @self: a status
 *
 * What the server assigned.
 *
 * Returns: (transfer none) (nullable): the connection, %NULL unless connected or reconnecting
 */
SmartvpnConnection *smartvpn_client_status_get_connection (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_since:
 * @self: a status
 *
 * When the connection was made.
 *
 * Returns: Unix time in seconds, 0 unless connected or reconnecting
 */
guint64 smartvpn_client_status_get_since (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_uptime_s:
 * @self: a status
 *
 * How long the connection stands, reconnects included.
 *
 * Returns: seconds, 0 unless connected or reconnecting
 */
guint64 smartvpn_client_status_get_uptime_s (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_remote_address:
 * @self: a status
 *
 * The other end of the TCP connection: the server's or a proxy's.
 *
 * Returns: (nullable): IP address and port
 */
const char *smartvpn_client_status_get_remote_address (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_last_error:
 * @self: a status
 *
 * The last failure.
 *
 * Returns: (nullable): its message, %NULL if there was none since the last attempt to connect
 */
const char *smartvpn_client_status_get_last_error (SmartvpnClientStatus *self);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client has replaced a lost session. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_RECONNECTION (smartvpn_reconnection_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnReconnection, smartvpn_reconnection, SMARTVPN, RECONNECTION, SmartvpnRecord)

/**
 * SmartvpnReconnection:
 *
 * How a lost session was made again: the detail of [signal@Client::reconnected].
 */

/**
 * smartvpn_reconnection_get_duration_ms:
 * @self: a reconnection
 *
 * From the loss of the session to the new one.
 *
 * Returns: milliseconds
 */
guint64 smartvpn_reconnection_get_duration_ms (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_attempts:
 * @self: a reconnection
 *
 * How many attempts it took.
 *
 * Returns: 1 or more
 */
guint smartvpn_reconnection_get_attempts (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reason:
 * @self: a reconnection
 *
 * Why the session was lost.
 *
 * Returns: (nullable): a sentence
 */
const char *smartvpn_reconnection_get_reason (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_assigned_ip:
 * @self: a reconnection
 *
 * The IPv4 address inside the tunnel from now on.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_reconnection_get_assigned_ip (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_same_address:
 * @self: a reconnection
 *
 * Whether the address has stayed.
 *
 * Returns: %TRUE if it is the same as before
 */
gboolean smartvpn_reconnection_get_same_address (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reconnects:
 * @self: a reconnection
 *
 * How often this has happened since the connection was made.
 *
 * Returns: 1 or more
 */
guint64 smartvpn_reconnection_get_reconnects (SmartvpnReconnection *self);

G_END_DECLS

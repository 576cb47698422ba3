/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client has replaced a lost session. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_RECONNECTION (smartvpn_reconnection_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnReconnection, smartvpn_reconnection, RECONNECTION, SmartvpnRecord)

/**
 * SmartvpnReconnection:
 *
 * How a client has replaced a lost session: the argument of [signal@Client::reconnected].
 *
 * Since: 0.1
 */

/**
 * smartvpn_reconnection_get_duration_ms:
 * @self: a reconnection
 *
 * Gets the time from the loss of the session to the new session.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint64 smartvpn_reconnection_get_duration_ms (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_attempts:
 * @self: a reconnection
 *
 * Gets the number of attempts that were needed.
 *
 * Returns: attempts, 1 or more
 *
 * Since: 0.1
 */
guint smartvpn_reconnection_get_attempts (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reason:
 * @self: a reconnection
 *
 * Gets the reason why the session was lost.
 *
 * Returns: (nullable): a code; smartvpn_reason_to_string() says it to a person
 *
 * Since: 0.1
 */
const char *smartvpn_reconnection_get_reason (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_assigned_ip:
 * @self: a reconnection
 *
 * Gets the IPv4 address inside the tunnel from now on.
 *
 * Returns: (nullable): the address, %NULL if there is none
 *
 * Since: 0.1
 */
const char *smartvpn_reconnection_get_assigned_ip (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_same_address:
 * @self: a reconnection
 *
 * Tells whether the client has kept its address.
 *
 * Returns: %TRUE if the address is the same as before
 *
 * Since: 0.1
 */
gboolean smartvpn_reconnection_get_same_address (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reconnects:
 * @self: a reconnection
 *
 * Gets the number of reconnects since the client connected.
 *
 * Returns: reconnects, this one included: 1 or more
 *
 * Since: 0.1
 */
guint64 smartvpn_reconnection_get_reconnects (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_message:
 * @self: a reconnection
 *
 * Gets more in English on why the session was lost.
 *
 * Returns: (nullable): a message, %NULL if there is no more to say
 *
 * Since: 0.1
 */
const char *smartvpn_reconnection_get_message (SmartvpnReconnection *self);

G_END_DECLS

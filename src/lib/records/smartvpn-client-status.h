/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a client and of its connection. */
#pragma once

#include "smartvpn-connection.h"
#include "smartvpn-enums.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CLIENT_STATUS (smartvpn_client_status_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnClientStatus, smartvpn_client_status, CLIENT_STATUS, SmartvpnRecord)

/**
 * SmartvpnClientStatus:
 *
 * The state of a client, and its connection if it has one: the result of [method@Client.get_status_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_client_status_get_state:
 * @self: a status
 *
 * Gets the state of the client.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
SmartvpnClientState smartvpn_client_status_get_state (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_state_word:
 * @self: a status
 *
 * Gets the word for the state, as smartvpnd has sent it: also where %SMARTVPN_CLIENT_STATE_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL if none was sent
 *
 * Since: 0.1
 */
const char *smartvpn_client_status_get_state_word (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_connection:
 * @self: a status
 *
 * Gets what the server has assigned.
 *
 * Returns: (transfer none) (nullable): the connection, %NULL unless connected or reconnecting
 *
 * Since: 0.1
 */
SmartvpnConnection *smartvpn_client_status_get_connection (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_since:
 * @self: a status
 *
 * Gets the time when the client connected.
 *
 * Returns: Unix time in seconds, 0 unless connected
 *
 * Since: 0.1
 */
guint64 smartvpn_client_status_get_since (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_uptime_s:
 * @self: a status
 *
 * Gets the age of the connection, which goes on over reconnects.
 *
 * Returns: seconds, 0 unless connected
 *
 * Since: 0.1
 */
guint64 smartvpn_client_status_get_uptime_s (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_lost_since:
 * @self: a status
 *
 * Gets the time when the client lost its session.
 *
 * Returns: Unix time in seconds, 0 unless reconnecting
 *
 * Since: 0.1
 */
guint64 smartvpn_client_status_get_lost_since (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_attempt:
 * @self: a status
 *
 * Gets the number of the attempt to reconnect that runs or comes next.
 *
 * Returns: the number since the loss, from 1; 0 unless reconnecting
 *
 * Since: 0.1
 */
guint smartvpn_client_status_get_attempt (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_next_try_s:
 * @self: a status
 *
 * Gets the time until the next attempt to reconnect. While there is no way to the server, no attempt is due, and the status
 * has no "next-try-s" ([method@Record.to_variant]).
 *
 * Returns: seconds, 0 while an attempt runs, and unless reconnecting
 *
 * Since: 0.1
 */
guint smartvpn_client_status_get_next_try_s (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_remote_address:
 * @self: a status
 *
 * Gets the other end of the TCP connection: a server, or a proxy in front of it.
 *
 * Returns: (nullable): IP address and port, %NULL unless connected or reconnecting
 *
 * Since: 0.1
 */
const char *smartvpn_client_status_get_remote_address (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_last_error:
 * @self: a status
 *
 * Gets why the client is down, or why it is still reconnecting.
 *
 * Returns: (nullable): a message in English, %NULL while connected, and after the user has disconnected
 *
 * Since: 0.1
 */
const char *smartvpn_client_status_get_last_error (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_last_reason:
 * @self: a status
 *
 * Gets why the state has changed last, as [property@Profile:last-reason].
 *
 * Returns: (nullable): a code, %NULL if the state has not changed since the machine has booted
 *
 * Since: 0.1
 */
const char *smartvpn_client_status_get_last_reason (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_lockdown:
 * @self: a status
 *
 * Gets whether nothing leaves the machine except through tunnels, as [property@Client:lockdown] does.
 *
 * Returns: %TRUE if the lockdown is closed
 *
 * Since: 0.1
 */
gboolean smartvpn_client_status_get_lockdown (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_aead:
 * @self: a status
 *
 * Gets the library that encrypts what goes through the tunnel.
 *
 * Returns: (nullable): "libcrypto" or "libsodium", %NULL unless connected or reconnecting, and with a worker of an older version
 *
 * Since: 0.1
 */
const char *smartvpn_client_status_get_aead (SmartvpnClientStatus *self);

G_END_DECLS

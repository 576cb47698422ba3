/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a server. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-server-setup.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SERVER_STATUS (smartvpn_server_status_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnServerStatus, smartvpn_server_status, SERVER_STATUS, SmartvpnRecord)

/**
 * SmartvpnServerStatus:
 *
 * The state of a server: the result of [method@Server.get_status_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_server_status_get_state:
 * @self: a status
 *
 * Gets the state of the server.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
SmartvpnServerState smartvpn_server_status_get_state (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_state_word:
 * @self: a status
 *
 * Gets the word for the state, as smartvpnd has sent it: also where %SMARTVPN_SERVER_STATE_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL if none was sent
 *
 * Since: 0.1
 */
const char *smartvpn_server_status_get_state_word (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_setup:
 * @self: a status
 *
 * Gets what the server was started with.
 *
 * Returns: (transfer none) (nullable): the set-up, %NULL unless running
 *
 * Since: 0.1
 */
SmartvpnServerSetup *smartvpn_server_status_get_setup (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_since:
 * @self: a status
 *
 * Gets the time when the server was started.
 *
 * Returns: Unix time in seconds, 0 unless running
 *
 * Since: 0.1
 */
guint64 smartvpn_server_status_get_since (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_uptime_s:
 * @self: a status
 *
 * Gets the time that the server has been running for.
 *
 * Returns: seconds, 0 unless running
 *
 * Since: 0.1
 */
guint64 smartvpn_server_status_get_uptime_s (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_connected_clients:
 * @self: a status
 *
 * Gets the number of sessions.
 *
 * Returns: sessions
 *
 * Since: 0.1
 */
guint smartvpn_server_status_get_connected_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_max_clients:
 * @self: a status
 *
 * Gets the largest number of sessions that the server takes.
 *
 * Returns: sessions, 0 unless running
 *
 * Since: 0.1
 */
guint smartvpn_server_status_get_max_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_needs_restart:
 * @self: a status
 *
 * Gets the keys of the settings that have changed in the profile since the start, and that
 * [method@Server.reload_async] cannot apply.
 *
 * Returns: (transfer none) (array zero-terminated=1): keys, none unless running
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_status_get_needs_restart (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_last_error:
 * @self: a status
 *
 * Gets the message of the last failure.
 *
 * Returns: (nullable): a message in English, %NULL without a failure since the last start
 *
 * Since: 0.1
 */
const char *smartvpn_server_status_get_last_error (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_last_reason:
 * @self: a status
 *
 * Gets why the state has changed last, as [property@Profile:last-reason].
 *
 * Returns: (nullable): a code, %NULL if the state has not changed since the machine has booted
 *
 * Since: 0.1
 */
const char *smartvpn_server_status_get_last_reason (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_aead:
 * @self: a status
 *
 * Gets the library that encrypts what goes through the tunnel.
 *
 * Returns: (nullable): "libcrypto" or "libsodium", %NULL unless running, and with a worker of an older version
 *
 * Since: 0.1
 */
const char *smartvpn_server_status_get_aead (SmartvpnServerStatus *self);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A VPN server. */
#pragma once

#include "smartvpn-profile.h"
#include "smartvpn-server-status.h"
#include "smartvpn-session.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SERVER (smartvpn_server_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnServer, smartvpn_server, SERVER, SmartvpnProfile)

/**
 * SmartvpnServer:
 *
 * A VPN server: `org.smartvpn.Server`.
 *
 * While the server runs, a worker process holds the listening sockets and all sessions. They outlive restarts of
 * smartvpnd.
 *
 * The signals are [signal@Server::started], [signal@Server::stopped], [signal@Server::client-connected],
 * [signal@Server::client-disconnected] and [signal@Profile::exited]. The two about clients say who connects, so the
 * system bus delivers them to root only. Other programs follow [property@Server:connected-clients], and call
 * [method@Server.list_clients_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_server_get_state:
 * @self: a server
 *
 * Gets the state of the server.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
SmartvpnServerState smartvpn_server_get_state (SmartvpnServer *self);

/**
 * smartvpn_server_get_state_word:
 * @self: a server
 *
 * Gets the word for the state, as smartvpnd has sent it: also where %SMARTVPN_SERVER_STATE_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL if none was sent
 *
 * Since: 0.1
 */
const char *smartvpn_server_get_state_word (SmartvpnServer *self);

/**
 * smartvpn_server_get_public_key:
 * @self: a server
 *
 * Gets the public key, the setting `server-public-key` of clients.
 *
 * Returns: (nullable): 32 bytes in base64, %NULL until the server has a key
 *
 * Since: 0.1
 */
const char *smartvpn_server_get_public_key (SmartvpnServer *self);

/**
 * smartvpn_server_get_listen_address:
 * @self: a server
 *
 * Gets the addresses that the server listens on.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses and ports, none unless the server runs
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_get_listen_address (SmartvpnServer *self);

/**
 * smartvpn_server_get_subnet:
 * @self: a server
 *
 * Gets the address pools, IPv4 first.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation, none unless the server runs
 *
 * Since: 0.1
 */
const char *const *smartvpn_server_get_subnet (SmartvpnServer *self);

/**
 * smartvpn_server_get_connected_clients:
 * @self: a server
 *
 * Gets the number of sessions.
 *
 * Returns: sessions
 *
 * Since: 0.1
 */
guint smartvpn_server_get_connected_clients (SmartvpnServer *self);

/**
 * smartvpn_server_start_async:
 * @self: a server
 * @options: (nullable): settings that override those of the profile for this run, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Starts the server: makes a private key if it has none, opens the sockets, and sets up the TUN device, forwarding and
 * NAT. The answer comes when clients can connect.
 *
 * Errors: %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING, %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the authorized client whose fixed address is not in
 * the pools), %SMARTVPN_ERROR_ALREADY_RUNNING, %SMARTVPN_ERROR_BUSY, %SMARTVPN_ERROR_TLS_FAILED (certificate or key
 * unusable), %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED (address in use, ...). After an error nothing
 * of the network is changed.
 *
 * Since: 0.1
 */
void smartvpn_server_start_async (SmartvpnServer *self, GVariant *options, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_start_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.start_async].
 *
 * Returns: (transfer full): what the server was started with; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServerSetup *smartvpn_server_start_finish (SmartvpnServer *self, GAsyncResult *result,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_start_sync:
 * @self: a server
 * @options: (nullable): settings that override those of the profile for this run, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.start_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): what the server was started with; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServerSetup *smartvpn_server_start_sync (SmartvpnServer *self, GVariant *options,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_stop_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Stops the server: tells the clients, ends the worker and undoes all changes of the network; the answer comes after
 * that.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING.
 *
 * Since: 0.1
 */
void smartvpn_server_stop_async (SmartvpnServer *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_stop_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.stop_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_stop_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_stop_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.stop_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_stop_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_reload_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Reads certificate and key again from the files that the server was started with, and uses them for new connections;
 * then applies what has changed in the profile since the start, where that is possible while the server runs.
 * Connected clients stay connected. [method@ServerStatus.get_needs_restart] has what takes a restart.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_INVALID_SETTING (a file cannot be read, or a setting is wrong),
 * %SMARTVPN_ERROR_TLS_FAILED (certificate or key unusable), %SMARTVPN_ERROR_FAILED (the profile's file cannot be read),
 * %SMARTVPN_ERROR_NOT_SUPPORTED (the server's worker is of an older version). After an error the old settings stay in
 * force.
 *
 * Since: 0.1
 */
void smartvpn_server_reload_async (SmartvpnServer *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_reload_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.reload_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_reload_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_reload_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.reload_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_reload_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_check_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Looks for what keeps clients from the server, or soon will. The document "The D-Bus API" lists the codes.
 *
 * Since: 0.1
 */
void smartvpn_server_check_async (SmartvpnServer *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_check_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.check_async].
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): findings, each a code, a colon and an English text that
 *   says what to do; %NULL on errors
 *
 * Since: 0.1
 */
char **smartvpn_server_check_finish (SmartvpnServer *self, GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_check_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.check_async], but blocks until the answer is there.
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): findings, each a code, a colon and an English text that
 *   says what to do; %NULL on errors
 *
 * Since: 0.1
 */
char **smartvpn_server_check_sync (SmartvpnServer *self, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_status_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the state of the server, and what it was started with.
 *
 * Since: 0.1
 */
void smartvpn_server_get_status_async (SmartvpnServer *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_get_status_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_status_async].
 *
 * Returns: (transfer full): the status; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServerStatus *smartvpn_server_get_status_finish (SmartvpnServer *self, GAsyncResult *result,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_status_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.get_status_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the status; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServerStatus *smartvpn_server_get_status_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_statistics_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the counters since the start, the sums over all sessions.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING.
 *
 * Since: 0.1
 */
void smartvpn_server_get_statistics_async (SmartvpnServer *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_get_statistics_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_statistics_async].
 *
 * Returns: (transfer full): the statistics; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_server_get_statistics_finish (SmartvpnServer *self, GAsyncResult *result,
                                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_statistics_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.get_statistics_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the statistics; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_server_get_statistics_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

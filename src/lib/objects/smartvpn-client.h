/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A VPN client. */
#pragma once

#include "smartvpn-client-status.h"
#include "smartvpn-history.h"
#include "smartvpn-mtu-info.h"
#include "smartvpn-profile.h"
#include "smartvpn-quality.h"
#include "smartvpn-reconnection.h"
#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CLIENT (smartvpn_client_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnClient, smartvpn_client, CLIENT, SmartvpnProfile)

/**
 * SmartvpnClient:
 *
 * A VPN client: `org.smartvpn.Client`.
 *
 * While the client is connected, a worker process holds the tunnel. The tunnel outlives restarts of smartvpnd, and the
 * program that has asked for the connection.
 *
 * The signals are [signal@Client::state-changed], [signal@Client::health-changed], [signal@Client::reconnected],
 * [signal@Client::config-changed], [signal@Profile::network-restored] and [signal@Profile::exited]. Changes that happen while smartvpnd is away are signalled when it is back.
 *
 * Since: 0.1
 */

/**
 * smartvpn_client_get_state:
 * @self: a client
 *
 * Gets the state of the client.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
SmartvpnClientState smartvpn_client_get_state (SmartvpnClient *self);

/**
 * smartvpn_client_get_health:
 * @self: a client
 *
 * Gets the health of the line.
 *
 * Returns: the health, %SMARTVPN_HEALTH_NONE while not connected
 *
 * Since: 0.1
 */
SmartvpnHealth smartvpn_client_get_health (SmartvpnClient *self);

/**
 * smartvpn_client_get_state_word:
 * @self: a client
 *
 * Gets the word for the state, as smartvpnd has sent it: also where %SMARTVPN_CLIENT_STATE_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL if none was sent
 *
 * Since: 0.1
 */
const char *smartvpn_client_get_state_word (SmartvpnClient *self);

/**
 * smartvpn_client_get_health_word:
 * @self: a client
 *
 * Gets the word for the health, as smartvpnd has sent it: also where %SMARTVPN_HEALTH_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL while not connected
 *
 * Since: 0.1
 */
const char *smartvpn_client_get_health_word (SmartvpnClient *self);

/**
 * smartvpn_client_get_assigned_ip:
 * @self: a client
 *
 * Gets the IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL while neither connected nor reconnecting
 *
 * Since: 0.1
 */
const char *smartvpn_client_get_assigned_ip (SmartvpnClient *self);

/**
 * smartvpn_client_get_server_url:
 * @self: a client
 *
 * Gets the URL of the server: that of the connection, or, while there is none, that of the profile.
 *
 * Returns: (nullable): a `wss:` or `ws:` URL, %NULL if there is none
 *
 * Since: 0.1
 */
const char *smartvpn_client_get_server_url (SmartvpnClient *self);

/**
 * smartvpn_client_get_lockdown:
 * @self: a client
 *
 * Gets whether nothing leaves the machine except through tunnels, because this profile or an earlier connect wants it.
 *
 * Returns: %TRUE if the lockdown is closed
 *
 * Since: 0.1
 */
gboolean smartvpn_client_get_lockdown (SmartvpnClient *self);

/**
 * smartvpn_client_connect_async:
 * @self: a client
 * @options: (nullable): settings that override those of the profile for this connection, an `a{sv}`
 * @cancellable: (nullable): cancels the attempt
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Connects; the answer comes when packets flow. With the option `wait` set to %FALSE an empty [class@Connection] comes
 * at once, and [signal@Client::state-changed] tells the rest.
 *
 * Errors: %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING, %SMARTVPN_ERROR_ALREADY_CONNECTED,
 * %SMARTVPN_ERROR_BUSY, %SMARTVPN_ERROR_TLS_FAILED, %SMARTVPN_ERROR_SERVER_KEY_MISMATCH, %SMARTVPN_ERROR_AUTH_FAILED,
 * %SMARTVPN_ERROR_PROXY_AUTH_REQUIRED, %SMARTVPN_ERROR_LIMIT_EXCEEDED (server full), %SMARTVPN_ERROR_TIMEOUT,
 * %SMARTVPN_ERROR_NOT_SUPPORTED (protocol version), %SMARTVPN_ERROR_NOT_CONNECTED (somebody disconnected meanwhile),
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED. After these nothing of the network is changed. Also
 * %SMARTVPN_ERROR_IN_PROGRESS: the attempt goes on.
 *
 * @cancellable ends the wait at once, and the attempt, too, by [method@Client.disconnect_async]; a connection that stood
 * before the call stays.
 *
 * Since: 0.1
 */
void smartvpn_client_connect_async (SmartvpnClient *self, GVariant *options, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_connect_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.connect_async].
 *
 * Returns: (transfer full): what the server has assigned; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnConnection *smartvpn_client_connect_finish (SmartvpnClient *self, GAsyncResult *result,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_connect_sync:
 * @self: a client
 * @options: (nullable): settings that override those of the profile for this connection, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.connect_async], but blocks until the answer is there, and @cancellable ends the wait alone: the attempt
 * goes on until [method@Client.disconnect_sync] ends it.
 *
 * Returns: (transfer full): what the server has assigned; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnConnection *smartvpn_client_connect_sync (SmartvpnClient *self, GVariant *options,
                                                  GCancellable *cancellable,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_disconnect_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Disconnects: tells the server, takes the tunnel down and undoes all changes of the network; the answer comes after
 * that. A connect in progress fails with %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Since: 0.1
 */
void smartvpn_client_disconnect_async (SmartvpnClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_disconnect_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.disconnect_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_client_disconnect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_client_disconnect_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.disconnect_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_client_disconnect_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_client_reconnect_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Opens another session and leaves the present one for it, so that traffic goes on; while reconnecting, tries at once. The
 * answer comes when that has begun, [signal@Client::reconnected] when it is done.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Since: 0.1
 */
void smartvpn_client_reconnect_async (SmartvpnClient *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_reconnect_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.reconnect_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_client_reconnect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_client_reconnect_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.reconnect_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_client_reconnect_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_client_check_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Looks for what keeps the client from working, or soon will. The document "The D-Bus API" lists the codes.
 *
 * Since: 0.1
 */
void smartvpn_client_check_async (SmartvpnClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_check_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.check_async].
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): findings, each a code, a colon and an English text that
 *   says what to do; %NULL on errors
 *
 * Since: 0.1
 */
char **smartvpn_client_check_finish (SmartvpnClient *self, GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_check_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.check_async], but blocks until the answer is there.
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): findings, each a code, a colon and an English text that
 *   says what to do; %NULL on errors
 *
 * Since: 0.1
 */
char **smartvpn_client_check_sync (SmartvpnClient *self, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_status_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the state of the client, and its connection if it has one.
 *
 * Since: 0.1
 */
void smartvpn_client_get_status_async (SmartvpnClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_status_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_status_async].
 *
 * Returns: (transfer full): the status; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnClientStatus *smartvpn_client_get_status_finish (SmartvpnClient *self, GAsyncResult *result,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_status_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.get_status_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the status; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnClientStatus *smartvpn_client_get_status_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_statistics_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the counters of the connection, which go on over reconnects.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Since: 0.1
 */
void smartvpn_client_get_statistics_async (SmartvpnClient *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_statistics_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_statistics_async].
 *
 * Returns: (transfer full): the statistics; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_client_get_statistics_finish (SmartvpnClient *self, GAsyncResult *result,
                                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_statistics_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.get_statistics_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the statistics; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_client_get_statistics_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_connection_quality_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the quality of the line to the server.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Since: 0.1
 */
void smartvpn_client_get_connection_quality_async (SmartvpnClient *self, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_connection_quality_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_connection_quality_async].
 *
 * Returns: (transfer full): the quality; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnQuality *smartvpn_client_get_connection_quality_finish (SmartvpnClient *self, GAsyncResult *result,
                                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_connection_quality_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.get_connection_quality_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the quality; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnQuality *smartvpn_client_get_connection_quality_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_mtu_info_async:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the items that the MTU of the tunnel is calculated from.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Since: 0.1
 */
void smartvpn_client_get_mtu_info_async (SmartvpnClient *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_mtu_info_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_mtu_info_async].
 *
 * Returns: (transfer full): the items; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnMtuInfo *smartvpn_client_get_mtu_info_finish (SmartvpnClient *self, GAsyncResult *result,
                                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_mtu_info_sync:
 * @self: a client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.get_mtu_info_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the items; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnMtuInfo *smartvpn_client_get_mtu_info_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_history_async:
 * @self: a client
 * @span_s: how many seconds back, 1 to 3600
 * @options: (nullable): reserved, %NULL
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets how the line was, for plots: also over restarts of smartvpnd, and while reconnecting.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED, %SMARTVPN_ERROR_INVALID_ARGUMENTS (out of range), %SMARTVPN_ERROR_NOT_SUPPORTED (the
 * tunnel was brought up by an earlier version).
 *
 * Since: 0.1
 */
void smartvpn_client_get_history_async (SmartvpnClient *self, guint span_s, GVariant *options,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * smartvpn_client_get_history_finish:
 * @self: a client
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_history_async].
 *
 * Returns: (transfer full): the history; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnHistory *smartvpn_client_get_history_finish (SmartvpnClient *self, GAsyncResult *result,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_client_get_history_sync:
 * @self: a client
 * @span_s: how many seconds back, 1 to 3600
 * @options: (nullable): reserved, %NULL
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Client.get_history_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the history; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnHistory *smartvpn_client_get_history_sync (SmartvpnClient *self, guint span_s, GVariant *options,
                                                   GCancellable *cancellable,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Sessions and authorized clients: more methods of SmartvpnServer. */
#pragma once

#include "smartvpn-authorized-client.h"
#include "smartvpn-server.h"
#include "smartvpn-session-telemetry.h"

G_BEGIN_DECLS

/**
 * smartvpn_server_list_clients_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Lists the sessions of the clients that are connected.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NOT_AUTHORIZED.
 *
 * Since: 0.1
 */
void smartvpn_server_list_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_list_clients_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.list_clients_async].
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_clients_finish (SmartvpnServer *self, GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_list_clients_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.list_clients_async], but blocks until the answer is there.
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_clients_sync (SmartvpnServer *self, GCancellable *cancellable,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_list_clients_page_async:
 * @self: a server
 * @offset: the first place to look at, 0 for the first one of all
 * @count: places to look at, 1 to 100
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Lists the sessions at some places. Each session keeps its place as long as it lasts, so that pages one after the other
 * show every session that stays meanwhile, and none twice. A place may be empty.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_INVALID_ARGUMENTS, %SMARTVPN_ERROR_NOT_AUTHORIZED,
 * %SMARTVPN_ERROR_NOT_SUPPORTED (the server's worker is of an older version).
 *
 * Since: 0.1
 */
void smartvpn_server_list_clients_page_async (SmartvpnServer *self, guint offset, guint count,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);

/**
 * smartvpn_server_list_clients_page_finish:
 * @self: a server
 * @result: the result that the callback got
 * @total: (out) (optional): return location for the number of all places
 * @error: return location for an error
 *
 * Finishes [method@Server.list_clients_page_async].
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_clients_page_finish (SmartvpnServer *self, GAsyncResult *result, guint *total,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_list_clients_page_sync:
 * @self: a server
 * @offset: the first place to look at, 0 for the first one of all
 * @count: places to look at, 1 to 100
 * @total: (out) (optional): return location for the number of all places
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.list_clients_page_async], but blocks until the answer is there.
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_clients_page_sync (SmartvpnServer *self, guint offset, guint count,
                                                   guint *total, GCancellable *cancellable,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_client_telemetry_async:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets everything that the server knows about a session.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_SESSION, %SMARTVPN_ERROR_NOT_AUTHORIZED.
 *
 * Since: 0.1
 */
void smartvpn_server_get_client_telemetry_async (SmartvpnServer *self, const char *id,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                                 gpointer user_data);

/**
 * smartvpn_server_get_client_telemetry_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_client_telemetry_async].
 *
 * Returns: (transfer full): the telemetry; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnSessionTelemetry *
smartvpn_server_get_client_telemetry_finish (SmartvpnServer *self, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_get_client_telemetry_sync:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.get_client_telemetry_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the telemetry; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnSessionTelemetry *
smartvpn_server_get_client_telemetry_sync (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_set_client_rate_limit_async:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @bytes_per_s: the rate for each direction on its own, 1000 to 100000000000 bytes per second
 * @burst_bytes: the bytes that a direction may send at once after a pause, 1500 to 1000000000
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Limits the rate of a session, with immediate effect. The limit lasts as long as the session; a reconnect of the same
 * client keeps it.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_SESSION, %SMARTVPN_ERROR_INVALID_ARGUMENTS (out of
 * range).
 *
 * Since: 0.1
 */
void smartvpn_server_set_client_rate_limit_async (SmartvpnServer *self, const char *id, guint64 bytes_per_s,
                                                  guint64 burst_bytes, GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_set_client_rate_limit_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.set_client_rate_limit_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_set_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result,
                                                       GError **error);

/**
 * smartvpn_server_set_client_rate_limit_sync:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @bytes_per_s: the rate for each direction on its own, 1000 to 100000000000 bytes per second
 * @burst_bytes: the bytes that a direction may send at once after a pause, 1500 to 1000000000
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.set_client_rate_limit_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_set_client_rate_limit_sync (SmartvpnServer *self, const char *id,
                                                     guint64 bytes_per_s, guint64 burst_bytes,
                                                     GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_remove_client_rate_limit_async:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Removes the rate limit of a session, with immediate effect.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_SESSION.
 *
 * Since: 0.1
 */
void smartvpn_server_remove_client_rate_limit_async (SmartvpnServer *self, const char *id,
                                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                                     gpointer user_data);

/**
 * smartvpn_server_remove_client_rate_limit_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.remove_client_rate_limit_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_remove_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result,
                                                          GError **error);

/**
 * smartvpn_server_remove_client_rate_limit_sync:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.remove_client_rate_limit_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_remove_client_rate_limit_sync (SmartvpnServer *self, const char *id,
                                                        GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_disconnect_client_async:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Ends a session for good, and tells the client why; it does not come back by itself.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_SESSION.
 *
 * Since: 0.1
 */
void smartvpn_server_disconnect_client_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_disconnect_client_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.disconnect_client_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_disconnect_client_finish (SmartvpnServer *self, GAsyncResult *result,
                                                   GError **error);

/**
 * smartvpn_server_disconnect_client_sync:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.disconnect_client_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_disconnect_client_sync (SmartvpnServer *self, const char *id,
                                                 GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_reconnect_client_async:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Ends a session and asks the client to come back, which it does by itself within 3 s, unless its auto-reconnect is off.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_SESSION, %SMARTVPN_ERROR_NOT_SUPPORTED (the server's worker
 * is of an older version).
 *
 * Since: 0.1
 */
void smartvpn_server_reconnect_client_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_reconnect_client_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.reconnect_client_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_reconnect_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_reconnect_client_sync:
 * @self: a server
 * @id: the id of a session, as [method@Session.get_id] returns it
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.reconnect_client_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_reconnect_client_sync (SmartvpnServer *self, const char *id,
                                                GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_authorize_client_async:
 * @self: a server
 * @client: the client to authorize
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Authorizes a client to connect with its key, or replaces the entry of the client that has this name. A server with
 * `client-auth` set to `required` takes authorized clients only. The list is stored, and takes effect at once if the
 * server runs.
 *
 * Errors: %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING (also for an address that is outside the pools or taken),
 * %SMARTVPN_ERROR_LIMIT_EXCEEDED (4096 clients), %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 *
 * Since: 0.1
 */
void smartvpn_server_authorize_client_async (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);

/**
 * smartvpn_server_authorize_client_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.authorize_client_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_authorize_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_authorize_client_sync:
 * @self: a server
 * @client: the client to authorize
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.authorize_client_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_authorize_client_sync (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                                GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_revoke_client_async:
 * @self: a server
 * @client: the name or the public key of an authorized client
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Removes an authorized client from the list, and ends its session at once.
 *
 * Errors: %SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT, %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 *
 * Since: 0.1
 */
void smartvpn_server_revoke_client_async (SmartvpnServer *self, const char *client, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_revoke_client_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.revoke_client_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_revoke_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_revoke_client_sync:
 * @self: a server
 * @client: the name or the public key of an authorized client
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.revoke_client_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_server_revoke_client_sync (SmartvpnServer *self, const char *client,
                                             GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_list_authorized_clients_async:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Lists the clients that the server has authorized.
 *
 * Errors: %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 *
 * Since: 0.1
 */
void smartvpn_server_list_authorized_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_list_authorized_clients_finish:
 * @self: a server
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.list_authorized_clients_async].
 *
 * Returns: (transfer container) (element-type SmartvpnAuthorizedClient): the clients,
 *   sorted by name; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_authorized_clients_finish (SmartvpnServer *self, GAsyncResult *result,
                                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_server_list_authorized_clients_sync:
 * @self: a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Server.list_authorized_clients_async], but blocks until the answer is there.
 *
 * Returns: (transfer container) (element-type SmartvpnAuthorizedClient): the clients,
 *   sorted by name; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_server_list_authorized_clients_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

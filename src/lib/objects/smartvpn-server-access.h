/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who is connected to a server, and who is let in: more methods of SmartvpnServer. */
#pragma once

#include "smartvpn-authorized-client.h"
#include "smartvpn-server.h"
#include "smartvpn-session-telemetry.h"

G_BEGIN_DECLS

/**
 * smartvpn_server_list_clients_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks who is connected. Errors: %SMARTVPN_ERROR_NOT_RUNNING.
 */
void smartvpn_server_list_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_list_clients_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.list_clients_async].
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL if it failed
 */
GPtrArray *smartvpn_server_list_clients_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_list_clients_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.list_clients_async] does, and waits for it.
 *
 * Returns: (transfer container) (element-type SmartvpnSession): the sessions; %NULL if it failed
 */
GPtrArray *smartvpn_server_list_clients_sync (SmartvpnServer *self, GCancellable *cancellable,
                                              GError **error);

/**
 * smartvpn_server_get_client_telemetry_async:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks for all that is known of a session. Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_CLIENT.
 */
void smartvpn_server_get_client_telemetry_async (SmartvpnServer *self, const char *id,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                                 gpointer user_data);

/**
 * smartvpn_server_get_client_telemetry_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_client_telemetry_async].
 *
 * Returns: (transfer full): the telemetry; %NULL if it failed
 */
SmartvpnSessionTelemetry *smartvpn_server_get_client_telemetry_finish (SmartvpnServer *self,
                                                                       GAsyncResult *result, GError **error);

/**
 * smartvpn_server_get_client_telemetry_sync:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.get_client_telemetry_async] does, and waits for it.
 *
 * Returns: (transfer full): the telemetry; %NULL if it failed
 */
SmartvpnSessionTelemetry *smartvpn_server_get_client_telemetry_sync (SmartvpnServer *self, const char *id,
                                                                     GCancellable *cancellable,
                                                                     GError **error);

/**
 * smartvpn_server_set_client_rate_limit_async:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @bytes_per_s: 1000 to 100000000000 bytes a second, for each direction on its own
 * @burst_bytes: 1500 to 1000000000 bytes: how far a direction may get ahead of the rate
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Limits a session, at once. The limit stays as long as the session lives; reconnects of the same client keep it.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_CLIENT, %SMARTVPN_ERROR_INVALID_ARGUMENTS (out of
 * range).
 */
void smartvpn_server_set_client_rate_limit_async (SmartvpnServer *self, const char *id, guint64 bytes_per_s,
                                                  guint64 burst_bytes, GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_set_client_rate_limit_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.set_client_rate_limit_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_set_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result,
                                                       GError **error);

/**
 * smartvpn_server_set_client_rate_limit_sync:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @bytes_per_s: 1000 to 100000000000 bytes a second, for each direction on its own
 * @burst_bytes: 1500 to 1000000000 bytes: how far a direction may get ahead of the rate
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.set_client_rate_limit_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_set_client_rate_limit_sync (SmartvpnServer *self, const char *id,
                                                     guint64 bytes_per_s, guint64 burst_bytes,
                                                     GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_remove_client_rate_limit_async:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Lifts the limit of a session, at once. Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_CLIENT.
 */
void smartvpn_server_remove_client_rate_limit_async (SmartvpnServer *self, const char *id,
                                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                                     gpointer user_data);

/**
 * smartvpn_server_remove_client_rate_limit_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.remove_client_rate_limit_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_remove_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result,
                                                          GError **error);

/**
 * smartvpn_server_remove_client_rate_limit_sync:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.remove_client_rate_limit_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_remove_client_rate_limit_sync (SmartvpnServer *self, const char *id,
                                                        GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_disconnect_client_async:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Ends a session; the client learns why. Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_NO_SUCH_CLIENT.
 */
void smartvpn_server_disconnect_client_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_disconnect_client_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.disconnect_client_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_disconnect_client_finish (SmartvpnServer *self, GAsyncResult *result,
                                                   GError **error);

/**
 * smartvpn_server_disconnect_client_sync:
 * @self: a server
 * @id: the name of a session, as [method@Session.get_id]
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.disconnect_client_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_disconnect_client_sync (SmartvpnServer *self, const char *id,
                                                 GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_authorize_client_async:
 * @self: a server
 * @client: whom to let in
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Lets a client in whose static key is known (for `client-auth` = "required"), or replaces all that is said of the
 * one with this name. It is kept over restarts, and acts at once if the server runs.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the key, also for an address that is outside the pools or taken),
 * %SMARTVPN_ERROR_LIMIT_EXCEEDED (4096 clients), %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 */
void smartvpn_server_authorize_client_async (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);

/**
 * smartvpn_server_authorize_client_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.authorize_client_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_authorize_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_authorize_client_sync:
 * @self: a server
 * @client: whom to let in
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.authorize_client_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_authorize_client_sync (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                                GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_revoke_client_async:
 * @self: a server
 * @client: name or public key of an authorized client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Forgets an authorized client, and ends its session at once. Errors: %SMARTVPN_ERROR_NO_SUCH_CLIENT,
 * %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 */
void smartvpn_server_revoke_client_async (SmartvpnServer *self, const char *client, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_revoke_client_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.revoke_client_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_revoke_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_revoke_client_sync:
 * @self: a server
 * @client: name or public key of an authorized client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.revoke_client_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_revoke_client_sync (SmartvpnServer *self, const char *client,
                                             GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_list_authorized_clients_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks who is let in. Errors: %SMARTVPN_ERROR_FAILED (the file of the list cannot be read).
 */
void smartvpn_server_list_authorized_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_list_authorized_clients_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.list_authorized_clients_async].
 *
 * Returns: (transfer container) (element-type SmartvpnAuthorizedClient): the clients, sorted by name; %NULL if it failed
 */
GPtrArray *smartvpn_server_list_authorized_clients_finish (SmartvpnServer *self, GAsyncResult *result,
                                                           GError **error);

/**
 * smartvpn_server_list_authorized_clients_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.list_authorized_clients_async] does, and waits for it.
 *
 * Returns: (transfer container) (element-type SmartvpnAuthorizedClient): the clients, sorted by name; %NULL if it failed
 */
GPtrArray *smartvpn_server_list_authorized_clients_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                         GError **error);

G_END_DECLS

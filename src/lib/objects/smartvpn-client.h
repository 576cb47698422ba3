/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A VPN client. */
#pragma once

#include "smartvpn-client-status.h"
#include "smartvpn-mtu-info.h"
#include "smartvpn-profile.h"
#include "smartvpn-reconnection.h"
#include "smartvpn-telemetry.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CLIENT (smartvpn_client_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnClient, smartvpn_client, SMARTVPN, CLIENT, SmartvpnProfile)

/**
 * SmartvpnClient:
 *
 * A VPN client: `org.smartvpn.Client`.
 *
 * While it is connected, smartvpnd has a worker process for it, which holds the tunnel; the tunnel outlives restarts
 * of smartvpnd, and all the more of the program that has asked for it.
 *
 * Its signals are [signal@Client::state-changed], [signal@Client::health-changed], [signal@Client::reconnected],
 * [signal@Client::config-changed], [signal@Client::telemetry-updated] and [signal@Profile::exited]. What has changed while smartvpnd was away is
 * signalled when it is back.
 */

/**
 * smartvpn_client_get_state:
 * @self: a client
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnClientState smartvpn_client_get_state (SmartvpnClient *self);

/**
 * smartvpn_client_get_health:
 * @self: a client
 *
 * The health of the line.
 *
 * Returns: the health, %SMARTVPN_HEALTH_NONE while not connected
 */
SmartvpnHealth smartvpn_client_get_health (SmartvpnClient *self);

/**
 * smartvpn_client_get_assigned_ip:
 * @self: a client
 *
 * The IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL while neither connected nor reconnecting
 */
const char *smartvpn_client_get_assigned_ip (SmartvpnClient *self);

/**
 * smartvpn_client_get_server_url:
 * @self: a client
 *
 * Where the server of this connection is, else that of the profile.
 *
 * Returns: (nullable): a URL, %NULL if there is none
 */
const char *smartvpn_client_get_server_url (SmartvpnClient *self);

/**
 * smartvpn_client_get_telemetry_interval:
 * @self: a client
 *
 * How often [signal@Client::telemetry-updated] comes.
 *
 * Returns: seconds, 1 to 3600; 0 for never
 */
guint smartvpn_client_get_telemetry_interval (SmartvpnClient *self);

/**
 * smartvpn_client_connect_async:
 * @self: a client
 * @options: (nullable): settings that override the profile's own for this connection, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Connects, and is done when packets flow. With the option `wait` set to %FALSE it is done at once, with a
 * [class@Connection] that has nothing in it, and [signal@Client::state-changed] tells the rest.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the key), %SMARTVPN_ERROR_ALREADY_CONNECTED,
 * %SMARTVPN_ERROR_BUSY, %SMARTVPN_ERROR_TLS_FAILED, %SMARTVPN_ERROR_SERVER_KEY_MISMATCH, %SMARTVPN_ERROR_AUTH_FAILED,
 * %SMARTVPN_ERROR_PROXY_AUTH_REQUIRED, %SMARTVPN_ERROR_LIMIT_EXCEEDED (server full), %SMARTVPN_ERROR_TIMEOUT,
 * %SMARTVPN_ERROR_NOT_SUPPORTED (protocol version), %SMARTVPN_ERROR_NOT_CONNECTED (a disconnect came in between),
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED. After an error nothing is left set up.
 *
 * To end an attempt call [method@Client.disconnect_async]; @cancellable only gives up waiting.
 */
void smartvpn_client_connect_async (SmartvpnClient *self, GVariant *options, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_connect_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.connect_async].
 *
 * Returns: (transfer full): what the server has assigned; %NULL if it failed
 */
SmartvpnConnection *smartvpn_client_connect_finish (SmartvpnClient *self, GAsyncResult *result,
                                                    GError **error);

/**
 * smartvpn_client_connect_sync:
 * @self: a client
 * @options: (nullable): settings that override the profile's own for this connection, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.connect_async] does, and waits for it.
 *
 * Returns: (transfer full): what the server has assigned; %NULL if it failed
 */
SmartvpnConnection *smartvpn_client_connect_sync (SmartvpnClient *self, GVariant *options,
                                                  GCancellable *cancellable, GError **error);

/**
 * smartvpn_client_disconnect_async:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Tells the server, takes the tunnel down and undoes all network settings; done when that is done. A connect that is
 * under way fails then with %SMARTVPN_ERROR_NOT_CONNECTED.
 *
 * Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 */
void smartvpn_client_disconnect_async (SmartvpnClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_disconnect_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.disconnect_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_client_disconnect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_client_disconnect_sync:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.disconnect_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_client_disconnect_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_client_get_status_async:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks how the client is.
 */
void smartvpn_client_get_status_async (SmartvpnClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_status_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_status_async].
 *
 * Returns: (transfer full): the status; %NULL if it failed
 */
SmartvpnClientStatus *smartvpn_client_get_status_finish (SmartvpnClient *self, GAsyncResult *result,
                                                         GError **error);

/**
 * smartvpn_client_get_status_sync:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.get_status_async] does, and waits for it.
 *
 * Returns: (transfer full): the status; %NULL if it failed
 */
SmartvpnClientStatus *smartvpn_client_get_status_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                       GError **error);

/**
 * smartvpn_client_get_statistics_async:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks for the counters of this connection; they go on over reconnects. Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 */
void smartvpn_client_get_statistics_async (SmartvpnClient *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_statistics_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_statistics_async].
 *
 * Returns: (transfer full): the statistics; %NULL if it failed
 */
SmartvpnStatistics *smartvpn_client_get_statistics_finish (SmartvpnClient *self, GAsyncResult *result,
                                                           GError **error);

/**
 * smartvpn_client_get_statistics_sync:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.get_statistics_async] does, and waits for it.
 *
 * Returns: (transfer full): the statistics; %NULL if it failed
 */
SmartvpnStatistics *smartvpn_client_get_statistics_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                         GError **error);

/**
 * smartvpn_client_get_connection_quality_async:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks how the line to the server is. Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 */
void smartvpn_client_get_connection_quality_async (SmartvpnClient *self, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_connection_quality_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_connection_quality_async].
 *
 * Returns: (transfer full): the quality; %NULL if it failed
 */
SmartvpnQuality *smartvpn_client_get_connection_quality_finish (SmartvpnClient *self, GAsyncResult *result,
                                                                GError **error);

/**
 * smartvpn_client_get_connection_quality_sync:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.get_connection_quality_async] does, and waits for it.
 *
 * Returns: (transfer full): the quality; %NULL if it failed
 */
SmartvpnQuality *smartvpn_client_get_connection_quality_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                              GError **error);

/**
 * smartvpn_client_get_mtu_info_async:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks how the MTU comes about. Errors: %SMARTVPN_ERROR_NOT_CONNECTED.
 */
void smartvpn_client_get_mtu_info_async (SmartvpnClient *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_client_get_mtu_info_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.get_mtu_info_async].
 *
 * Returns: (transfer full): the arithmetic; %NULL if it failed
 */
SmartvpnMtuInfo *smartvpn_client_get_mtu_info_finish (SmartvpnClient *self, GAsyncResult *result,
                                                      GError **error);

/**
 * smartvpn_client_get_mtu_info_sync:
 * @self: a client
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.get_mtu_info_async] does, and waits for it.
 *
 * Returns: (transfer full): the arithmetic; %NULL if it failed
 */
SmartvpnMtuInfo *smartvpn_client_get_mtu_info_sync (SmartvpnClient *self, GCancellable *cancellable,
                                                    GError **error);

/**
 * smartvpn_client_set_telemetry_interval_async:
 * @self: a client
 * @interval_s: seconds, 1 to 3600; 0 for never
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Sets how often [signal@Client::telemetry-updated] comes: for this client as a whole, whoever else listens. It is
 * not stored in the profile, but a connection that outlives smartvpnd goes on with it.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS if it is out of range.
 */
void smartvpn_client_set_telemetry_interval_async (SmartvpnClient *self, guint interval_s,
                                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                                   gpointer user_data);

/**
 * smartvpn_client_set_telemetry_interval_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Client.set_telemetry_interval_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_client_set_telemetry_interval_finish (SmartvpnClient *self, GAsyncResult *result,
                                                        GError **error);

/**
 * smartvpn_client_set_telemetry_interval_sync:
 * @self: a client
 * @interval_s: seconds, 1 to 3600; 0 for never
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Client.set_telemetry_interval_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_client_set_telemetry_interval_sync (SmartvpnClient *self, guint interval_s,
                                                      GCancellable *cancellable, GError **error);

G_END_DECLS

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
G_DECLARE_FINAL_TYPE (SmartvpnServer, smartvpn_server, SMARTVPN, SERVER, SmartvpnProfile)

/**
 * SmartvpnServer:
 *
 * A VPN server: `org.smartvpn.Server`.
 *
 * While it runs, smartvpnd has a worker process for it, which holds the listening sockets and all sessions; they
 * outlive restarts of smartvpnd.
 *
 * Its signals are [signal@Server::started], [signal@Server::stopped], [signal@Server::client-connected],
 * [signal@Server::client-disconnected] and [signal@Profile::exited]. The two about clients tell who they are, and the
 * system bus gives them to root alone: other programs follow [property@Server:connected-clients] and ask with
 * [method@Server.list_clients_async].
 */

/**
 * smartvpn_server_get_state:
 * @self: a server
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnServerState smartvpn_server_get_state (SmartvpnServer *self);

/**
 * smartvpn_server_get_public_key:
 * @self: a server
 *
 * What clients take as `server-public-key`.
 *
 * Returns: (nullable): 32 bytes in base64, %NULL before a key was made
 */
const char *smartvpn_server_get_public_key (SmartvpnServer *self);

/**
 * smartvpn_server_get_listen_address:
 * @self: a server
 *
 * Where it listens.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses and ports, none while not running
 */
const char *const *smartvpn_server_get_listen_address (SmartvpnServer *self);

/**
 * smartvpn_server_get_subnet:
 * @self: a server
 *
 * The address pools, IPv4 first.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation, none while not running
 */
const char *const *smartvpn_server_get_subnet (SmartvpnServer *self);

/**
 * smartvpn_server_get_connected_clients:
 * @self: a server
 *
 * Sessions that there are.
 *
 * Returns: a number
 */
guint smartvpn_server_get_connected_clients (SmartvpnServer *self);

/**
 * smartvpn_server_start_async:
 * @self: a server
 * @options: (nullable): settings that override the profile's own for this run, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Starts the server: makes its private key at the first time, opens the sockets, sets up the TUN device, forwarding
 * and NAT. It is done when clients can connect.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the key, or the authorized client whose fixed address is not in
 * the pools), %SMARTVPN_ERROR_ALREADY_RUNNING, %SMARTVPN_ERROR_BUSY, %SMARTVPN_ERROR_TLS_FAILED (certificate or key
 * unusable), %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED (address in use, ...). After an error nothing is
 * left set up.
 */
void smartvpn_server_start_async (SmartvpnServer *self, GVariant *options, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_start_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.start_async].
 *
 * Returns: (transfer full): what it was started with; %NULL if it failed
 */
SmartvpnServerSetup *smartvpn_server_start_finish (SmartvpnServer *self, GAsyncResult *result,
                                                   GError **error);

/**
 * smartvpn_server_start_sync:
 * @self: a server
 * @options: (nullable): settings that override the profile's own for this run, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.start_async] does, and waits for it.
 *
 * Returns: (transfer full): what it was started with; %NULL if it failed
 */
SmartvpnServerSetup *smartvpn_server_start_sync (SmartvpnServer *self, GVariant *options,
                                                 GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_stop_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Tells the clients, ends the worker and undoes all network settings; done when that is done. Errors:
 * %SMARTVPN_ERROR_NOT_RUNNING.
 */
void smartvpn_server_stop_async (SmartvpnServer *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_stop_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.stop_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_stop_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_stop_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.stop_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_stop_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_reload_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Reads certificate and key anew, from the files that the server was started with, and uses them for new connections;
 * no client is dropped. A server without TLS has nothing to read, and succeeds.
 *
 * Errors: %SMARTVPN_ERROR_NOT_RUNNING, %SMARTVPN_ERROR_INVALID_ARGUMENTS (a file cannot be read),
 * %SMARTVPN_ERROR_TLS_FAILED (certificate or key unusable); then the old certificate stays in use.
 */
void smartvpn_server_reload_async (SmartvpnServer *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_reload_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.reload_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_reload_finish (SmartvpnServer *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_server_reload_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.reload_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_server_reload_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error);

/**
 * smartvpn_server_get_status_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks how the server is.
 */
void smartvpn_server_get_status_async (SmartvpnServer *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_get_status_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_status_async].
 *
 * Returns: (transfer full): the status; %NULL if it failed
 */
SmartvpnServerStatus *smartvpn_server_get_status_finish (SmartvpnServer *self, GAsyncResult *result,
                                                         GError **error);

/**
 * smartvpn_server_get_status_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.get_status_async] does, and waits for it.
 *
 * Returns: (transfer full): the status; %NULL if it failed
 */
SmartvpnServerStatus *smartvpn_server_get_status_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                       GError **error);

/**
 * smartvpn_server_get_statistics_async:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks for the counters since the start, summed over all sessions. Errors: %SMARTVPN_ERROR_NOT_RUNNING.
 */
void smartvpn_server_get_statistics_async (SmartvpnServer *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_server_get_statistics_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Server.get_statistics_async].
 *
 * Returns: (transfer full): the statistics; %NULL if it failed
 */
SmartvpnStatistics *smartvpn_server_get_statistics_finish (SmartvpnServer *self, GAsyncResult *result,
                                                           GError **error);

/**
 * smartvpn_server_get_statistics_sync:
 * @self: a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Server.get_statistics_async] does, and waits for it.
 *
 * Returns: (transfer full): the statistics; %NULL if it failed
 */
SmartvpnStatistics *smartvpn_server_get_statistics_sync (SmartvpnServer *self, GCancellable *cancellable,
                                                         GError **error);

G_END_DECLS

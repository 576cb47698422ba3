/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All clients and servers of smartvpnd, and smartvpnd itself. */
#pragma once

#include "smartvpn-client.h"
#include "smartvpn-server.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_MANAGER (smartvpn_manager_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnManager, smartvpn_manager, SMARTVPN, MANAGER, GObject)

/**
 * SmartvpnManager:
 *
 * The way in: all clients and servers of smartvpnd, `org.smartvpn.Manager`, and whether smartvpnd is there at all.
 *
 * A manager is made on the system bus, or where the environment variable `SMARTVPN_BUS` says: `system`, `session`, or
 * a D-Bus address such as `unix:path=/tmp/bus` (for development and tests; ignored in programs that run with raised
 * privileges); or on a connection that is given.
 *
 * Making one starts smartvpnd if it is not running. Where that cannot be, because it is not installed, say, the
 * manager is made all the same, without clients and servers: [property@Manager:running] is %FALSE until smartvpnd
 * appears, and every method call tries anew to start it, and says why it could not. Only that there is no bus, and
 * that it was cancelled, are errors.
 *
 * It follows smartvpnd from then on. When smartvpnd goes away, [property@Manager:running] becomes %FALSE and all else
 * stays as it was last known, which for tunnels is likely to be true, since they stay up. When it is back, the lists
 * and all properties are brought up to date, with notifications and signals for what has changed, and
 * [property@Manager:running] becomes %TRUE after that. Programs need not do anything about it. The bus is another
 * matter: a connection that is closed stays closed, and [property@Manager:running] %FALSE, unless the program ends with
 * it, as GLib has it for the system and session bus (see [method@Gio.DBusConnection.set_exit_on_close]).
 *
 * A manager and its clients and servers belong to one thread: they are made and used, and their signals come, in the
 * thread-default main context of the time when the manager was made. Keep the manager for as long as its clients and
 * servers are of interest: once it is gone, they do not follow smartvpnd any more.
 */

/**
 * smartvpn_manager_new_async:
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Makes a manager on the system bus, or the bus that `SMARTVPN_BUS` names.
 */
void smartvpn_manager_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_new_finish:
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [func@Manager.new_async].
 *
 * Returns: (transfer full): the manager; %NULL if there is no bus, or it was cancelled
 */
SmartvpnManager *smartvpn_manager_new_finish (GAsyncResult *result, GError **error);

/**
 * smartvpn_manager_new_sync:
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Does what [func@Manager.new_async] does, and waits for it.
 *
 * Returns: (transfer full): the manager; %NULL if there is no bus, or it was cancelled
 */
SmartvpnManager *smartvpn_manager_new_sync (GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_new_for_connection_async:
 * @connection: (nullable): a connection to a message bus, %NULL for the one of [ctor@Manager.new_sync]
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Makes a manager on a connection.
 */
void smartvpn_manager_new_for_connection_async (GDBusConnection *connection, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_new_for_connection_finish:
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [func@Manager.new_for_connection_async].
 *
 * Returns: (transfer full): the manager; %NULL if there is no bus, or it was cancelled
 */
SmartvpnManager *smartvpn_manager_new_for_connection_finish (GAsyncResult *result, GError **error);

/**
 * smartvpn_manager_new_for_connection_sync:
 * @connection: (nullable): a connection to a message bus, %NULL for the one of [ctor@Manager.new_sync]
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Does what [func@Manager.new_for_connection_async] does, and waits for it.
 *
 * Returns: (transfer full): the manager; %NULL if there is no bus, or it was cancelled
 */
SmartvpnManager *smartvpn_manager_new_for_connection_sync (GDBusConnection *connection,
                                                           GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_get_connection:
 * @self: a manager
 *
 * The bus.
 *
 * Returns: (transfer none): the connection
 */
GDBusConnection *smartvpn_manager_get_connection (SmartvpnManager *self);

/**
 * smartvpn_manager_get_running:
 * @self: a manager
 *
 * Whether smartvpnd owns its name on the bus, and its clients and servers are known.
 *
 * Returns: %TRUE if it does
 */
gboolean smartvpn_manager_get_running (SmartvpnManager *self);

/**
 * smartvpn_manager_get_version:
 * @self: a manager
 *
 * The version of smartvpnd.
 *
 * Returns: (nullable): MAJOR.MINOR.PATCH, %NULL as long as it has not been seen
 */
const char *smartvpn_manager_get_version (SmartvpnManager *self);

/**
 * smartvpn_manager_get_clients:
 * @self: a manager
 *
 * All clients, a list of [class@Client], in the order of their names. The list follows what is added and removed.
 *
 * Returns: (transfer none): the list
 */
GListModel *smartvpn_manager_get_clients (SmartvpnManager *self);

/**
 * smartvpn_manager_get_servers:
 * @self: a manager
 *
 * All servers, a list of [class@Server], in the order of their names. The list follows what is added and removed.
 *
 * Returns: (transfer none): the list
 */
GListModel *smartvpn_manager_get_servers (SmartvpnManager *self);

/**
 * smartvpn_manager_get_client:
 * @self: a manager
 * @name: a name; "default" is always there
 *
 * Looks a client up by its name.
 *
 * Returns: (transfer none) (nullable): the client, %NULL if there is none of this name
 */
SmartvpnClient *smartvpn_manager_get_client (SmartvpnManager *self, const char *name);

/**
 * smartvpn_manager_get_server:
 * @self: a manager
 * @name: a name; "default" is always there
 *
 * Looks a server up by its name.
 *
 * Returns: (transfer none) (nullable): the server, %NULL if there is none of this name
 */
SmartvpnServer *smartvpn_manager_get_server (SmartvpnManager *self, const char *name);

/**
 * smartvpn_manager_add_client_async:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Stores a client profile. The name "default" stores the settings of the client that is always there, once.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the key; also if the name is taken),
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED if it cannot be stored.
 */
void smartvpn_manager_add_client_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * smartvpn_manager_add_client_finish:
 * @self: a manager
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.add_client_async].
 *
 * Returns: (transfer full): the client, which is in the list of clients now; %NULL if it failed
 */
SmartvpnClient *smartvpn_manager_add_client_finish (SmartvpnManager *self, GAsyncResult *result,
                                                    GError **error);

/**
 * smartvpn_manager_add_client_sync:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Manager.add_client_async] does, and waits for it.
 *
 * Returns: (transfer full): the client, which is in the list of clients now; %NULL if it failed
 */
SmartvpnClient *smartvpn_manager_add_client_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                                  GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_add_server_async:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Stores a server profile. The name "default" stores the settings of the server that is always there, once.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (naming the key; also if the name is taken),
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED if it cannot be stored.
 */
void smartvpn_manager_add_server_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * smartvpn_manager_add_server_finish:
 * @self: a manager
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.add_server_async].
 *
 * Returns: (transfer full): the server, which is in the list of servers now; %NULL if it failed
 */
SmartvpnServer *smartvpn_manager_add_server_finish (SmartvpnManager *self, GAsyncResult *result,
                                                    GError **error);

/**
 * smartvpn_manager_add_server_sync:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Manager.add_server_async] does, and waits for it.
 *
 * Returns: (transfer full): the server, which is in the list of servers now; %NULL if it failed
 */
SmartvpnServer *smartvpn_manager_add_server_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                                  GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_remove_async:
 * @self: a manager
 * @profile: a client or a server
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Removes a stored client or server with its keys, a server with its authorized clients, too. It leaves its list when
 * smartvpnd says so.
 *
 * Errors: %SMARTVPN_ERROR_NO_SUCH_PROFILE; %SMARTVPN_ERROR_BUSY while it is connected or running;
 * %SMARTVPN_ERROR_NOT_SUPPORTED for the two that are named "default".
 */
void smartvpn_manager_remove_async (SmartvpnManager *self, SmartvpnProfile *profile,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * smartvpn_manager_remove_finish:
 * @self: a manager
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.remove_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_manager_remove_finish (SmartvpnManager *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_manager_remove_sync:
 * @self: a manager
 * @profile: a client or a server
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Manager.remove_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_manager_remove_sync (SmartvpnManager *self, SmartvpnProfile *profile,
                                       GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_generate_keypair_async:
 * @self: a manager
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Makes a fresh X25519 key pair (RFC 7748), as the settings take them. It is stored nowhere.
 */
void smartvpn_manager_generate_keypair_async (SmartvpnManager *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_generate_keypair_finish:
 * @self: a manager
 * @result: what the callback got
 * @public_key: (out) (optional) (transfer full): the public key, 32 bytes in base64, for `server-public-key`
 * @private_key: (out) (optional) (transfer full): the private key, likewise, for `private-key`
 * @error: return location for an error
 *
 * Finishes [method@Manager.generate_keypair_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_manager_generate_keypair_finish (SmartvpnManager *self, GAsyncResult *result,
                                                   char **public_key, char **private_key, GError **error);

/**
 * smartvpn_manager_generate_keypair_sync:
 * @self: a manager
 * @public_key: (out) (optional) (transfer full): the public key, 32 bytes in base64, for `server-public-key`
 * @private_key: (out) (optional) (transfer full): the private key, likewise, for `private-key`
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Manager.generate_keypair_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_manager_generate_keypair_sync (SmartvpnManager *self, char **public_key, char **private_key,
                                                 GCancellable *cancellable, GError **error);

G_END_DECLS

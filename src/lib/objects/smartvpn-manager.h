/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The manager: all clients and servers of smartvpnd, and smartvpnd itself. */
#pragma once

#include "smartvpn-client.h"
#include "smartvpn-server.h"
#include "smartvpn-setting-info.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_MANAGER (smartvpn_manager_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnManager, smartvpn_manager, MANAGER, GObject)

/**
 * SmartvpnManager:
 *
 * The entry point of the library: `org.smartvpn.Manager`, all clients and servers of smartvpnd, and whether smartvpnd
 * runs.
 *
 * A manager uses the connection that it is given, or else the system bus. For development and tests, the environment
 * variable `SMARTVPN_BUS` names another bus: `system`, `session`, or a D-Bus address such as `unix:path=/tmp/bus`.
 * Programs that run with raised privileges ignore the variable.
 *
 * Making a manager starts smartvpnd if it is not running. If smartvpnd cannot be started, for instance because it is
 * not installed, the manager is made without clients and servers: [property@Manager:running] is %FALSE until smartvpnd
 * appears. Each method call tries again to start smartvpnd, and fails with the reason. Making a manager itself fails
 * only without a bus, or if it is cancelled.
 *
 * The manager then follows smartvpnd. When smartvpnd goes away, [property@Manager:running] becomes %FALSE, and all
 * other properties keep their values; tunnels stay up meanwhile. When smartvpnd is back, lists and properties are
 * updated, with notifications and signals for what has changed. After that, [property@Manager:running] becomes %TRUE.
 * Programs need not do anything for this. A bus connection, however, does not come back: once it is closed,
 * [property@Manager:running] stays %FALSE, unless GLib ends the program with the connection (see
 * [method@Gio.DBusConnection.set_exit_on_close]).
 *
 * A manager and its clients and servers belong to one thread. They are used, and their signals come, in the main
 * context that was the thread-default one when the manager was made. Keep the manager as long as you use its clients
 * and servers: without it, they do not follow smartvpnd.
 *
 * Since: 0.1
 */

/**
 * smartvpn_manager_new_async:
 * @cancellable: (nullable): cancels the making
 * @callback: (scope async): called with the result
 * @user_data: passed to @callback
 *
 * Makes a manager on the system bus, or on the bus that `SMARTVPN_BUS` names.
 *
 * Since: 0.1
 */
void smartvpn_manager_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_new_finish:
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [func@Manager.new_async].
 *
 * Returns: (transfer full): the manager; %NULL without a bus, or if it was cancelled
 *
 * Since: 0.1
 */
SmartvpnManager *smartvpn_manager_new_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_new_sync:
 * @cancellable: (nullable): cancels the making
 * @error: return location for an error
 *
 * Like [func@Manager.new_async], but blocks until the manager is made.
 *
 * Returns: (transfer full): the manager; %NULL without a bus, or if it was cancelled
 *
 * Since: 0.1
 */
SmartvpnManager *smartvpn_manager_new_sync (GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_new_for_connection_async:
 * @connection: (nullable): a connection to a message bus, %NULL for the bus of [ctor@Manager.new_sync]
 * @cancellable: (nullable): cancels the making
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Makes a manager on a connection to a message bus.
 *
 * Since: 0.1
 */
void smartvpn_manager_new_for_connection_async (GDBusConnection *connection, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_new_for_connection_finish:
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [func@Manager.new_for_connection_async].
 *
 * Returns: (transfer full): the manager; %NULL without a bus, or if it was cancelled
 *
 * Since: 0.1
 */
SmartvpnManager *smartvpn_manager_new_for_connection_finish (GAsyncResult *result,
                                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_new_for_connection_sync:
 * @connection: (nullable): a connection to a message bus, %NULL for the bus of [ctor@Manager.new_sync]
 * @cancellable: (nullable): cancels the making
 * @error: return location for an error
 *
 * Like [func@Manager.new_for_connection_async], but blocks until the manager is made.
 *
 * Returns: (transfer full): the manager; %NULL without a bus, or if it was cancelled
 *
 * Since: 0.1
 */
SmartvpnManager *smartvpn_manager_new_for_connection_sync (GDBusConnection *connection,
                                                           GCancellable *cancellable,
                                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_get_connection:
 * @self: a manager
 *
 * Gets the connection to the bus.
 *
 * Returns: (transfer none): the connection
 *
 * Since: 0.1
 */
GDBusConnection *smartvpn_manager_get_connection (SmartvpnManager *self);

/**
 * smartvpn_manager_get_running:
 * @self: a manager
 *
 * Tells whether smartvpnd runs, and its clients and servers are known.
 *
 * Returns: %TRUE if smartvpnd runs
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_get_running (SmartvpnManager *self);

/**
 * smartvpn_manager_get_version:
 * @self: a manager
 *
 * Gets the version of smartvpnd.
 *
 * Returns: (nullable): MAJOR.MINOR.PATCH, %NULL until smartvpnd has been seen
 *
 * Since: 0.1
 */
const char *smartvpn_manager_get_version (SmartvpnManager *self);

/**
 * smartvpn_manager_get_features:
 * @self: a manager
 *
 * Gets what smartvpnd can do beyond its first version. Test these words instead of versions.
 *
 * Returns: (array zero-terminated=1) (transfer none): words, as docs/dbus-api.md has them; none until smartvpnd has been seen
 *
 * Since: 0.1
 */
const char *const *smartvpn_manager_get_features (SmartvpnManager *self);

/**
 * smartvpn_manager_get_interactive:
 * @self: a manager
 *
 * Gets whether calls may open a dialog that asks for a password.
 *
 * Returns: whether they may
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_get_interactive (SmartvpnManager *self);

/**
 * smartvpn_manager_set_interactive:
 * @self: a manager
 * @interactive: whether calls may open a dialog that asks for a password
 *
 * Sets [property@Manager:interactive].
 *
 * Since: 0.1
 */
void smartvpn_manager_set_interactive (SmartvpnManager *self, gboolean interactive);

/**
 * smartvpn_manager_get_clients:
 * @self: a manager
 *
 * Gets all clients, a list of [class@Client] sorted by name. The list changes as clients are added and removed.
 *
 * Returns: (transfer none): the list
 *
 * Since: 0.1
 */
GListModel *smartvpn_manager_get_clients (SmartvpnManager *self);

/**
 * smartvpn_manager_get_servers:
 * @self: a manager
 *
 * Gets all servers, a list of [class@Server] sorted by name. The list changes as servers are added and removed.
 *
 * Returns: (transfer none): the list
 *
 * Since: 0.1
 */
GListModel *smartvpn_manager_get_servers (SmartvpnManager *self);

/**
 * smartvpn_manager_get_client:
 * @self: a manager
 * @name: a name; "default" always exists
 *
 * Gets the client of a name.
 *
 * Returns: (transfer none) (nullable): the client, %NULL if none has this name
 *
 * Since: 0.1
 */
SmartvpnClient *smartvpn_manager_get_client (SmartvpnManager *self, const char *name);

/**
 * smartvpn_manager_get_server:
 * @self: a manager
 * @name: a name; "default" always exists
 *
 * Gets the server of a name.
 *
 * Returns: (transfer none) (nullable): the server, %NULL if none has this name
 *
 * Since: 0.1
 */
SmartvpnServer *smartvpn_manager_get_server (SmartvpnManager *self, const char *name);

/**
 * smartvpn_manager_add_client_async:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-' and '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Adds a client: stores a profile with @settings. The client "default" always exists; adding it stores its settings,
 * if it has none yet.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (the name),
 * %SMARTVPN_ERROR_ALREADY_EXISTS, %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING,
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED (the profile cannot be stored).
 *
 * Since: 0.1
 */
void smartvpn_manager_add_client_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * smartvpn_manager_add_client_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.add_client_async].
 *
 * Returns: (transfer full): the client, which the list of clients contains now; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnClient *smartvpn_manager_add_client_finish (SmartvpnManager *self, GAsyncResult *result,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_add_client_sync:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-' and '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.add_client_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the client, which the list of clients contains now; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnClient *smartvpn_manager_add_client_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                                  GCancellable *cancellable,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_add_server_async:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-' and '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Adds a server: stores a profile with @settings. The server "default" always exists; adding it stores its settings,
 * if it has none yet.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (the name),
 * %SMARTVPN_ERROR_ALREADY_EXISTS, %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING,
 * %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED (the profile cannot be stored).
 *
 * Since: 0.1
 */
void smartvpn_manager_add_server_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * smartvpn_manager_add_server_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.add_server_async].
 *
 * Returns: (transfer full): the server, which the list of servers contains now; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServer *smartvpn_manager_add_server_finish (SmartvpnManager *self, GAsyncResult *result,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_add_server_sync:
 * @self: a manager
 * @name: its name: 1 to 32 of a-z, 0-9, '-' and '_', beginning with a letter or digit
 * @settings: (nullable): its settings, an `a{sv}`
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.add_server_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the server, which the list of servers contains now; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnServer *smartvpn_manager_add_server_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                                  GCancellable *cancellable,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_remove_async:
 * @self: a manager
 * @profile: a client or a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Removes a client or server with its keys, and with a server its authorized clients. The profile leaves its list when
 * the main loop runs again.
 *
 * Errors: %SMARTVPN_ERROR_NO_SUCH_PROFILE, %SMARTVPN_ERROR_BUSY (connected or running), %SMARTVPN_ERROR_NOT_SUPPORTED
 * (the two named "default"), %SMARTVPN_ERROR_NOT_AUTHORIZED.
 *
 * Since: 0.1
 */
void smartvpn_manager_remove_async (SmartvpnManager *self, SmartvpnProfile *profile,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * smartvpn_manager_remove_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.remove_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_remove_finish (SmartvpnManager *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_manager_remove_sync:
 * @self: a manager
 * @profile: a client or a server
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.remove_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_remove_sync (SmartvpnManager *self, SmartvpnProfile *profile,
                                       GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_rename_async:
 * @self: a manager
 * @profile: a client or a server
 * @name: its new name, which no other client or server of the same kind has
 * @cancellable: (nullable): cancels the wait for the answer, but not the change
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gives a stored client or server another name. Its keys and a server's authorized clients go with it. @profile is gone
 * then, as after [method@Manager.remove_async], unless its name is "default".
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (the name is taken, or cannot be a name), %SMARTVPN_ERROR_NO_SUCH_PROFILE,
 * %SMARTVPN_ERROR_BUSY (connected or running), %SMARTVPN_ERROR_NOT_AUTHORIZED.
 *
 * Since: 0.1
 */
void smartvpn_manager_rename_async (SmartvpnManager *self, SmartvpnProfile *profile, const char *name,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * smartvpn_manager_rename_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.rename_async].
 *
 * Returns: (transfer full): the client or server under its new name, %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnProfile *smartvpn_manager_rename_finish (SmartvpnManager *self, GAsyncResult *result,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_rename_sync:
 * @self: a manager
 * @profile: a client or a server
 * @name: its new name, which no other client or server of the same kind has
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.rename_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the client or server under its new name, %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnProfile *smartvpn_manager_rename_sync (SmartvpnManager *self, SmartvpnProfile *profile,
                                               const char *name, GCancellable *cancellable,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_generate_keypair_async:
 * @self: a manager
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Makes a new X25519 key pair (RFC 7748) for the settings of a client and a server. smartvpnd does not store it.
 *
 * Since: 0.1
 */
void smartvpn_manager_generate_keypair_async (SmartvpnManager *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_generate_keypair_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @public_key: (out) (optional) (transfer full): the public key, 32 bytes in base64
 * @private_key: (out) (optional) (transfer full): the private key, 32 bytes in base64, for the setting `private-key`
 * @error: return location for an error
 *
 * Finishes [method@Manager.generate_keypair_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_generate_keypair_finish (SmartvpnManager *self, GAsyncResult *result,
                                                   char **public_key, char **private_key, GError **error);

/**
 * smartvpn_manager_generate_keypair_sync:
 * @self: a manager
 * @public_key: (out) (optional) (transfer full): the public key, 32 bytes in base64
 * @private_key: (out) (optional) (transfer full): the private key, 32 bytes in base64, for the setting `private-key`
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.generate_keypair_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_manager_generate_keypair_sync (SmartvpnManager *self, char **public_key, char **private_key,
                                                 GCancellable *cancellable, GError **error);

/**
 * smartvpn_manager_describe_settings_async:
 * @self: a manager
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets all settings that this smartvpnd knows, for programs that make a form of them.
 *
 * Since: 0.1
 */
void smartvpn_manager_describe_settings_async (SmartvpnManager *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_describe_settings_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.describe_settings_async].
 *
 * Returns: (transfer container) (element-type SmartvpnSettingInfo): the settings, in the order for a form; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_manager_describe_settings_finish (SmartvpnManager *self, GAsyncResult *result,
                                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_describe_settings_sync:
 * @self: a manager
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.describe_settings_async], but blocks until the answer is there.
 *
 * Returns: (transfer container) (element-type SmartvpnSettingInfo): the settings, in the order for a form; %NULL on errors
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_manager_describe_settings_sync (SmartvpnManager *self, GCancellable *cancellable,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_check_permissions_async:
 * @self: a manager
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets what the program may do: for each polkit action of smartvpnd `yes`, `challenge` (after an authentication) or `no`.
 * Nobody is asked for a password.
 *
 * Since: 0.1
 */
void smartvpn_manager_check_permissions_async (SmartvpnManager *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_manager_check_permissions_finish:
 * @self: a manager
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Manager.check_permissions_async].
 *
 * Returns: (transfer full) (element-type utf8 utf8): action -> answer; %NULL on errors
 *
 * Since: 0.1
 */
GHashTable *smartvpn_manager_check_permissions_finish (SmartvpnManager *self, GAsyncResult *result,
                                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_manager_check_permissions_sync:
 * @self: a manager
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Manager.check_permissions_async], but blocks until the answer is there.
 *
 * Returns: (transfer full) (element-type utf8 utf8): action -> answer; %NULL on errors
 *
 * Since: 0.1
 */
GHashTable *smartvpn_manager_check_permissions_sync (SmartvpnManager *self, GCancellable *cancellable,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

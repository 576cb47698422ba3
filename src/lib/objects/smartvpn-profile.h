/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What clients and servers have in common: a stored profile. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SMARTVPN_TYPE_PROFILE (smartvpn_profile_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmartvpnProfile, smartvpn_profile, SMARTVPN, PROFILE, GObject)

/**
 * SmartvpnProfile:
 *
 * What a [class@Client] and a [class@Server] have in common: a name, stored settings, and a worker process while it
 * is in use.
 *
 * Profiles come from a [class@Manager] alone. They are the same objects for as long as smartvpnd has them, over its
 * restarts: while it is away, the properties keep the values that were known last. One that was removed keeps them
 * for good, and its methods fail.
 *
 * Settings are dictionaries of type `a{sv}`; their keys are listed in the document "Settings", docs/settings.md.
 * Where a method takes some, a floating one is consumed and %NULL stands for an empty one.
 *
 * Method calls start smartvpnd if it is not running, may bring up a dialog that asks for a password (polkit), and
 * wait as long as smartvpnd takes. Errors are of the domain [error@Error], unless the call has not come through to
 * smartvpnd or was cancelled. To cancel a call is to stop waiting for it: what smartvpnd was asked for it may do all
 * the same.
 *
 * A `_sync` method blocks until the answer is there, without running a main loop: signals and changes of properties
 * that belong to it come when the main loop runs again.
 */
struct _SmartvpnProfileClass {
  /*< private >*/
  GObjectClass parent_class;

  gpointer padding[8];
};

/**
 * smartvpn_profile_get_name:
 * @self: a profile
 *
 * The name of the profile.
 *
 * Returns: the name
 */
const char *smartvpn_profile_get_name (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_object_path:
 * @self: a profile
 *
 * Where the object is on D-Bus.
 *
 * Returns: the object path
 */
const char *smartvpn_profile_get_object_path (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_interface:
 * @self: a profile
 *
 * The TUN device.
 *
 * Returns: (nullable): its name, %NULL while there is none
 */
const char *smartvpn_profile_get_interface (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_last_error:
 * @self: a profile
 *
 * The last failure.
 *
 * Returns: (nullable): its message, %NULL if there was none since the last attempt
 */
const char *smartvpn_profile_get_last_error (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_settings_async:
 * @self: a profile
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Asks for what is stored: the settings that were set, without those that can only be written, private keys and
 * passwords.
 */
void smartvpn_profile_get_settings_async (SmartvpnProfile *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_profile_get_settings_finish:
 * @self: a profile
 * @result: what the callback got
 * @secrets: (out) (optional) (transfer full) (array zero-terminated=1): the keys of the secrets that are stored
 * @error: return location for an error
 *
 * Finishes [method@Profile.get_settings_async].
 *
 * Returns: (transfer full): the settings, an `a{sv}` without defaults and without secrets; %NULL if it failed
 */
GVariant *smartvpn_profile_get_settings_finish (SmartvpnProfile *self, GAsyncResult *result, char ***secrets,
                                                GError **error);

/**
 * smartvpn_profile_get_settings_sync:
 * @self: a profile
 * @secrets: (out) (optional) (transfer full) (array zero-terminated=1): the keys of the secrets that are stored
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Profile.get_settings_async] does, and waits for it.
 *
 * Returns: (transfer full): the settings, an `a{sv}` without defaults and without secrets; %NULL if it failed
 */
GVariant *smartvpn_profile_get_settings_sync (SmartvpnProfile *self, char ***secrets,
                                              GCancellable *cancellable, GError **error);

/**
 * smartvpn_profile_update_async:
 * @self: a profile
 * @settings: (nullable): the settings to change, an `a{sv}`
 * @unset: (nullable) (array zero-terminated=1): keys of settings to remove, secrets too
 * @cancellable: (nullable): to give up waiting
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Changes stored settings: all of it, or nothing if it fails. It takes effect with the next connect or start.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS, naming the key; %SMARTVPN_ERROR_FAILED if it cannot be stored.
 */
void smartvpn_profile_update_async (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * smartvpn_profile_update_finish:
 * @self: a profile
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Profile.update_async].
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_profile_update_finish (SmartvpnProfile *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_profile_update_sync:
 * @self: a profile
 * @settings: (nullable): the settings to change, an `a{sv}`
 * @unset: (nullable) (array zero-terminated=1): keys of settings to remove, secrets too
 * @cancellable: (nullable): to give up waiting
 * @error: return location for an error
 *
 * Does what [method@Profile.update_async] does, and waits for it.
 *
 * Returns: %TRUE; %FALSE if it failed
 */
gboolean smartvpn_profile_update_sync (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                                       GCancellable *cancellable, GError **error);

G_END_DECLS

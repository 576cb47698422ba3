/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The profile: what clients and servers have in common. */
#pragma once

#include "smartvpn-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define SMARTVPN_TYPE_PROFILE (smartvpn_profile_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnProfile, smartvpn_profile, PROFILE, GObject)

/**
 * SmartvpnProfile:
 *
 * What a [class@Client] and a [class@Server] have in common: a name, stored settings, and a worker process while the
 * profile is in use.
 *
 * Only a [class@Manager] makes profiles. A profile stays the same object for as long as smartvpnd has it, also over
 * restarts of smartvpnd: meanwhile its properties keep their last values. A removed profile keeps its values for good,
 * and its methods fail.
 *
 * Settings are dictionaries of type `a{sv}`. The document "Settings", docs/settings.md, lists their keys. Methods take
 * a floating dictionary over, and %NULL for an empty one.
 *
 * A method call starts smartvpnd if it is not running. If [property@Manager:interactive] allows it, it may open a dialog that asks for
 * a password (polkit), and
 * waits as long as smartvpnd needs. Errors are of the domain [error@Error], unless the call did not reach smartvpnd or
 * was cancelled. Cancelling a call ends the wait for its answer; smartvpnd may still do what the call has asked for.
 *
 * A `_sync` method blocks until the answer is there, and runs no main loop: signals and changes of properties that the
 * call causes arrive when the main loop runs again.
 *
 * Since: 0.1
 */
/**
 * smartvpn_profile_get_name:
 * @self: a profile
 *
 * Gets the name of the profile.
 *
 * Returns: the name: 1 to 32 of a-z, 0-9, '-' and '_'
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_name (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_title:
 * @self: a profile
 *
 * Gets the name of the profile for people.
 *
 * Returns: (nullable): the setting `title`, %NULL without one: then show the name
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_title (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_object_path:
 * @self: a profile
 *
 * Gets the path of the profile's object on D-Bus.
 *
 * Returns: the object path
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_object_path (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_interface:
 * @self: a profile
 *
 * Gets the TUN device.
 *
 * Returns: (nullable): its name, %NULL while there is none
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_interface (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_last_error:
 * @self: a profile
 *
 * Gets the message of the last failure.
 *
 * Returns: (nullable): a message in English, %NULL without a failure since the last attempt to connect or start
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_last_error (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_last_reason:
 * @self: a profile
 *
 * Gets why the state has changed last.
 *
 * Returns: (nullable): a code, %NULL if the state has not changed since the machine has booted
 *
 * Since: 0.1
 */
const char *smartvpn_profile_get_last_reason (SmartvpnProfile *self);

/**
 * smartvpn_profile_get_settings_async:
 * @self: a profile
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Gets the stored settings. Secrets, such as private keys and passwords, can be stored but not read: only their keys
 * are returned.
 *
 * Errors: %SMARTVPN_ERROR_FAILED if the profile's file was edited by hand and cannot be read.
 *
 * Since: 0.1
 */
void smartvpn_profile_get_settings_async (SmartvpnProfile *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_profile_get_settings_finish:
 * @self: a profile
 * @result: the result that the callback got
 * @secrets: (out) (optional) (transfer full) (array zero-terminated=1): the keys of the stored secrets
 * @error: return location for an error
 *
 * Finishes [method@Profile.get_settings_async].
 *
 * Returns: (transfer full): the settings, an `a{sv}` without defaults and secrets; %NULL on errors
 *
 * Since: 0.1
 */
GVariant *smartvpn_profile_get_settings_finish (SmartvpnProfile *self, GAsyncResult *result, char ***secrets,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_profile_get_settings_sync:
 * @self: a profile
 * @secrets: (out) (optional) (transfer full) (array zero-terminated=1): the keys of the stored secrets
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Profile.get_settings_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the settings, an `a{sv}` without defaults and secrets; %NULL on errors
 *
 * Since: 0.1
 */
GVariant *smartvpn_profile_get_settings_sync (SmartvpnProfile *self, char ***secrets,
                                              GCancellable *cancellable,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_profile_update_async:
 * @self: a profile
 * @settings: (nullable): the settings to change, an `a{sv}`
 * @unset: (nullable) (array zero-terminated=1): the keys of settings and secrets to remove
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Changes stored settings, all of them or, on errors, none. The changes take effect with the next connect or start.
 *
 * Errors: %SMARTVPN_ERROR_UNKNOWN_SETTING, %SMARTVPN_ERROR_INVALID_SETTING, %SMARTVPN_ERROR_NOT_AUTHORIZED, %SMARTVPN_ERROR_FAILED
 * (the settings cannot be stored).
 *
 * Since: 0.1
 */
void smartvpn_profile_update_async (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * smartvpn_profile_update_finish:
 * @self: a profile
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Profile.update_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_profile_update_finish (SmartvpnProfile *self, GAsyncResult *result, GError **error);

/**
 * smartvpn_profile_update_sync:
 * @self: a profile
 * @settings: (nullable): the settings to change, an `a{sv}`
 * @unset: (nullable) (array zero-terminated=1): the keys of settings and secrets to remove
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Profile.update_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_profile_update_sync (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                                       GCancellable *cancellable, GError **error);

G_END_DECLS

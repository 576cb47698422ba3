/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What there is to set. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SETTING_INFO (smartvpn_setting_info_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnSettingInfo, smartvpn_setting_info, SETTING_INFO, SmartvpnRecord)

/**
 * SmartvpnSettingInfo:
 *
 * One setting of a client, a server or an authorized client, for programs that make a form of them: a result of
 * [method@Manager.describe_settings_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_setting_info_get_scope:
 * @self: a setting
 *
 * Gets the part that the setting belongs to.
 *
 * Returns: (nullable): `client`, `server` or `authorized-client`
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_scope (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_key:
 * @self: a setting
 *
 * Gets the key.
 *
 * Returns: (nullable): the key, such as `server-url`
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_key (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_signature:
 * @self: a setting
 *
 * Gets the type of the value.
 *
 * Returns: (nullable): a D-Bus signature, such as `as`
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_signature (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_default:
 * @self: a setting
 *
 * Gets the value that counts where none is set.
 *
 * Returns: (transfer full) (nullable): the default, %NULL if there is none
 *
 * Since: 0.1
 */
GVariant *smartvpn_setting_info_get_default (SmartvpnSettingInfo *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_setting_info_get_minimum:
 * @self: a setting
 *
 * Gets the least value of a number, or number of elements of a list.
 *
 * Returns: the minimum
 *
 * Since: 0.1
 */
guint64 smartvpn_setting_info_get_minimum (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_maximum:
 * @self: a setting
 *
 * Gets the largest value of a number, or number of elements of a list.
 *
 * Returns: the maximum; 0 if the setting is neither
 *
 * Since: 0.1
 */
guint64 smartvpn_setting_info_get_maximum (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_zero:
 * @self: a setting
 *
 * Gets whether 0 is valid beside the range.
 *
 * Returns: whether it is
 *
 * Since: 0.1
 */
gboolean smartvpn_setting_info_get_zero (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_choices:
 * @self: a setting
 *
 * Gets the only values that are valid.
 *
 * Returns: (array zero-terminated=1) (transfer none): words; none unless only these are valid
 *
 * Since: 0.1
 */
const char *const *smartvpn_setting_info_get_choices (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_syntax:
 * @self: a setting
 *
 * Gets what is expected of a text.
 *
 * Returns: (nullable): a part of a sentence in English, such as `an IP address`
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_syntax (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_secret:
 * @self: a setting
 *
 * Gets whether the value can be set, but never be read.
 *
 * Returns: whether it is secret
 *
 * Since: 0.1
 */
gboolean smartvpn_setting_info_get_secret (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_in_profile:
 * @self: a setting
 *
 * Gets whether a profile can have the setting.
 *
 * Returns: whether it can
 *
 * Since: 0.1
 */
gboolean smartvpn_setting_info_get_in_profile (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_in_call:
 * @self: a setting
 *
 * Gets whether the setting can be given in the call that connects or starts.
 *
 * Returns: whether it can
 *
 * Since: 0.1
 */
gboolean smartvpn_setting_info_get_in_call (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_live:
 * @self: a setting
 *
 * Gets whether a running server takes over a change with [method@Server.reload_async].
 *
 * Returns: whether it does
 *
 * Since: 0.1
 */
gboolean smartvpn_setting_info_get_live (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_group:
 * @self: a setting
 *
 * Gets the group of settings that belong together in a form.
 *
 * Returns: (nullable): a word such as `network`
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_group (SmartvpnSettingInfo *self);

/**
 * smartvpn_setting_info_get_description:
 * @self: a setting
 *
 * Gets what the setting means, in the user's language.
 *
 * Returns: (nullable): one or two sentences
 *
 * Since: 0.1
 */
const char *smartvpn_setting_info_get_description (SmartvpnSettingInfo *self);

G_END_DECLS

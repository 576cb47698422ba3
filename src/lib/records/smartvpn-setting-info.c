/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What there is to set. */
#include "smartvpn-setting-info.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnSettingInfo:scope:
 *
 * The part that the setting belongs to: `client`, `server` or `authorized-client`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:key:
 *
 * The key, such as `server-url`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:signature:
 *
 * The type of the value: a D-Bus signature, such as `as`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:default:
 *
 * The value that counts where none is set; %NULL if there is none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:minimum:
 *
 * The least value of a number, or number of elements of a list.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:maximum:
 *
 * The largest value of a number, or number of elements of a list; 0 if the setting is neither.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:zero:
 *
 * Whether 0 is valid beside the range.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:choices:
 *
 * The only values that are valid: words; none unless only these are valid.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:syntax:
 *
 * What is expected of a text: a part of a sentence in English, such as `an IP address`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:secret:
 *
 * Whether the value can be set, but never be read.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:in-profile:
 *
 * Whether a profile can have the setting.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:in-call:
 *
 * Whether the setting can be given in the call that connects or starts.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:live:
 *
 * Whether a running server takes over a change with [method@Server.reload_async].
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:group:
 *
 * The group of settings that belong together in a form: a word such as `network`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSettingInfo:description:
 *
 * What the setting means, in the user's language: one or two sentences.
 *
 * Since: 0.1
 */

static const SvpnField setting_info_fields[] = {
  { "scope", SVPN_FIELD_STRING },       { "key", SVPN_FIELD_STRING },
  { "signature", SVPN_FIELD_STRING },   { "default", SVPN_FIELD_VARIANT },
  { "minimum", SVPN_FIELD_UINT64 },     { "maximum", SVPN_FIELD_UINT64 },
  { "zero", SVPN_FIELD_BOOLEAN },       { "choices", SVPN_FIELD_STRINGS },
  { "syntax", SVPN_FIELD_STRING },      { "secret", SVPN_FIELD_BOOLEAN },
  { "in-profile", SVPN_FIELD_BOOLEAN }, { "in-call", SVPN_FIELD_BOOLEAN },
  { "live", SVPN_FIELD_BOOLEAN },       { "group", SVPN_FIELD_STRING },
  { "description", SVPN_FIELD_TEXT },   { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnSettingInfo, smartvpn_setting_info, setting_info_fields)

const char *
smartvpn_setting_info_get_scope (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_string (self, "scope");
}

const char *
smartvpn_setting_info_get_key (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_string (self, "key");
}

const char *
smartvpn_setting_info_get_signature (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_string (self, "signature");
}

GVariant *
smartvpn_setting_info_get_default (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_lookup (self, "default", NULL);
}

guint64
smartvpn_setting_info_get_minimum (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), 0);
  return svpn_record_get_uint64 (self, "minimum");
}

guint64
smartvpn_setting_info_get_maximum (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), 0);
  return svpn_record_get_uint64 (self, "maximum");
}

gboolean
smartvpn_setting_info_get_zero (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), FALSE);
  return svpn_record_get_boolean (self, "zero");
}

const char *const *
smartvpn_setting_info_get_choices (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_strings (self, "choices");
}

const char *
smartvpn_setting_info_get_syntax (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_string (self, "syntax");
}

gboolean
smartvpn_setting_info_get_secret (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), FALSE);
  return svpn_record_get_boolean (self, "secret");
}

gboolean
smartvpn_setting_info_get_in_profile (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), FALSE);
  return svpn_record_get_boolean (self, "in-profile");
}

gboolean
smartvpn_setting_info_get_in_call (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), FALSE);
  return svpn_record_get_boolean (self, "in-call");
}

gboolean
smartvpn_setting_info_get_live (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), FALSE);
  return svpn_record_get_boolean (self, "live");
}

const char *
smartvpn_setting_info_get_group (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_string (self, "group");
}

const char *
smartvpn_setting_info_get_description (SmartvpnSettingInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SETTING_INFO (self), NULL);
  return svpn_record_get_text (self, "description");
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What there is to set. */
#include "smartvpn-setting-info.h"
#include "i18n.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnSettingInfo, smartvpn_setting_info)

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
  const char *text = svpn_record_get_string (self, "description");

  return text != NULL ? svpn_i18n_translate (text) : NULL;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What has changed between the settings that a server runs with and those that are stored for it. */
#include "settings.h"

#define NOT_COMPARED (SVPN_SETTING_SECRET | SVPN_SETTING_CALL_ONLY | SVPN_SETTING_PROFILE_ONLY)

static gboolean
is_changed (SvpnScope scope, const char *key, GVariant *running, GVariant *stored)
{
  g_autoptr (GVariant) old = svpn_settings_get_value (scope, running, key);
  g_autoptr (GVariant) new = svpn_settings_get_value (scope, stored, key);

  return old == NULL || new == NULL ? old != new : !g_variant_equal (old, new);
}

char **
svpn_settings_changed (SvpnScope scope, GVariant *running, GVariant *stored, gboolean live)
{
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();

  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    gboolean is_live = (setting->flags & SVPN_SETTING_LIVE) != 0;

    if (is_live == live && !(setting->flags & NOT_COMPARED)
        && is_changed (scope, setting->key, running, stored))
      g_strv_builder_add (keys, setting->key);
  }
  return g_strv_builder_end (keys);
}

GVariant *
svpn_settings_take_live (SvpnScope scope, GVariant *running, GVariant *stored)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, running);
  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    g_autoptr (GVariant) value = g_variant_lookup_value (stored, setting->key, NULL);

    if (!(setting->flags & SVPN_SETTING_LIVE))
      continue;
    if (value != NULL)
      g_variant_dict_insert_value (&dict, setting->key, value);
    else
      g_variant_dict_remove (&dict, setting->key);
  }
  g_autoptr (GVariant) taken = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  return svpn_settings_merge (taken, none); /* sorts the keys */
}

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The reference of the settings, written from the table. */
#include "settings.h"

static const char *
describe_type (const SvpnSetting *setting)
{
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return "b";
  case SVPN_SETTING_UINT:
    return "u";
  case SVPN_SETTING_STRING:
    return setting->flags & SVPN_SETTING_SECRET ? "s, secret" : "s";
  case SVPN_SETTING_STRINGS:
    return "as";
  }
  g_return_val_if_reached (NULL);
}

static char *
describe_range (const SvpnSetting *setting)
{
  const char *syntax = setting->check != NULL ? setting->check ("") : "";

  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return g_strdup ("true or false");
  case SVPN_SETTING_UINT:
    return g_strdup_printf ("%u to %u", setting->min, setting->max);
  case SVPN_SETTING_STRING:
    return g_strdup (syntax);
  case SVPN_SETTING_STRINGS:
    return g_strdup_printf ("%u to %u elements, each %s", setting->min, setting->max, syntax);
  }
  g_return_val_if_reached (NULL);
}

char *
svpn_settings_document (SvpnScope scope)
{
  GString *text = g_string_new ("| Key | Type | Default | Value | Meaning |\n|---|---|---|---|---|\n");

  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    g_autofree char *range = describe_range (setting);
    const char *default_value = setting->default_value;

    g_string_append_printf (
        text, "| `%s` | %s | %s%s%s | %s | %s%s |\n", setting->key, describe_type (setting),
        default_value != NULL ? "`" : "", default_value != NULL ? default_value : "none",
        default_value != NULL ? "`" : "", range, setting->doc,
        setting->flags & SVPN_SETTING_CALL_ONLY ? " Only in the call, not in a profile." : "");
  }
  return g_string_free (text, FALSE);
}

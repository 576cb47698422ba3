/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings for programs that make forms of them, from the table. */
#include "settings.h"

static const char *const scope_names[] = {
  [SVPN_SCOPE_CLIENT] = "client",
  [SVPN_SCOPE_SERVER] = "server",
  [SVPN_SCOPE_AUTHORIZED] = "authorized-client",
};

static void
add_range (const SvpnSetting *setting, GVariantDict *dict)
{
  switch (setting->type) {
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    g_variant_dict_insert (dict, "zero", "b", (setting->flags & SVPN_SETTING_OR_ZERO) != 0);
    G_GNUC_FALLTHROUGH;
  case SVPN_SETTING_STRINGS:
    g_variant_dict_insert (dict, "minimum", "t", setting->min);
    g_variant_dict_insert (dict, "maximum", "t", setting->max);
    break;
  case SVPN_SETTING_BOOL:
  case SVPN_SETTING_STRING:
    break;
  }
}

static void
add_default (const SvpnSetting *setting, GVariantDict *dict)
{
  GVariant *value;

  if (setting->default_value == NULL)
    return;
  value = g_variant_parse (G_VARIANT_TYPE (svpn_setting_type (setting)), setting->default_value, NULL, NULL,
                           NULL);
  g_variant_dict_insert_value (dict, "default", value);
  g_variant_unref (value);
}

static GVariant *
describe_setting (SvpnScope scope, const SvpnSetting *setting)
{
  g_autofree char *syntax = svpn_setting_expects (setting, "");
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "scope", "s", scope_names[scope]);
  g_variant_dict_insert (&dict, "key", "s", setting->key);
  g_variant_dict_insert (&dict, "signature", "s", svpn_setting_type (setting));
  add_default (setting, &dict);
  add_range (setting, &dict);
  if (setting->choices != NULL)
    g_variant_dict_insert (&dict, "choices", "^as", setting->choices);
  if (syntax != NULL)
    g_variant_dict_insert (&dict, "syntax", "s", syntax);
  g_variant_dict_insert (&dict, "secret", "b", (setting->flags & SVPN_SETTING_SECRET) != 0);
  g_variant_dict_insert (&dict, "in-profile", "b",
                         scope != SVPN_SCOPE_AUTHORIZED && !(setting->flags & SVPN_SETTING_CALL_ONLY));
  g_variant_dict_insert (&dict, "in-call", "b", !(setting->flags & SVPN_SETTING_PROFILE_ONLY));
  g_variant_dict_insert (&dict, "live", "b",
                         scope == SVPN_SCOPE_SERVER && (setting->flags & SVPN_SETTING_LIVE));
  g_variant_dict_insert (&dict, "group", "s", setting->group);
  g_variant_dict_insert (&dict, "description", "s", setting->doc);
  return g_variant_dict_end (&dict);
}

GVariant *
svpn_settings_describe (void)
{
  GVariantBuilder all = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (SvpnScope scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++)
    for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++)
      g_variant_builder_add_value (&all, describe_setting (scope, setting));
  return g_variant_builder_end (&all);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text: what the parser yields is checked like a dictionary that came by D-Bus. */
#include "settings.h"

#include "json.h"

#define TEXT_MAX (1024 * 1024)

GVariant *
svpn_settings_from_json (SvpnScope scope, const char *json, GError **error)
{
  g_autoptr (GVariant) loose = svpn_json_parse (json, TEXT_MAX, error);

  return loose != NULL ? svpn_settings_validate (scope, loose, error) : NULL;
}

char *
svpn_settings_to_json (GVariant *settings)
{
  return svpn_json_print (settings);
}

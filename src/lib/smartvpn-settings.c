/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text. */
#include "smartvpn-settings.h"

#include "json.h"

#define TEXT_MAX (1024 * 1024)

GVariant *
smartvpn_settings_from_json (const char *json, GError **error)
{
  g_return_val_if_fail (json != NULL, NULL);
  return svpn_json_parse (json, TEXT_MAX, error);
}

char *
smartvpn_settings_to_json (GVariant *settings)
{
  g_return_val_if_fail (settings != NULL && g_variant_is_of_type (settings, G_VARIANT_TYPE_VARDICT), NULL);
  return svpn_json_print (settings);
}

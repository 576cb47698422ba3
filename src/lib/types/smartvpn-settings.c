/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text. */
#include "smartvpn-settings.h"

#include "byte-order-mark.h"
#include "json.h"
#include "settings.h"

#include <string.h>

#define TEXT_MAX (1024 * 1024)

/* @loose with its keys in kebab-case. smartvpnd refuses a key that now stands twice, since it was in both spellings. */
static GVariant *
with_kebab_case_keys (GVariant *loose)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, loose);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autofree char *kebab = svpn_kebab_case (key);

    g_variant_builder_add (builder, "{sv}", kebab, value);
  }
  return g_variant_ref_sink (g_variant_builder_end (builder));
}

GVariant *
smartvpn_settings_from_json (const char *json, GError **error)
{
  g_autoptr (GVariant) loose = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  json = svpn_skip_byte_order_mark (json);
  loose = svpn_json_parse (json, TEXT_MAX, error);
  return loose != NULL ? with_kebab_case_keys (loose) : NULL;
}

char *
smartvpn_settings_to_json (GVariant *settings)
{
  g_return_val_if_fail (settings != NULL && g_variant_is_of_type (settings, G_VARIANT_TYPE_VARDICT), NULL);
  return svpn_json_print (settings);
}

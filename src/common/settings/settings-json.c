/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text, checked like a dictionary from D-Bus. */
#include "settings.h"

#include "error.h"
#include "json.h"

#include <string.h>

#define TEXT_MAX (1024 * 1024)

char *
svpn_kebab_case (const char *name)
{
  GString *text = g_string_new (NULL);

  if (strchr (name, '-') != NULL)
    return g_string_free (g_string_append (text, name), FALSE);
  for (const char *p = name; *p != '\0'; p++) {
    if (g_ascii_isupper (*p) && p > name)
      g_string_append_c (text, '-');
    g_string_append_c (text, g_ascii_tolower (*p));
  }
  return g_string_free (text, FALSE);
}

/* serverUrl -> server-url; @key itself unless that is a setting. */
static const char *
in_kebab_case (SvpnScope scope, const char *key)
{
  g_autofree char *kebab = svpn_kebab_case (key);
  const SvpnSetting *setting = g_ascii_islower (*key) ? svpn_settings_find (scope, kebab) : NULL;

  return setting != NULL ? setting->key : key;
}

GVariant *
svpn_settings_in_kebab_case (SvpnScope scope, GVariant *loose, GError **error)
{
  g_autoptr (GHashTable) spelled = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_get_data (loose); /* serialised, it owns the bytes of its keys */
  g_variant_iter_init (&iter, loose);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) owned = value;
    const char *kebab = in_kebab_case (scope, key), *before = g_hash_table_lookup (spelled, kebab);

    if (before != NULL) {
      if (strcmp (key, before) == 0)
        svpn_error_refuse (error, key, "given twice");
      else
        svpn_error_refuse (error, key, "the same setting as %s, given too", before);
      return NULL;
    }
    g_hash_table_insert (spelled, (char *) kebab, (char *) key);
    g_variant_builder_add (&builder, "{sv}", kebab, owned);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Sets the error of the first entry that is wrong, with its line. */
static void
find_wrong (SvpnScope scope, GVariant *loose, const char *json, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, loose);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) owned = value;
    g_autoptr (GVariant) one
        = g_variant_ref_sink (g_variant_new_parsed ("{%s: %v}", in_kebab_case (scope, key), owned));
    g_autoptr (GVariant) settings = svpn_settings_validate (scope, one, error);

    if (settings != NULL)
      continue;
    if (error != NULL)
      (*error)->code = SVPN_ERROR_INVALID_ARGUMENTS; /* the message no longer begins with the key */
    if (svpn_json_line_of (json, key) != 0)
      g_prefix_error (error, "line %u: ", svpn_json_line_of (json, key));
    return;
  }
}

GVariant *
svpn_settings_from_json (SvpnScope scope, const char *json, GError **error)
{
  g_autoptr (GVariant) loose = svpn_json_parse (json, TEXT_MAX, error);
  g_autoptr (GVariant) kebab = loose != NULL ? svpn_settings_in_kebab_case (scope, loose, error) : NULL;
  GVariant *settings = kebab != NULL ? svpn_settings_validate (scope, kebab, NULL) : NULL;

  if (kebab != NULL && settings == NULL)
    find_wrong (scope, loose, json, error);
  return settings;
}

char *
svpn_settings_to_json (GVariant *settings)
{
  return svpn_json_print (settings);
}

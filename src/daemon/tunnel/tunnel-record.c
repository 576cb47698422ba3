/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The record of a tunnel: what its worker was started with. */
#include "tunnel-record.h"
#include "tunnel-file.h"

#define SECTION "record"

gboolean
svpn_tunnel_record_save (const char *state_dir, const char *id, const SvpnTunnelRecord *record,
                         GError **error)
{
  GVariantDict section;

  g_variant_dict_init (&section, NULL);
  g_variant_dict_insert (&section, "settings-hash", "s", record->hash);
  g_variant_dict_insert_value (&section, "settings", record->settings);
  g_variant_dict_insert_value (&section, "options", record->options);
  if (record->wanted != NULL)
    g_variant_dict_insert_value (&section, "wanted", record->wanted);
  g_variant_dict_insert_value (&section, "details", record->details);

  return svpn_tunnel_file_save (state_dir, id, SECTION, g_variant_dict_end (&section), error);
}

/* Keeps only the settings that this version knows: another version may have recorded more, and its tunnel runs on. */
static GVariant *
known_settings (SvpnScope scope, const char *id, GVariant *settings)
{
  g_autoptr (GVariant) known = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, settings);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL) {
    g_autoptr (GVariant) only = g_variant_ref_sink (g_variant_new_array (NULL, &entry, 1));
    g_autoptr (GVariant) before = g_steal_pointer (&known);
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) valid = svpn_settings_validate (scope, only, &error);

    g_variant_unref (entry);
    if (valid == NULL)
      g_message ("%s: a recorded setting is ignored, another version wrote it: %s", id, error->message);
    known = valid != NULL ? svpn_settings_merge (before, valid) : g_steal_pointer (&before);
  }
  return g_steal_pointer (&known);
}

SvpnTunnelRecord *
svpn_tunnel_record_load (const char *state_dir, SvpnScope scope, const char *id)
{
  g_autoptr (GVariant) section = svpn_tunnel_file_load (state_dir, id, SECTION);
  g_autoptr (SvpnTunnelRecord) record = g_new0 (SvpnTunnelRecord, 1);
  g_autoptr (GVariant) settings = NULL, options = NULL, wanted = NULL;

  if (section == NULL || !g_variant_lookup (section, "settings-hash", "s", &record->hash)
      || !g_variant_lookup (section, "settings", "@a{sv}", &settings)
      || !g_variant_lookup (section, "details", "@a{sv}", &record->details))
    return NULL;
  record->settings = known_settings (scope, id, settings);
  options = g_variant_lookup_value (section, "options", G_VARIANT_TYPE_VARDICT);
  wanted = g_variant_lookup_value (section, "wanted", G_VARIANT_TYPE_VARDICT);
  record->options = options != NULL ? known_settings (scope, id, options)
                                    : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  record->wanted = wanted != NULL ? known_settings (scope, id, wanted) : NULL;
  return g_steal_pointer (&record);
}

gboolean
svpn_tunnel_record_put (const char *state_dir, SvpnScope scope, const char *id, const char *key,
                        GVariant *value, GError **error)
{
  g_autoptr (SvpnTunnelRecord) record = svpn_tunnel_record_load (state_dir, scope, id);
  GVariantDict dict;

  if (record == NULL)
    return TRUE;
  g_variant_dict_init (&dict, record->details);
  g_variant_dict_insert_value (&dict, key, value);
  g_variant_unref (record->details);
  record->details = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_tunnel_record_save (state_dir, id, record, error);
}

void
svpn_tunnel_record_remove (const char *state_dir, const char *id)
{
  svpn_tunnel_file_remove (state_dir, id, SECTION);
}

void
svpn_tunnel_record_free (SvpnTunnelRecord *record)
{
  g_free (record->hash);
  g_clear_pointer (&record->settings, g_variant_unref);
  g_clear_pointer (&record->options, g_variant_unref);
  g_clear_pointer (&record->wanted, g_variant_unref);
  g_clear_pointer (&record->details, g_variant_unref);
  g_free (record);
}

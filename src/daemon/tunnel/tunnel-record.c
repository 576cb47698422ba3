/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a tunnel runs with, in a file of smartvpnd's own: a GVariant in text format. */
#include "tunnel-record.h"

#include <glib/gstdio.h>

#define RECORD_TYPE "(sa{sv}a{sv})"
#define RECORD_SUFFIX ".tunnel"

static char *
record_path (const char *record_dir, const char *id)
{
  g_autofree char *file = g_strconcat (id, RECORD_SUFFIX, NULL);

  return g_build_filename (record_dir, file, NULL);
}

gboolean
svpn_tunnel_record_save (const char *record_dir, const char *id, const SvpnTunnelRecord *record,
                         GError **error)
{
  g_autofree char *path = record_path (record_dir, id);
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new ("(s@a{sv}@a{sv})", record->hash, record->settings, record->details));
  g_autofree char *text = g_variant_print (value, TRUE);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* What of @settings is ours. Another version may have recorded more; its tunnel runs on, all the same. */
static GVariant *
known_settings (SvpnScope scope, GVariant *settings)
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
      g_message ("Recorded by another version: %s", error->message);
    known = valid != NULL ? svpn_settings_merge (before, valid) : g_steal_pointer (&before);
  }
  return g_steal_pointer (&known);
}

SvpnTunnelRecord *
svpn_tunnel_record_load (const char *record_dir, SvpnScope scope, const char *id)
{
  g_autofree char *path = record_path (record_dir, id);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL, settings = NULL;
  g_autoptr (SvpnTunnelRecord) record = g_new0 (SvpnTunnelRecord, 1);

  if (g_file_get_contents (path, &text, NULL, &error))
    value = g_variant_parse (G_VARIANT_TYPE (RECORD_TYPE), text, NULL, NULL, &error);
  if (value != NULL) {
    g_variant_get (value, "(s@a{sv}@a{sv})", &record->hash, &settings, &record->details);
    record->settings = known_settings (scope, settings);
  }
  if (error == NULL)
    return g_steal_pointer (&record);
  if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("%s: %s", path, error->message);
  return NULL;
}

gboolean
svpn_tunnel_record_put (const char *record_dir, SvpnScope scope, const char *id, const char *key,
                        GVariant *value, GError **error)
{
  g_autoptr (SvpnTunnelRecord) record = svpn_tunnel_record_load (record_dir, scope, id);
  GVariantDict dict;

  if (record == NULL)
    return TRUE;
  g_variant_dict_init (&dict, record->details);
  g_variant_dict_insert_value (&dict, key, value);
  g_variant_unref (record->details);
  record->details = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_tunnel_record_save (record_dir, id, record, error);
}

void
svpn_tunnel_record_remove (const char *record_dir, const char *id)
{
  g_autofree char *path = record_path (record_dir, id);

  g_unlink (path);
}

char **
svpn_tunnel_record_list (const char *record_dir)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GDir) dir = g_dir_open (record_dir, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (file, RECORD_SUFFIX))
      continue;
    g_autofree char *id = g_strndup (file, strlen (file) - strlen (RECORD_SUFFIX));
    g_strv_builder_add (ids, id);
  }
  return g_strv_builder_end (ids);
}

void
svpn_tunnel_record_free (SvpnTunnelRecord *record)
{
  g_free (record->hash);
  g_clear_pointer (&record->settings, g_variant_unref);
  g_clear_pointer (&record->details, g_variant_unref);
  g_free (record);
}

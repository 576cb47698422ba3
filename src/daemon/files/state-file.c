/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Small JSON files about the running kernel and its processes. */
#include "state-file.h"
#include "durable.h"
#include "json.h"
#include "text-file.h"

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_KEY "boot-id"
#define TEXT_MAX (1024 * 1024)

static char *
boot_id (void)
{
  char *id = NULL;

  if (!g_file_get_contents (BOOT_ID_FILE, &id, NULL, NULL))
    return g_strdup ("unknown");
  return g_strchomp (id);
}

GVariant *
svpn_state_file_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnSecretText) json = svpn_text_file_read (path, TEXT_MAX, FALSE, &error);
  g_autoptr (GVariant) state = json != NULL ? svpn_json_parse (json, TEXT_MAX, &error) : NULL;
  g_autofree char *boot = boot_id ();
  const char *written_in = NULL;

  if (state == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
      g_warning ("%s is ignored: %s", path, error->message);
    return NULL;
  }
  g_variant_lookup (state, BOOT_ID_KEY, "&s", &written_in);
  return g_strcmp0 (written_in, boot) == 0 ? g_steal_pointer (&state) : NULL;
}

/* @state, with our boot's id in place of what it may have, in its order. */
static GVariant *
stamp (GVariant *state)
{
  g_auto (GVariantBuilder) stamped = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *boot = boot_id ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_add (&stamped, "{sv}", BOOT_ID_KEY, g_variant_new_string (boot));
  g_variant_iter_init (&iter, state);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!g_str_equal (key, BOOT_ID_KEY))
      g_variant_builder_add (&stamped, "{sv}", key, value);
  return g_variant_ref_sink (g_variant_builder_end (&stamped));
}

gboolean
svpn_state_file_save (const char *path, GVariant *state, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (state);
  g_autoptr (GVariant) stamped = stamp (owned);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *json = svpn_json_print (stamped);

  return svpn_durable_make_folder (folder, 0700, error) && svpn_durable_write (path, json, 0600, error);
}

void
svpn_state_file_remove (const char *path)
{
  g_autoptr (GError) error = NULL;

  if (!svpn_durable_unlink (path, &error))
    g_warning ("%s", error->message);
}

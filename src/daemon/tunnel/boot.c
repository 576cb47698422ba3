/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which tunnels are due at boot, once in each boot. */
#include "boot.h"
#include "state-file.h"

#define FILE_NAME "boot.json" /* not ID.tunnel */
#define DUE_KEY "due"

struct _SvpnBoot {
  char *path;
  GHashTable *due; /* ids; NULL: no smartvpnd has begun in this boot */
};

SvpnBoot *
svpn_boot_new (const char *state_dir)
{
  SvpnBoot *boot = g_new0 (SvpnBoot, 1);
  g_autoptr (GVariantIter) due = NULL;
  GVariant *id;

  boot->path = g_build_filename (state_dir, FILE_NAME, NULL);
  g_autoptr (GVariant) state = svpn_state_file_load (boot->path);
  if (state == NULL || !g_variant_lookup (state, DUE_KEY, "av", &due))
    return boot;
  boot->due = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (g_variant_iter_next (due, "v", &id)) {
    if (g_variant_is_of_type (id, G_VARIANT_TYPE_STRING))
      g_hash_table_add (boot->due, g_variant_dup_string (id, NULL));
    g_variant_unref (id);
  }
  return boot;
}

void
svpn_boot_free (SvpnBoot *boot)
{
  g_clear_pointer (&boot->due, g_hash_table_unref);
  g_free (boot->path);
  g_free (boot);
}

gboolean
svpn_boot_is_due (SvpnBoot *boot, const char *id)
{
  return boot->due == NULL || g_hash_table_contains (boot->due, id);
}

static void
save_due (SvpnBoot *boot)
{
  g_autofree char **due = (char **) g_hash_table_get_keys_as_array (boot->due, NULL);
  g_autoptr (GError) error = NULL;

  if (!svpn_state_file_save (boot->path, g_variant_new_parsed ("{%s: <%^as>}", DUE_KEY, due), &error))
    g_warning ("A restart of smartvpnd may start tunnels again that were stopped: %s", error->message);
}

void
svpn_boot_begin (SvpnBoot *boot, GHashTable *ids)
{
  g_clear_pointer (&boot->due, g_hash_table_unref);
  boot->due = g_hash_table_ref (ids);
  save_due (boot);
}

void
svpn_boot_done (SvpnBoot *boot, const char *id)
{
  if (boot->due != NULL && g_hash_table_remove (boot->due, id))
    save_due (boot);
}

void
svpn_boot_again (SvpnBoot *boot, const char *id)
{
  if (boot->due != NULL && g_hash_table_add (boot->due, g_strdup (id)))
    save_due (boot);
}

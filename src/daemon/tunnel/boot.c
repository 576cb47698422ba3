/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is to be connected and started when the machine has booted. */
#include "boot.h"
#include "record.h"

#define RECORD "boot.json" /* no worker's id */
#define DUE_KEY "due"

struct _SvpnBoot {
  char *path;
  GHashTable *due; /* ids; NULL: smartvpnd has not been here in this boot */
};

static GHashTable *
set_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

SvpnBoot *
svpn_boot_new (const char *record_dir)
{
  SvpnBoot *boot = g_new0 (SvpnBoot, 1);

  boot->path = g_build_filename (record_dir, RECORD, NULL);
  g_autoptr (JsonObject) record = svpn_record_load (boot->path);
  JsonNode *node = record != NULL ? json_object_get_member (record, DUE_KEY) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return boot;
  boot->due = set_new ();
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
    const char *id = json_node_get_string (json_array_get_element (json_node_get_array (node), i));
    if (id != NULL)
      g_hash_table_add (boot->due, g_strdup (id));
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
save (SvpnBoot *boot)
{
  g_autoptr (JsonObject) record = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *due = json_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, boot->due);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    json_array_add_string_element (due, id);
  json_object_set_array_member (record, DUE_KEY, due);
  if (!svpn_record_save (boot->path, record, &error))
    g_warning ("A restart of smartvpnd may connect again what is not to be: %s", error->message);
}

void
svpn_boot_begin (SvpnBoot *boot, GHashTable *ids)
{
  g_clear_pointer (&boot->due, g_hash_table_unref);
  boot->due = g_hash_table_ref (ids);
  save (boot);
}

void
svpn_boot_done (SvpnBoot *boot, const char *id)
{
  if (g_hash_table_remove (boot->due, id))
    save (boot);
}

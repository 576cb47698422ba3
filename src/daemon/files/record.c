/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Records: small JSON files about the state of the running kernel. */
#include "record.h"

#include "error.h"

#include <errno.h>
#include <glib/gstdio.h>

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_KEY "boot-id"

static char *
boot_id (void)
{
  char *id = NULL;

  if (!g_file_get_contents (BOOT_ID_FILE, &id, NULL, NULL))
    return g_strdup ("unknown");
  return g_strchomp (id);
}

JsonObject *
svpn_record_load (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *boot = NULL;
  JsonNode *root;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  if (!json_parser_load_from_file (parser, path, &error)) {
    g_warning ("Record %s is broken: %s", path, error->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_warning ("Record %s is broken: not a JSON object", path);
    return NULL;
  }
  boot = boot_id ();
  if (g_strcmp0 (json_object_get_string_member_with_default (json_node_get_object (root), BOOT_ID_KEY, NULL),
                 boot)
      != 0)
    return NULL;
  return json_node_dup_object (root);
}

gboolean
svpn_record_save (const char *path, JsonObject *record, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *boot = boot_id ();
  g_autofree char *text = NULL;

  if (g_mkdir_with_parents (directory, 0700) < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "making directory %s: %s", directory,
                 g_strerror (errno));
    return FALSE;
  }
  json_object_set_string_member (record, BOOT_ID_KEY, boot);
  json_node_set_object (root, record);
  text = json_to_string (root, TRUE);
  return g_file_set_contents_full (path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

void
svpn_record_remove (const char *path)
{
  if (g_unlink (path) < 0 && errno != ENOENT)
    g_warning ("Removing record %s: %s", path, g_strerror (errno));
}

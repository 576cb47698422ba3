/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Kernel settings that tunnels share.
 *
 * How it works: RECORD-DIR/sysctl has a member for each setting that is changed at present:
 *
 *   "net/ipv4/ip_forward": { "original": "0", "ours": "1", "users": ["server-default", "server-lab"] }
 *
 * It is written before the setting is, and removed after the original is back, so that a crash in between leaves at
 * worst a member whose setting has its original value already, which the next release just forgets. */
#include "sysctl.h"

#include "error.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* No ".json": it must not look like the record of a tunnel. */
#define RECORD_NAME "sysctl"

char *
svpn_sysctl_read (const char *key)
{
  g_autofree char *path = g_build_filename ("/proc/sys", key, NULL);
  char *value = NULL;

  if (!g_file_get_contents (path, &value, NULL, NULL))
    return NULL;
  return g_strchomp (value);
}

gboolean
svpn_sysctl_write (const char *key, const char *value, GError **error)
{
  g_autofree char *path = g_build_filename ("/proc/sys", key, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, value, strlen (value)) == (ssize_t) strlen (value);

  if (!written)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "setting %s to %s: %s", path, value,
                 g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return written;
}

static JsonObject *
load (const char *path)
{
  JsonObject *record = svpn_record_load (path);

  return record ? record : json_object_new ();
}

static int
find_user (JsonArray *users, const char *user)
{
  for (guint i = 0; i < json_array_get_length (users); i++)
    if (strcmp (json_array_get_string_element (users, i), user) == 0)
      return (int) i;
  return -1;
}

/* The member of @key, made if there is none. */
static JsonObject *
ensure_entry (JsonObject *record, const char *key, const char *original, const char *value)
{
  JsonObject *entry;

  if (!json_object_has_member (record, key)) {
    entry = json_object_new ();
    json_object_set_string_member (entry, "original", original);
    json_object_set_array_member (entry, "users", json_array_new ());
    json_object_set_object_member (record, key, entry);
  }
  entry = json_object_get_object_member (record, key);
  json_object_set_string_member (entry, "ours", value);
  return entry;
}

gboolean
svpn_sysctl_hold (const char *record_dir, const char *user, const char *key, const char *value,
                  GPtrArray *restored, GError **error)
{
  g_autofree char *path = g_build_filename (record_dir, RECORD_NAME, NULL);
  g_autoptr (JsonObject) record = load (path);
  g_autofree char *current = svpn_sysctl_read (key);
  JsonArray *users;

  if (!current) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "there is no kernel setting %s", key);
    return FALSE;
  }
  if (!json_object_has_member (record, key) && strcmp (current, value) == 0)
    return TRUE;
  users = json_object_get_array_member (ensure_entry (record, key, current, value), "users");
  if (find_user (users, user) >= 0 && strcmp (current, value) == 0)
    return TRUE;
  if (find_user (users, user) >= 0 && restored)
    g_ptr_array_add (restored, g_strconcat ("kernel setting ", key, NULL));
  else if (find_user (users, user) < 0)
    json_array_add_string_element (users, user);
  if (!svpn_record_save (path, record, error))
    return FALSE;
  return strcmp (current, value) == 0 || svpn_sysctl_write (key, value, error);
}

gboolean
svpn_sysctl_is_held (const char *record_dir, const char *key)
{
  g_autofree char *path = g_build_filename (record_dir, RECORD_NAME, NULL);
  g_autoptr (JsonObject) record = load (path);

  return json_object_has_member (record, key);
}

static void
restore (const char *key, JsonObject *entry)
{
  g_autofree char *current = svpn_sysctl_read (key);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (current, json_object_get_string_member (entry, "ours")) != 0)
    return;
  if (!svpn_sysctl_write (key, json_object_get_string_member (entry, "original"), &error))
    g_warning ("Restoring a kernel setting: %s", error->message);
}

void
svpn_sysctl_release (const char *record_dir, const char *user, const char *const *kept)
{
  g_autofree char *path = g_build_filename (record_dir, RECORD_NAME, NULL);
  g_autoptr (JsonObject) record = svpn_record_load (path);
  g_autoptr (GList) keys = record ? g_list_reverse (json_object_get_members (record)) : NULL;
  g_autoptr (GError) error = NULL;
  guint n_left = 0;
  gboolean changed = FALSE;

  for (GList *key = keys; key; key = key->next) {
    JsonNode *node = json_object_get_member (record, key->data);
    JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonArray *users = entry ? json_object_get_array_member (entry, "users") : NULL;
    int position = users ? find_user (users, user) : -1;

    n_left += entry ? 1 : 0;
    if (position < 0 || (kept && g_strv_contains (kept, key->data)))
      continue;
    changed = TRUE;
    json_array_remove_element (users, (guint) position);
    if (json_array_get_length (users) > 0)
      continue;
    restore (key->data, entry);
    json_object_remove_member (record, key->data);
    n_left--;
  }
  if (changed && n_left == 0)
    svpn_record_remove (path);
  else if (changed && !svpn_record_save (path, record, &error))
    g_warning ("Recording the kernel settings: %s", error->message);
}

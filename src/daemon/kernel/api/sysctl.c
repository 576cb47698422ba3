/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Kernel settings that tunnels share.
 *
 * How it works: STATE-DIR/sysctl has a member for each setting that is held, in the order in which they were changed:
 *
 *   "net/ipv4/ip_forward": { "original": "0", "ours": "1", "users": ["server-default", "server-lab"] }
 *
 * A setting is written to the file before it is changed, and removed from it after the original is back. So a crash in
 * between leaves at worst a member whose setting has its original value, which the next release just forgets. */
#include "sysctl.h"

#include "error.h"
#include "state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "sysctl" /* not ID.tunnel */

typedef struct {
  char *key, *original, *ours;
  GPtrArray *ids; /* tunnels that hold it */
} HeldSetting;

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
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot set %s to %s: %s", path, value,
                 g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return written;
}

/* ---- What is held ---- */

static void
held_setting_free (gpointer data)
{
  HeldSetting *held = data;

  g_free (held->key);
  g_free (held->original);
  g_free (held->ours);
  g_ptr_array_unref (held->ids);
  g_free (held);
}

static HeldSetting *
held_setting_new (const char *key, const char *original)
{
  HeldSetting *held = g_new0 (HeldSetting, 1);

  held->key = g_strdup (key);
  held->original = g_strdup (original);
  held->ids = g_ptr_array_new_with_free_func (g_free);
  return held;
}

/* NULL: @entry is not one, like the file's boot id. */
static HeldSetting *
parse_held (const char *key, GVariant *entry)
{
  g_autoptr (GVariantIter) users = NULL;
  const char *original, *ours;
  GVariant *user;

  if (!g_variant_is_of_type (entry, G_VARIANT_TYPE_VARDICT)
      || !g_variant_lookup (entry, "original", "&s", &original)
      || !g_variant_lookup (entry, "ours", "&s", &ours) || !g_variant_lookup (entry, "users", "av", &users))
    return NULL;
  HeldSetting *held = held_setting_new (key, original);
  held->ours = g_strdup (ours);
  while (g_variant_iter_next (users, "v", &user)) {
    if (g_variant_is_of_type (user, G_VARIANT_TYPE_STRING))
      g_ptr_array_add (held->ids, g_variant_dup_string (user, NULL));
    g_variant_unref (user);
  }
  return held;
}

static char *
file_path (const char *state_dir)
{
  return g_build_filename (state_dir, FILE_NAME, NULL);
}

/* Of HeldSetting, in the order in which they were changed. */
static GPtrArray *
load_held (const char *state_dir)
{
  g_autofree char *path = file_path (state_dir);
  g_autoptr (GVariant) state = svpn_state_file_load (path);
  GPtrArray *all = g_ptr_array_new_with_free_func (held_setting_free);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (state == NULL)
    return all;
  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) entry = value;
    HeldSetting *held = parse_held (key, entry);

    if (held != NULL)
      g_ptr_array_add (all, held);
  }
  return all;
}

static GVariant *
describe (const HeldSetting *held)
{
  return g_variant_new_parsed ("{'original': <%s>, 'ours': <%s>, 'users': <%@as>}", held->original,
                               held->ours,
                               g_variant_new_strv ((const char *const *) held->ids->pdata, held->ids->len));
}

static gboolean
save_held (const char *state_dir, GPtrArray *all, GError **error)
{
  g_autofree char *path = file_path (state_dir);
  g_auto (GVariantBuilder) state = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (all->len == 0) {
    svpn_state_file_remove (path);
    return TRUE;
  }
  for (guint i = 0; i < all->len; i++) {
    const HeldSetting *held = all->pdata[i];
    g_variant_builder_add (&state, "{sv}", held->key, describe (held));
  }
  return svpn_state_file_save (path, g_variant_builder_end (&state), error);
}

static HeldSetting *
find_held (GPtrArray *all, const char *key)
{
  for (guint i = 0; i < all->len; i++)
    if (strcmp (((HeldSetting *) all->pdata[i])->key, key) == 0)
      return all->pdata[i];
  return NULL;
}

static gboolean
find_id (const HeldSetting *held, const char *id, guint *position)
{
  return g_ptr_array_find_with_equal_func (held->ids, id, g_str_equal, position);
}

/* ---- Holding and releasing ---- */

gboolean
svpn_sysctl_hold (const char *state_dir, const char *id, const char *key, const char *value,
                  GPtrArray *restored, GError **error)
{
  g_autoptr (GPtrArray) all = load_held (state_dir);
  g_autofree char *current = svpn_sysctl_read (key);
  HeldSetting *held = find_held (all, key);

  if (!current) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "The kernel has no setting %s", key);
    return FALSE;
  }
  gboolean is_set = strcmp (current, value) == 0, is_ours = held && find_id (held, id, NULL);
  if (is_set && (is_ours || !held))
    return TRUE;
  if (is_ours && restored)
    g_ptr_array_add (restored, g_strconcat ("kernel setting ", key, NULL));
  if (!held)
    g_ptr_array_add (all, held = held_setting_new (key, current));
  g_free (held->ours);
  held->ours = g_strdup (value);
  if (!is_ours)
    g_ptr_array_add (held->ids, g_strdup (id));
  if (!save_held (state_dir, all, error))
    return FALSE;
  return is_set || svpn_sysctl_write (key, value, error);
}

gboolean
svpn_sysctl_is_held (const char *state_dir, const char *key)
{
  g_autoptr (GPtrArray) all = load_held (state_dir);

  return find_held (all, key) != NULL;
}

static void
restore_original (const HeldSetting *held)
{
  g_autofree char *current = svpn_sysctl_read (held->key);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (current, held->ours) != 0)
    return;
  if (!svpn_sysctl_write (held->key, held->original, &error))
    g_warning ("%s", error->message);
}

void
svpn_sysctl_release (const char *state_dir, const char *id, const char *const *kept)
{
  g_autoptr (GPtrArray) all = load_held (state_dir);
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;
  guint position;

  for (guint i = all->len; i-- > 0;) {
    HeldSetting *held = all->pdata[i];

    if (!find_id (held, id, &position) || (kept && g_strv_contains (kept, held->key)))
      continue;
    changed = TRUE;
    g_ptr_array_remove_index (held->ids, position);
    if (held->ids->len > 0)
      continue;
    restore_original (held);
    g_ptr_array_remove_index (all, i);
  }
  if (changed && !save_held (state_dir, all, &error))
    g_warning ("%s", error->message);
}

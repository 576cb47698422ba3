/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles on disk.
 *
 * How it works: a profile is two files, and a crash must leave the old pair or the new one. A save writes both as FILE.new
 * beside the old ones, the secrets first; then it renames the secrets, then the profile. The first rename decides: from what
 * an interrupted save has left behind, settle() sees whether that was reached.
 *
 *   secrets.new  profile.new
 *   there        there        not decided: remove both
 *   there        -            not decided: remove it
 *   -            there        decided: rename the profile, too
 *
 * Each step is on the disk before the next begins. */
#include "store.h"

#include "directory.h"
#include "durable.h"
#include "error.h"
#include "names.h"
#include "text-file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".json"
#define NEW_SUFFIX ".new"
#define BROKEN_SUFFIX ".broken"
#define TEXT_MAX (1024 * 1024)

struct _SvpnStore {
  char *config_dir;
};

static char *
profile_path (SvpnStore *store, SvpnScope scope, const char *name)
{
  const char *folder = scope == SVPN_SCOPE_CLIENT ? "clients" : "servers";

  return g_strdup_printf ("%s/%s/%s" SUFFIX, store->config_dir, folder, name);
}

static char *
secrets_path (SvpnStore *store, SvpnScope scope, const char *name)
{
  const char *prefix = scope == SVPN_SCOPE_CLIENT ? "client" : "server";

  return g_strdup_printf ("%s/secrets/%s-%s" SUFFIX, store->config_dir, prefix, name);
}

static char *
new_path (const char *path)
{
  return g_strconcat (path, NEW_SUFFIX, NULL);
}

static gboolean
write_durably (const char *path, GVariant *settings, int mode, GError **error)
{
  g_autoptr (SvpnSecretText) json = svpn_settings_to_json (settings);

  return svpn_durable_write (path, json, mode, error);
}

/* Finishes an interrupted save or takes it back, as the block above says. */
static gboolean
settle (const char *profile, const char *secrets, GError **error)
{
  g_autofree char *profile_new = new_path (profile);
  g_autofree char *secrets_new = new_path (secrets);

  if (access (secrets_new, F_OK) == 0)
    return svpn_durable_unlink (profile_new, error) && svpn_durable_unlink (secrets_new, error);
  if (access (profile_new, F_OK) == 0)
    return svpn_durable_rename (profile_new, profile, error);
  return TRUE;
}

/* @file: PREFIX NAME .json.new, or longer if it is a temporary file of g_file_set_contents_full(). */
static gboolean
settle_file (SvpnStore *store, SvpnScope scope, const char *folder, const char *file, const char *prefix,
             GError **error)
{
  const char *name_start = file + strlen (prefix), *end = strstr (file, SUFFIX NEW_SUFFIX);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *name = NULL, *profile = NULL, *secrets = NULL;

  if (end == NULL || !g_str_has_prefix (file, prefix))
    return TRUE;
  if (!g_str_has_suffix (file, NEW_SUFFIX))
    return svpn_durable_unlink (path, error);
  name = g_strndup (name_start, (gsize) (end - name_start));
  profile = profile_path (store, scope, name);
  secrets = secrets_path (store, scope, name);
  return settle (profile, secrets, error);
}

static void
settle_folder (SvpnStore *store, SvpnScope scope, const char *folder, const char *prefix)
{
  g_autofree char *path = g_build_filename (store->config_dir, folder, NULL);
  g_auto (GStrv) files = svpn_directory_list (path, "");

  for (char **file = files; *file != NULL; file++) {
    g_autoptr (GError) error = NULL;

    if (!settle_file (store, scope, path, *file, prefix, &error))
      g_warning ("A crash has interrupted a save: %s", error->message);
  }
}

static void
check_secrets_folder (SvpnStore *store)
{
  g_autofree char *path = g_build_filename (store->config_dir, "secrets", NULL);
  struct stat st;

  if (lstat (path, &st) == 0 && (!S_ISDIR (st.st_mode) || st.st_uid != geteuid () || (st.st_mode & 077) != 0))
    g_warning ("%s must be a directory of user %u with mode 0700", path, geteuid ());
}

SvpnStore *
svpn_store_new (const char *config_dir)
{
  SvpnStore *store = g_new0 (SvpnStore, 1);

  store->config_dir = g_strdup (config_dir);
  check_secrets_folder (store);
  settle_folder (store, SVPN_SCOPE_CLIENT, "clients", "");
  settle_folder (store, SVPN_SCOPE_SERVER, "servers", "");
  settle_folder (store, SVPN_SCOPE_CLIENT, "secrets", "client-");
  settle_folder (store, SVPN_SCOPE_SERVER, "secrets", "server-");
  return store;
}

void
svpn_store_free (SvpnStore *store)
{
  g_free (store->config_dir);
  g_free (store);
}

gboolean
svpn_store_name_is_valid (const char *name)
{
  gsize length = strlen (name);

  return length >= 1 && length <= SVPN_PROFILE_NAME_MAX && name[0] != '-' && name[0] != '_'
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* No other name gets into a path. */
static gboolean
check_name (const char *name, GError **error)
{
  if (svpn_store_name_is_valid (name))
    return TRUE;
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
               "The name of a profile has 1 to %d characters of a-z, 0-9, '-' and '_' and begins with a "
               "letter or digit",
               SVPN_PROFILE_NAME_MAX);
  return FALSE;
}

char **
svpn_store_list (SvpnStore *store, SvpnScope scope)
{
  g_autofree char *any = profile_path (store, scope, "any");
  g_autofree char *folder = g_path_get_dirname (any);
  g_auto (GStrv) files = svpn_directory_list (folder, SUFFIX);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (char **file = files; *file != NULL; file++) {
    g_autofree char *name = g_strndup (*file, strlen (*file) - strlen (SUFFIX));

    if (svpn_store_name_is_valid (name))
      g_strv_builder_add (names, name);
    else
      g_warning ("%s/%s is ignored: its name is not that of a profile", folder, *file);
  }
  return g_strv_builder_end (names);
}

gboolean
svpn_store_exists (SvpnStore *store, SvpnScope scope, const char *name)
{
  g_autofree char *path = svpn_store_name_is_valid (name) ? profile_path (store, scope, name) : NULL;

  return path != NULL && access (path, F_OK) == 0;
}

/* Whether a file may hold @settings; @secret: a file with secrets. */
static gboolean
check_storable (SvpnScope scope, GVariant *settings, gboolean secret, GError **error)
{
  const SvpnSetting *setting = svpn_settings_find_flagged (
      scope, settings, SVPN_SETTING_CALL_ONLY | (secret ? 0 : SVPN_SETTING_SECRET));

  if (setting == NULL)
    return TRUE;
  return svpn_error_refuse (error, setting->key,
                            setting->flags & SVPN_SETTING_SECRET
                                ? "a secret; it belongs in the file in secrets/, which others cannot read"
                                : "an option of a call, not of a profile");
}

/* The settings in @path, none if there is no such file. */
static GVariant *
read_settings (const char *path, SvpnScope scope, gboolean secret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SvpnSecretText) json = svpn_text_file_read (path, TEXT_MAX, secret, &local);
  g_autoptr (GVariant) settings = json != NULL ? svpn_settings_from_json (scope, json, &local) : NULL;

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  if (settings != NULL && check_storable (scope, settings, secret, &local))
    return g_steal_pointer (&settings);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s: %s", path, local->message);
  return NULL;
}

GVariant *
svpn_store_load (SvpnStore *store, SvpnScope scope, const char *name, GError **error)
{
  g_autofree char *profile = profile_path (store, scope, name);
  g_autofree char *secrets = secrets_path (store, scope, name);
  g_autoptr (GVariant) open = NULL, secret = NULL;

  if (!check_name (name, error) || !settle (profile, secrets, error))
    return NULL;
  open = read_settings (profile, scope, FALSE, error);
  if (open == NULL || access (profile, F_OK) < 0)
    return g_steal_pointer (&open);
  secret = read_settings (secrets, scope, TRUE, error);
  return secret != NULL ? svpn_settings_merge (open, secret) : NULL;
}

static gboolean
make_folders (SvpnStore *store, const char *profile, const char *secrets, GError **error)
{
  g_autofree char *profiles_folder = g_path_get_dirname (profile);
  g_autofree char *secrets_folder = g_path_get_dirname (secrets);

  return svpn_durable_make_folder (store->config_dir, 0755, error)
         && svpn_durable_make_folder (profiles_folder, 0755, error)
         && svpn_durable_make_folder (secrets_folder, 0700, error);
}

gboolean
svpn_store_save (SvpnStore *store, SvpnScope scope, const char *name, GVariant *settings, GError **error)
{
  g_autofree char *profile = profile_path (store, scope, name), *profile_new = new_path (profile);
  g_autofree char *secrets = secrets_path (store, scope, name), *secrets_new = new_path (secrets);
  g_autoptr (GVariant) open = svpn_settings_without_secrets (scope, settings);
  g_autoptr (GVariant) secret = svpn_settings_only_secrets (scope, settings);

  if (!check_name (name, error) || !check_storable (scope, settings, TRUE, error)
      || !settle (profile, secrets, error))
    return FALSE;
  if (make_folders (store, profile, secrets, error) && write_durably (secrets_new, secret, 0600, error)
      && write_durably (profile_new, open, 0644, error) && svpn_durable_rename (secrets_new, secrets, error)
      && svpn_durable_rename (profile_new, profile, error))
    return TRUE;
  settle (profile, secrets, NULL);
  return FALSE;
}

/* Removes @path; renames it if it cannot be read, since somebody has written it by hand. */
static gboolean
discard (const char *path, SvpnScope scope, gboolean secret, GError **error)
{
  g_autoptr (GVariant) settings = read_settings (path, scope, secret, NULL);
  g_autofree char *kept = g_strconcat (path, BROKEN_SUFFIX, NULL);

  if (settings != NULL)
    return svpn_durable_unlink (path, error);
  if (!svpn_durable_keep (path, kept, error))
    return FALSE;
  g_message ("%s cannot be read and is now %s", path, kept);
  return TRUE;
}

static gboolean
refuse_absent (const char *name, GError **error)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_PROFILE, "There is no profile '%s'", name);
  return FALSE;
}

gboolean
svpn_store_copy (SvpnStore *store, SvpnScope scope, const char *name, const char *copy, GError **error)
{
  if (!check_name (name, error) || !check_name (copy, error))
    return FALSE;
  if (!svpn_store_exists (store, scope, name))
    return refuse_absent (name, error);
  if (svpn_store_exists (store, scope, copy)) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_ALREADY_EXISTS,
                 "There is a profile '%s' already; choose another name, or remove that profile first", copy);
    return FALSE;
  }
  g_autoptr (GVariant) settings = svpn_store_load (store, scope, name, error);
  return settings != NULL && svpn_store_save (store, scope, copy, settings, error);
}

gboolean
svpn_store_remove (SvpnStore *store, SvpnScope scope, const char *name, GError **error)
{
  g_autofree char *profile = profile_path (store, scope, name);
  g_autofree char *secrets = secrets_path (store, scope, name);
  gboolean existed = svpn_store_exists (store, scope, name);

  if (!check_name (name, error) || !settle (profile, secrets, error))
    return FALSE;
  if (!discard (profile, scope, FALSE, error) || !discard (secrets, scope, TRUE, error))
    return FALSE;
  return existed || refuse_absent (name, error);
}

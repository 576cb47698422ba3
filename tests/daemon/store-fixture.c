/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A store in a directory of its own. */
#include "store-fixture.h"
#include "tree.h"

#include <glib/gstdio.h>

void
set_up (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_dir_make_tmp ("smartvpn-store-XXXXXX", &error);

  g_assert_no_error (error);
  fixture->dir = g_build_filename (base, "config", NULL);
  fixture->store = svpn_store_new (fixture->dir);
}

void
tear_down (Fixture *fixture, const void *data)
{
  g_autofree char *base = g_path_get_dirname (fixture->dir);

  svpn_store_free (fixture->store);
  remove_tree (base);
  g_free (fixture->dir);
}

void
reopen (Fixture *fixture)
{
  svpn_store_free (fixture->store);
  fixture->store = svpn_store_new (fixture->dir);
}

char *
path_of (Fixture *fixture, const char *file)
{
  return g_build_filename (fixture->dir, file, NULL);
}

void
write_file (Fixture *fixture, const char *file, const char *text)
{
  g_autofree char *path = path_of (fixture, file), *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                           g_str_has_prefix (file, "secrets/") ? 0600 : 0644, NULL));
}

GVariant *
settings_new (const char *text)
{
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *settings = svpn_settings_validate (SVPN_SCOPE_CLIENT, parsed, &error);

  g_assert_no_error (error);
  return settings;
}

void
save (Fixture *fixture, const char *name, const char *text)
{
  g_autoptr (GVariant) settings = settings_new (text);
  g_autoptr (GError) error = NULL;

  g_assert_true (svpn_store_save (fixture->store, SVPN_SCOPE_CLIENT, name, settings, &error));
  g_assert_no_error (error);
}

void
assert_loads (Fixture *fixture, const char *name, const char *text)
{
  g_autoptr (GVariant) expected = settings_new (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, name, &error);

  g_assert_no_error (error);
  g_assert_cmpvariant (settings, expected);
}

guint
count_files (Fixture *fixture, const char *folder)
{
  g_autofree char *path = path_of (fixture, folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

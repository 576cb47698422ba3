/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What smartvpnd keeps about running tunnels: directories and their modes, state files, the files of tunnels in this layout
 * and in that of the version before, and what is due at boot. */
#include "boot.h"
#include "directory.h"
#include "environment.h"
#include "error.h"
#include "object-path.h"
#include "state-file.h"
#include "tunnel-file.h"
#include "tree.h"
#include "tunnel-record.h"
#include "warnings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "client-test"

typedef struct {
  char *dir;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->dir);
  g_free (f->dir);
}

static char *
path_of (Fixture *f, const char *file)
{
  return g_build_filename (f->dir, file, NULL);
}

static void
write_file (Fixture *f, const char *file, const char *text)
{
  g_autofree char *path = path_of (f, file);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
read_file (Fixture *f, const char *file)
{
  g_autofree char *path = path_of (f, file);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static guint
mode_of (Fixture *f, const char *file)
{
  g_autofree char *path = path_of (f, file);
  struct stat st = { 0 };

  g_assert_cmpint (g_stat (path, &st), ==, 0);
  return st.st_mode & 07777;
}

static char *
boot_id (void)
{
  char *id = NULL;

  g_assert_true (g_file_get_contents ("/proc/sys/kernel/random/boot_id", &id, NULL, NULL));
  return g_strchomp (id);
}

static char *
print (GVariant *value)
{
  return value != NULL ? g_variant_print (value, TRUE) : NULL;
}

/* ---- Directories ---- */

static void
test_directory_list (Fixture *f, gconstpointer data)
{
  g_autofree char *absent = path_of (f, "absent");

  write_file (f, "b.json", "");
  write_file (f, "a.json", "");
  write_file (f, "c.txt", "");
  g_auto (GStrv) json = svpn_directory_list (f->dir, ".json"), all = svpn_directory_list (f->dir, "");
  g_auto (GStrv) none = svpn_directory_list (absent, "");
  g_assert_cmpstrv (json, ((const char *[]){ "a.json", "b.json", NULL }));
  g_assert_cmpstrv (all, ((const char *[]){ "a.json", "b.json", "c.txt", NULL }));
  g_assert_cmpstrv (none, ((const char *[]){ NULL }));
}

static SvpnEnvironment *
environment_of (Fixture *f)
{
  SvpnEnvironment *environment = svpn_environment_new ();

  environment->runtime_dir = path_of (f, "run");
  return environment;
}

/* Both are made, whatever the umask: everybody may reach the workers' directories, nobody else ours. */
static void
test_environment (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnEnvironment) environment = environment_of (f), second = environment_of (f);
  g_autofree char *state_dir = path_of (f, "run/daemon"), *runtime_dir = path_of (f, "run");
  g_autofree char *message = g_strdup_printf ("Cannot use %s: another smartvpnd uses it", runtime_dir);
  g_autoptr (GError) error = NULL;

  g_assert_true (svpn_environment_prepare (environment, "", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mode_of (f, "run"), ==, 0755);
  g_assert_cmpuint (mode_of (f, "run/daemon"), ==, 0700);
  g_assert_cmpstr (environment->state_dir, ==, state_dir);
  g_assert_null (environment->worker_user);
  g_assert_cmpuint (environment->worker_uid, ==, geteuid ());
  g_assert_cmpuint (environment->worker_gid, ==, getegid ());

  g_assert_false (svpn_environment_prepare (second, "", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);
  svpn_environment_free (g_steal_pointer (&environment));
  g_assert_true (svpn_environment_prepare (second, "", &error));
}

static void
test_environment_refusals (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *directory;
    mode_t mode; /* 0: it is a file; 1: a link to a directory */
    gboolean refused;
  } rows[] = {
    { "run", 0755, FALSE },        { "run", 0775, TRUE },        { "run", 0757, TRUE },
    { "run", 01777, TRUE },        { "run", 0, TRUE },           { "run", 1, TRUE },
    { "run/daemon", 0700, FALSE }, { "run/daemon", 0720, TRUE }, { "run/daemon", 0702, TRUE },
    { "run/daemon", 0, TRUE },     { "run/daemon", 1, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *run = path_of (f, "run"), *path = path_of (f, rows[i].directory);
    g_autofree char *parent = g_path_get_dirname (path), *other = path_of (f, "other");
    g_autoptr (SvpnEnvironment) environment = environment_of (f);
    g_autoptr (GError) error = NULL;

    g_test_message ("row %" G_GSIZE_FORMAT ": '%s' %o", i, rows[i].directory, rows[i].mode);
    remove_tree (run);
    g_assert_cmpint (g_mkdir_with_parents (parent, 0755) + g_mkdir_with_parents (other, 0755), ==, 0);
    if (rows[i].mode == 0)
      g_assert_true (g_file_set_contents (path, "", -1, NULL));
    else if (rows[i].mode == 1)
      g_assert_cmpint (symlink (other, path), ==, 0);
    else
      g_assert_cmpint (g_mkdir (path, 0700) + chmod (path, rows[i].mode), ==, 0);
    g_assert_true (svpn_environment_prepare (environment, "", &error) == !rows[i].refused);
    if (rows[i].refused)
      g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
    else
      g_assert_no_error (error);
  }
}

/* Only root can start workers as another user. */
static void
test_no_such_user (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnEnvironment) environment = environment_of (f);
  g_autoptr (GError) error = NULL;

  if (geteuid () != 0) {
    g_assert_true (svpn_environment_prepare (environment, "no-such-user", &error));
    return;
  }
  g_assert_false (svpn_environment_prepare (environment, "no-such-user", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "'no-such-user'"));
  g_assert_true (svpn_environment_prepare (environment, "nobody", NULL));
  g_assert_cmpstr (environment->worker_user, ==, "nobody");
  g_assert_cmpuint (environment->worker_uid, ==, 65534);
}

/* ---- State files ---- */

static void
test_state_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = path_of (f, "deep/file");
  g_autoptr (GError) error = NULL;
  const char *key;

  g_assert_null (svpn_state_file_load (path));
  svpn_state_file_remove (path);
  g_assert_true (svpn_state_file_save (
      path,
      g_variant_new_parsed (
          "{'z': <1>, 'a': <'text\n'>, 'm': <['x']>, 'boot-id': <'0'>, 'd': <{'k': <true>}>}"),
      &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mode_of (f, "deep"), ==, 0700);
  g_assert_cmpuint (mode_of (f, "deep/file"), ==, 0600);
  g_autoptr (GVariant) state = svpn_state_file_load (path);
  g_autofree char *id = boot_id (), *text = print (state);
  g_autofree char *expected = g_strdup_printf (
      "{'boot-id': <'%s'>, 'z': <int64 1>, 'a': <'text\\n'>, 'm': <[<'x'>]>, 'd': <{'k': <true>}>}", id);
  g_assert_cmpstr (text, ==, expected);
  g_variant_get_child (state, 1, "{&sv}", &key, NULL);
  g_assert_cmpstr (key, ==, "z"); /* the order is kept */
  svpn_state_file_remove (path);
  g_assert_null (svpn_state_file_load (path));
}

static void
test_state_file_that_is_not_ours (Fixture *f, gconstpointer data)
{
  g_autofree char *id = boot_id (), *path = path_of (f, "file");
  const struct {
    const char *format;
    const char *boot;
    gboolean warned;
  } rows[] = {
    { "{\"boot-id\": \"%s\"}", "another", FALSE },
    { "{\"boot-id\": \"%s\"}", "", FALSE },
    { "{\"x\": \"%s\"}", id, FALSE },
    { "{\"boot-id\": 1, \"x\": \"%s\"}", id, FALSE },
    { "{\"boot-id\": \"%s\"", id, TRUE },
    { "[\"%s\"]", id, TRUE },
    { "{\"boot-id\": \"%s\", \"boot-id\": \"x\"}", id, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf (rows[i].format, rows[i].boot);

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, text);
    write_file (f, "file", text);
    g_assert_null (svpn_state_file_load (path));
    if (rows[i].warned)
      assert_warning ("/file is ignored: line 1: ");
    assert_no_warning ();
  }
}

/* ---- The files of tunnels ---- */

static void
save_section (Fixture *f, const char *section, const char *text)
{
  g_assert_true (svpn_tunnel_file_save (f->dir, ID, section, g_variant_new_parsed (text), NULL));
}

static void
assert_section (Fixture *f, const char *section, const char *expected)
{
  g_autoptr (GVariant) value = svpn_tunnel_file_load (f->dir, ID, section);
  g_autofree char *text = print (value);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_files (Fixture *f, const char *const *expected)
{
  g_auto (GStrv) files = svpn_directory_list (f->dir, "");

  g_assert_cmpstrv (files, expected);
}

static void
test_sections (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) none = svpn_tunnel_file_list (f->dir);

  g_assert_cmpstrv (none, ((const char *[]){ NULL }));
  assert_section (f, "network", NULL);
  save_section (f, "network", "{'ifindex': <7>}");
  save_section (f, "record", "{'a': <'b'>}");
  save_section (f, "network", "{'ifindex': <8>}");
  assert_section (f, "network", "{'ifindex': <int64 8>}");
  assert_section (f, "record", "{'a': <'b'>}");
  assert_files (f, (const char *[]){ ID ".tunnel", NULL });
  g_assert_cmpuint (mode_of (f, ID ".tunnel"), ==, 0600);
  g_auto (GStrv) ids = svpn_tunnel_file_list (f->dir);
  g_assert_cmpstrv (ids, ((const char *[]){ ID, NULL }));

  svpn_tunnel_file_remove (f->dir, ID, "record");
  svpn_tunnel_file_remove (f->dir, ID, "record");
  assert_section (f, "record", NULL);
  assert_section (f, "network", "{'ifindex': <int64 8>}");
  svpn_tunnel_file_remove (f->dir, ID, "network");
  assert_files (f, (const char *[]){ NULL });
}

#define OLD_RECORD                                                                                           \
  "('0123abcd', {'mtu': <uint32 1300>, 'dns': <['192.0.2.53']>, 'routes': <@as []>, 'qos': <false>, 'foo': " \
  "<1>}, "                                                                                                   \
  "{'since': <uint64 1700000000>, 'telemetry-interval': <uint32 5>, 'network': <'10.8.0.7/24 ...'>})"

/* As the version before has written them. */
static void
write_old_files (Fixture *f, const char *boot)
{
  g_autofree char *network = g_strdup_printf ("{\"interface\":\"svpn0\",\"ifindex\":3,\"table\":1398183497,"
                                              "\"priority\":22436,\"nat-table\":\"\",\"dns\":true,"
                                              "\"boot-id\":\"%s\"}",
                                              boot);

  write_file (f, ID ".json", network);
  write_file (f, ID ".tunnel", OLD_RECORD);
}

static void
assert_old_record (Fixture *f)
{
  g_autoptr (SvpnTunnelRecord) record = svpn_tunnel_record_load (f->dir, SVPN_SCOPE_CLIENT, ID);
  gint64 since = 0, interval = 0;

  g_assert_nonnull (record);
  g_autofree char *settings = print (record->settings);
  g_assert_cmpstr (record->hash, ==, "0123abcd");
  g_assert_cmpstr (settings, ==,
                   "{'dns': <['192.0.2.53']>, 'mtu': <uint32 1300>, 'qos': <false>, 'routes': <@as []>}");
  g_assert_true (g_variant_lookup (record->details, "since", "x", &since));
  g_assert_true (g_variant_lookup (record->details, "telemetry-interval", "x", &interval));
  g_assert_cmpint (since, ==, 1700000000);
  g_assert_cmpint (interval, ==, 5);
}

static void
assert_old_network (Fixture *f)
{
  g_autoptr (GVariant) network = svpn_tunnel_file_load (f->dir, ID, "network");
  const char *interface = NULL;
  gint64 table = 0;
  gboolean dns = FALSE;

  g_assert_nonnull (network);
  g_assert_true (g_variant_lookup (network, "interface", "&s", &interface));
  g_assert_true (g_variant_lookup (network, "table", "x", &table));
  g_assert_true (g_variant_lookup (network, "dns", "b", &dns));
  g_assert_cmpstr (interface, ==, "svpn0");
  g_assert_cmpint (table, ==, 1398183497);
  g_assert_true (dns);
}

/* Both files are read; the first change makes one of them, which has all that they had. */
static void
test_old_layout (Fixture *f, gconstpointer data)
{
  g_autofree char *id = boot_id ();
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_int64 (6));

  write_old_files (f, id);
  g_auto (GStrv) ids = svpn_tunnel_file_list (f->dir);
  g_assert_true (g_strv_contains ((const char *const *) ids, ID));
  assert_old_network (f);
  assert_old_record (f);
  assert_files (f, (const char *[]){ ID ".json", ID ".tunnel", NULL });

  g_assert_true (svpn_tunnel_record_put (f->dir, SVPN_SCOPE_CLIENT, ID, "x", value, NULL));
  assert_files (f, (const char *[]){ ID ".tunnel", NULL });
  assert_old_network (f);
  assert_old_record (f);
  svpn_tunnel_file_remove (f->dir, ID, "network");
  svpn_tunnel_record_remove (f->dir, ID);
  assert_files (f, (const char *[]){ NULL });
}

/* Without a change in between, both go. */
static void
test_old_layout_removed (Fixture *f, gconstpointer data)
{
  g_autofree char *id = boot_id ();

  write_old_files (f, id);
  svpn_tunnel_file_remove (f->dir, ID, "network");
  assert_old_record (f);
  assert_section (f, "network", NULL);
  svpn_tunnel_record_remove (f->dir, ID);
  assert_files (f, (const char *[]){ NULL });
}

/* A crash while one file was made of two: the new one is complete, and the old network counts no more. */
static void
test_old_layout_interrupted (Fixture *f, gconstpointer data)
{
  g_autofree char *id = boot_id ();

  save_section (f, "network", "{'interface': <'svpn7'>}");
  g_autofree char *text = read_file (f, ID ".tunnel");
  write_old_files (f, id);
  write_file (f, ID ".tunnel", text);
  assert_section (f, "network", "{'interface': <'svpn7'>}");
  assert_section (f, "record", NULL);
  svpn_tunnel_file_remove (f->dir, ID, "network");
  assert_files (f, (const char *[]){ NULL });
}

static void
test_old_layout_of_earlier_boot (Fixture *f, gconstpointer data)
{
  write_old_files (f, "another");
  assert_section (f, "network", NULL);
  assert_old_record (f);
}

static void
test_old_record_broken (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = { "(", "('hash', {}, {}", "(1, 2, 3)", "('a', {'b': 1}, @a{sv} {})" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_test_message ("row '%s'", texts[i]);
    write_file (f, ID ".tunnel", texts[i]);
    assert_section (f, "record", NULL);
    assert_warning ("/" ID ".tunnel is ignored: ");
  }
}

/* ---- Records ---- */

static void
test_record (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) settings = g_variant_ref_sink (g_variant_new_parsed ("{'mtu': <uint32 1300>}"));
  g_autoptr (GVariant) details = g_variant_ref_sink (g_variant_new_parsed ("{'a': <'b'>}"));
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string ("d"));
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed ("{'mtu': <uint32 1400>}"));
  const SvpnTunnelRecord record = {
    .hash = (char *) "hash", .settings = settings, .options = settings, .wanted = wanted, .details = details
  };

  g_assert_null (svpn_tunnel_record_load (f->dir, SVPN_SCOPE_CLIENT, ID));
  g_assert_true (svpn_tunnel_record_put (f->dir, SVPN_SCOPE_CLIENT, ID, "c", value, NULL));
  g_assert_null (svpn_tunnel_record_load (f->dir, SVPN_SCOPE_CLIENT, ID));
  g_assert_true (svpn_tunnel_record_save (f->dir, ID, &record, NULL));
  save_section (f, "network", "{'interface': <'svpn0'>}");
  g_assert_true (svpn_tunnel_record_put (f->dir, SVPN_SCOPE_CLIENT, ID, "c", value, NULL));
  g_autoptr (SvpnTunnelRecord) loaded = svpn_tunnel_record_load (f->dir, SVPN_SCOPE_CLIENT, ID);
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed ("{'a': <'b'>, 'c': <'d'>}"));
  g_assert_nonnull (loaded);
  g_assert_cmpstr (loaded->hash, ==, "hash");
  g_assert_cmpvariant (loaded->settings, settings);
  g_assert_cmpvariant (loaded->options, settings);
  g_assert_cmpvariant (loaded->wanted, wanted);
  g_assert_cmpuint (g_variant_n_children (loaded->details), ==, g_variant_n_children (expected));
  svpn_tunnel_record_remove (f->dir, ID);
  assert_section (f, "network", "{'interface': <'svpn0'>}");
}

static void
test_incomplete_record (Fixture *f, gconstpointer data)
{
  static const char *const rows[] = {
    "{'settings': <@a{sv} {}>, 'details': <@a{sv} {}>}",
    "{'settings-hash': <'x'>, 'details': <@a{sv} {}>}",
    "{'settings-hash': <'x'>, 'settings': <@a{sv} {}>}",
    "{'settings-hash': <1>, 'settings': <@a{sv} {}>, 'details': <@a{sv} {}>}",
    "{'settings-hash': <'x'>, 'settings': <'y'>, 'details': <@a{sv} {}>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %s", rows[i]);
    save_section (f, "record", rows[i]);
    g_assert_null (svpn_tunnel_record_load (f->dir, SVPN_SCOPE_CLIENT, ID));
  }
}

/* ---- Boot ---- */

static SvpnBoot *
restart (Fixture *f, SvpnBoot *boot)
{
  g_clear_pointer (&boot, svpn_boot_free);
  return svpn_boot_new (f->dir);
}

static void
test_boot (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SvpnBoot *boot = restart (f, NULL);

  g_assert_true (svpn_boot_is_due (boot, "client-a"));
  boot = restart (f, boot); /* before anything has begun */
  g_assert_true (svpn_boot_is_due (boot, "client-a"));
  g_hash_table_add (ids, g_strdup ("client-a"));
  g_hash_table_add (ids, g_strdup ("server-b"));
  svpn_boot_begin (boot, ids);
  g_assert_false (svpn_boot_is_due (boot, "client-c"));
  boot = restart (f, boot);
  g_assert_true (svpn_boot_is_due (boot, "client-a") && svpn_boot_is_due (boot, "server-b"));
  g_assert_false (svpn_boot_is_due (boot, "client-c"));
  svpn_boot_done (boot, "client-a");
  svpn_boot_done (boot, "client-c");
  boot = restart (f, boot);
  g_assert_false (svpn_boot_is_due (boot, "client-a"));
  g_assert_true (svpn_boot_is_due (boot, "server-b"));
  svpn_boot_done (boot, "server-b");
  boot = restart (f, boot); /* nothing is left, which is not the same as nothing begun */
  g_assert_false (svpn_boot_is_due (boot, "server-b"));
  g_assert_false (svpn_boot_is_due (boot, "client-a"));
  svpn_boot_free (boot);
}

static void
test_next_boot (Fixture *f, gconstpointer data)
{
  write_file (f, "boot.json", "{\"due\": [], \"boot-id\": \"another\"}");
  SvpnBoot *boot = restart (f, NULL);

  g_assert_true (svpn_boot_is_due (boot, "client-a"));
  svpn_boot_free (boot);
}

/* ---- Names ---- */

static void
test_paths (Fixture *f, gconstpointer data)
{
  static const struct {
    SvpnScope scope;
    const char *name, *path, *id;
  } rows[] = {
    { SVPN_SCOPE_CLIENT, "default", "/org/smartvpn/clients/default", "client-default" },
    { SVPN_SCOPE_SERVER, "default", "/org/smartvpn/servers/default", "server-default" },
    { SVPN_SCOPE_CLIENT, "a-b_c", "/org/smartvpn/clients/a_2db_5fc", "client-a-b_c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = svpn_object_path_from_name (rows[i].scope, rows[i].name);
    g_autofree char *id = svpn_tunnel_id_from_name (rows[i].scope, rows[i].name);
    SvpnScope scope = SVPN_SCOPE_AUTHORIZED;
    const char *name = NULL;

    g_test_message ("row %s", rows[i].id);
    g_assert_cmpstr (path, ==, rows[i].path);
    g_assert_cmpstr (id, ==, rows[i].id);
    g_assert_true (svpn_tunnel_id_parse (id, &scope, &name));
    g_assert_cmpint (scope, ==, rows[i].scope);
    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

static void
test_no_ids (Fixture *f, gconstpointer data)
{
  static const char *const rows[]
      = { "",          "client", "client-", "clients-a", "Client-a", "server-A",     "client-a/b",
          "client-..", "daemon", "boot",    "client--a", "server-_", "client-a.json" };
  SvpnScope scope;
  const char *name;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row '%s'", rows[i]);
    g_assert_false (svpn_tunnel_id_parse (rows[i], &scope, &name));
  }
}

int
main (int argc, char **argv)
{
  warnings_test_init (&argc, &argv);
  g_test_set_nonfatal_assertions ();
  umask (0);
#define ADD(path, function) g_test_add ("/state/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("directory-list", test_directory_list);
  ADD ("environment", test_environment);
  ADD ("environment-refusals", test_environment_refusals);
  ADD ("no-such-user", test_no_such_user);
  ADD ("file", test_state_file);
  ADD ("file-that-is-not-ours", test_state_file_that_is_not_ours);
  ADD ("sections", test_sections);
  ADD ("old-layout", test_old_layout);
  ADD ("old-layout/removed", test_old_layout_removed);
  ADD ("old-layout/interrupted", test_old_layout_interrupted);
  ADD ("old-layout/earlier-boot", test_old_layout_of_earlier_boot);
  ADD ("old-layout/broken", test_old_record_broken);
  ADD ("record", test_record);
  ADD ("incomplete-record", test_incomplete_record);
  ADD ("boot", test_boot);
  ADD ("next-boot", test_next_boot);
  ADD ("paths", test_paths);
  ADD ("no-ids", test_no_ids);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd --install, --uninstall, --print-service, into a directory and with commands that only note how they were
 * called. Run as: test-installer PATH-OF-SMARTVPND */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define UNIT "etc/systemd/system/smartvpnd.service"
#define WORKER_UNIT "etc/systemd/system/smartvpn-worker@.service"
#define SYSUSERS "etc/sysusers.d/smartvpn.conf"
#define POLICY "etc/dbus-1/system.d/org.smartvpn.conf"
#define ACTIVATION "usr/local/share/dbus-1/system-services/org.smartvpn.service"
#define POLKIT "usr/share/polkit-1/actions/org.smartvpn.policy"

static const char *program;
static const char *const all_files[] = { UNIT, WORKER_UNIT, SYSUSERS, POLICY, ACTIVATION, POLKIT };

typedef struct {
  char *dir, *root, *bin, *calls;
  char *output, *errors; /* of the last run */
  int status;
} Fixture;

/* A command that notes its arguments in the file CALLS. */
static void
add_command (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->bin, name, NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho \"%s $*\" >>'%s'\n", name, f->calls);

  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  f->root = g_build_filename (f->dir, "root", NULL);
  f->bin = g_build_filename (f->dir, "bin", NULL);
  f->calls = g_build_filename (f->dir, "calls", NULL);
  g_assert_cmpint (g_mkdir (f->bin, 0755), ==, 0);
  add_command (f, "systemctl");
  add_command (f, "systemd-sysusers");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *const argv[] = { "rm", "-r", f->dir, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->dir);
  g_free (f->root);
  g_free (f->bin);
  g_free (f->calls);
  g_free (f->output);
  g_free (f->errors);
}

/* Runs smartvpnd with these arguments. */
static void G_GNUC_NULL_TERMINATED
run (Fixture *f, ...)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *path = g_strconcat (f->bin, ":/usr/bin:/bin", NULL);
  g_autoptr (GError) error = NULL;
  const char *word;
  va_list arguments;

  g_strv_builder_add (words, program);
  va_start (arguments, f);
  while ((word = va_arg (arguments, const char *)) != NULL)
    g_strv_builder_add (words, word);
  va_end (arguments);
  g_auto (GStrv) argv = g_strv_builder_end (words);
  g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  g_autoptr (GSubprocess) process
      = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_clear_pointer (&f->output, g_free);
  g_clear_pointer (&f->errors, g_free);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &f->output, &f->errors, &error));
  f->status = g_subprocess_get_exit_status (process);
  g_test_message ("%s%s", f->output, f->errors);
}

/* The text of a file below the root; NULL if there is none. */
static char *
content (Fixture *f, const char *file)
{
  g_autofree char *path = g_build_filename (f->root, file, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
assert_has (const char *text, const char *part)
{
  if (text != NULL && strstr (text, part) != NULL)
    return;
  g_test_message ("'%s' is not in: %s", part, text);
  g_test_fail ();
}

static void
assert_well_formed (Fixture *f, const char *file)
{
  g_autofree char *path = g_build_filename (f->root, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) parser = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, "/usr/bin/python3", "-c",
      "import sys, xml.etree.ElementTree; xml.etree.ElementTree.parse (sys.argv[1])", path, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (parser, NULL, &error));
}

static void
append (Fixture *f, const char *file, const char *line)
{
  g_autofree char *path = g_build_filename (f->root, file, NULL);
  g_autofree char *old = content (f, file);
  g_autofree char *edited = g_strconcat (old != NULL ? old : "", line, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, edited, -1, NULL));
}

#define INSTALL(f, ...)                                                                                      \
  run (f, "--install", "--platform", "systemd", "--root", (f)->root, "--worker", "/opt/vpn/smartvpn-worker", \
       __VA_ARGS__)

static void
test_install (Fixture *f, gconstpointer data)
{
  INSTALL (f, "--config-dir", "/srv/vpn", "--runtime-dir", "/run/vpn/a", "--worker-user", "vpn", NULL);
  g_assert_cmpint (f->status, ==, 0);
  g_assert_cmpstr (f->errors, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (all_files); i++) {
    g_autofree char *said = g_strdup_printf ("Wrote %s/%s\n", f->root, all_files[i]);
    g_autofree char *text = content (f, all_files[i]);
    assert_has (f->output, said);
    assert_has (text, "written by smartvpnd, sha256 ");
    if (!g_str_has_suffix (all_files[i], "smartvpnd.service")) /* SystemCallFilter=@system-service */
      g_assert_true (strstr (text, "@worker") == NULL && strstr (text, "@smartvpnd") == NULL);
  }

  assert_well_formed (f, POLICY);

  g_autofree char *unit = content (f, UNIT), *worker = content (f, WORKER_UNIT),
                  *users = content (f, SYSUSERS);
  g_autofree char *start = g_strdup_printf (
      "\nExecStart=%s --system --config-dir /srv/vpn --runtime-dir /run/vpn/a --worker-user vpn\n", program);
  assert_has (unit, start);
  assert_has (unit, "\nReadWritePaths=/srv/vpn\n");
  assert_has (unit, "\nRuntimeDirectory=vpn/a\n");
  assert_has (worker, "\nExecStart=/opt/vpn/smartvpn-worker --id %i --runtime-dir /run/vpn/a\n");
  assert_has (worker, "\nUser=vpn\n");
  assert_has (worker, "\nRuntimeDirectory=vpn/a/%i\n");
  assert_has (users, "\nu vpn - ");

  g_autofree char *calls = NULL;
  g_autofree char *expected = g_strdup_printf ("systemd-sysusers --root=%s smartvpn.conf\n"
                                               "systemctl --root=%s enable smartvpnd.service\n",
                                               f->root, f->root);
  g_assert_true (g_file_get_contents (f->calls, &calls, NULL, NULL));
  g_assert_cmpstr (calls, ==, expected);
}

/* Another time nothing is to do; another configuration is written over ours. */
static void
test_again (Fixture *f, gconstpointer data)
{
  INSTALL (f, "--config-dir", "/etc/vpn", NULL);
  g_autofree char *first = content (f, UNIT);
  assert_has (first, "\nConfigurationDirectory=vpn\n");
  INSTALL (f, "--config-dir", "/etc/vpn", NULL);
  assert_has (f->output, "smartvpnd.service is as it should be\n");
  g_assert_null (strstr (f->output, "Wrote"));
  INSTALL (f, "--config-dir", "/etc/other", NULL);
  assert_has (f->output, "Updated ");
  g_autofree char *second = content (f, UNIT);
  assert_has (second, "\nConfigurationDirectory=other\n");
}

static void
test_edited (Fixture *f, gconstpointer data)
{
  INSTALL (f, "--config-dir", "/etc/vpn", NULL);
  append (f, UNIT, "# mine\n");
  INSTALL (f, "--config-dir", "/etc/other", NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->output, UNIT " was edited and is kept; --force would overwrite it\n");
  assert_has (f->output, UNIT ".new\n");
  g_autofree char *kept = content (f, UNIT), *beside = content (f, UNIT ".new");
  assert_has (kept, "ConfigurationDirectory=vpn\n");
  g_assert_true (g_str_has_suffix (kept, "# mine\n"));
  assert_has (beside, "ConfigurationDirectory=other\n");

  INSTALL (f, "--config-dir", "/etc/other", "--force", NULL);
  assert_has (f->output, UNIT " was edited, but --force overwrites it\n");
  g_autofree char *forced = content (f, UNIT);
  g_assert_cmpstr (forced, ==, beside);
}

/* What a package brings is not written a second time, and what was there before us is not ours. */
static void
test_packaged (Fixture *f, gconstpointer data)
{
  append (f, "usr/share/dbus-1/system.d/org.smartvpn.conf", "policy");
  append (f, "usr/share/dbus-1/system-services/org.smartvpn.service", "activation");
  append (f, SYSUSERS, "u smartvpn 777 \"my own\"\n");
  append (f, POLKIT, "actions");
  INSTALL (f, NULL);
  g_autofree char *policy = content (f, POLICY), *activation = content (f, ACTIVATION),
                  *users = content (f, SYSUSERS);
  g_assert_null (policy);
  g_assert_null (activation);
  g_assert_cmpstr (users, ==, "u smartvpn 777 \"my own\"\n");
  assert_has (f->output, "is installed, so /" POLICY " is not needed\n");
  assert_has (f->output, SYSUSERS " was edited and is kept");
  assert_has (f->output, "is installed, so /" POLKIT " is not needed\n");

  run (f, "--uninstall", "--root", f->root, NULL);
  g_autofree char *still = content (f, SYSUSERS);
  g_assert_cmpstr (still, ==, users);
  run (f, "--uninstall", "--root", f->root, "--force", NULL);
  g_autofree char *actions = content (f, POLKIT);
  g_assert_cmpstr (actions, ==, "actions");
}

static void
test_uninstall (Fixture *f, gconstpointer data)
{
  INSTALL (f, "--config-dir", "/srv/vpn", NULL);
  append (f, POLICY, "<!-- mine -->\n");
  append (f, UNIT ".new", "");
  run (f, "--uninstall", "--root", f->root, "--config-dir", "/srv/vpn", NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->output, POLICY " was edited and is kept; --force would remove it\n");
  assert_has (f->output, "/srv/vpn\n");
  for (gsize i = 0; i < G_N_ELEMENTS (all_files); i++) {
    g_autofree char *text = content (f, all_files[i]);
    g_assert_true ((text != NULL) == g_str_equal (all_files[i], POLICY));
  }
  g_autofree char *calls = NULL;
  g_autofree char *expected = g_strdup_printf ("systemctl --root=%s disable smartvpnd.service\n", f->root);
  g_assert_true (g_file_get_contents (f->calls, &calls, NULL, NULL));
  g_assert_true (g_str_has_suffix (calls, expected));

  run (f, "--uninstall", "--root", f->root, "--force", NULL);
  assert_has (f->output, POLICY " was edited, but --force removes it\n");
  g_autofree char *policy = content (f, POLICY);
  g_assert_null (policy);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  if (g_str_equal (g_markup_parse_context_get_element (context), "string"))
    g_string_append_printf (user_data, "%.*s ", (int) length, text);
}

/* Well-formed, and a path comes out as it went in. */
static void
test_launchd (Fixture *f, gconstpointer data)
{
  const GMarkupParser parser = { .text = on_text };
  g_autoptr (GString) strings = g_string_new (NULL);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, strings, NULL);
  g_autoptr (GError) error = NULL;

  run (f, "--print-service", "--platform", "launchd", "--config-dir", "/Library/A & <B>", NULL);
  g_assert_cmpint (f->status, ==, 0);
  g_assert_true (g_markup_parse_context_parse (context, f->output, -1, &error));
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  assert_has (strings->str, "org.smartvpn.daemon ");
  assert_has (strings->str, " --config-dir /Library/A & <B> ");
}

static void
test_print (Fixture *f, gconstpointer data)
{
  run (f, "--print-service", "--platform", "systemd", "--config-dir", "/srv/vpn", NULL);
  g_assert_cmpint (f->status, ==, 0);
  assert_has (f->output, "[Unit]\n");
  assert_has (f->output, " --config-dir /srv/vpn ");
  assert_has (f->output, "WantedBy=multi-user.target\n");
  g_assert_false (g_file_test (f->root, G_FILE_TEST_EXISTS));
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  const struct {
    const char *option, *value, *message;
  } refusals[] = {
    { "--platform", "launchd", "smartvpnd runs on Linux and cannot be installed for launchd" },
    { "--platform", "upstart", "--platform: 'upstart' is not systemd or launchd" },
    { "--config-dir", "/srv/a b", "--config-dir: '/srv/a b' cannot be written into a unit" },
    { "--config-dir", "/srv/%i", "--config-dir: '/srv/%i' cannot" },
    { "--worker", "/opt/$HOME", "--worker: '/opt/$HOME' cannot" },
    { "--worker-user", "", "--worker-user: it is empty" },
    { "--runtime-dir", "/tmp/vpn", "--runtime-dir: '/tmp/vpn' is not below /run" },
    { "--uninstall", NULL, "exclude each other" },
  };
  /* clang-format on */

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_test_message ("row %s", refusals[i].message);
    run (f, "--install", "--root", f->root, refusals[i].option, refusals[i].value, NULL);
    g_assert_cmpint (f->status, ==, 1);
    assert_has (f->errors, refusals[i].message);
    g_autofree char *unit = content (f, UNIT);
    g_assert_null (unit);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_assert_cmpint (argc, ==, 2);
  program = g_canonicalize_filename (argv[1], NULL);
#define ADD(path, function) g_test_add ("/installer/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("install", test_install);
  ADD ("again", test_again);
  ADD ("edited", test_edited);
  ADD ("packaged", test_packaged);
  ADD ("uninstall", test_uninstall);
  ADD ("launchd", test_launchd);
  ADD ("print", test_print);
  ADD ("refusals", test_refusals);
  return g_test_run ();
}

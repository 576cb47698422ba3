/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles on disk: each system call that changes files is the last one of a save, a removal, or a recovery. */
#include "store-fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *program; /* ourselves */
#define VERSION_1 "{'private-key': <'" KEY_A "'>, 'mtu': <1300>}"
#define VERSION_2 "{'private-key': <'" KEY_B "'>, 'server-url': <'wss://h'>}"

/* What is killed: the recovery from an interrupted save, one save, or one removal. */
static int
act (const char *config_dir, const char *what)
{
  g_autoptr (SvpnStore) store = svpn_store_new (config_dir);
  g_autoptr (GVariant) settings = settings_new (VERSION_2);

  if (g_str_equal (what, "recover"))
    return 0;
  return g_str_equal (what, "save") ? !svpn_store_save (store, SVPN_SCOPE_CLIENT, "a", settings, NULL)
                                    : !svpn_store_remove (store, SVPN_SCOPE_CLIENT, "a", NULL);
}

/* Has it killed as it enters this system call for the @nth time. FALSE: it does not come to that. */
static gboolean
kill_at (Fixture *fixture, const char *what, const char *system_call, guint nth)
{
  g_autofree char *trace = g_strconcat ("trace=", system_call, NULL);
  g_autofree char *inject = g_strdup_printf ("inject=%s:signal=KILL:when=%u", system_call, nth);
  const char *argv[]
      = { "strace", "-qq", "-o", "/dev/null", "-e", trace, "-e", inject, program, what, fixture->dir, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "ASAN_OPTIONS", "detect_leaks=0", TRUE);
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true ((WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL)
                 || (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  return WIFSIGNALED (status);
}

/* Kills @what at each of its system calls that change files, and lets @check see what is left. @prepare: makes the state
 * before. */
static void
kill_everywhere (Fixture *fixture, const char *what, void (*prepare) (Fixture *fixture),
                 void (*check) (Fixture *fixture, guint seen[2]), guint seen[2])
{
  static const char *const system_calls[]
      = { "write", "fsync", "?rename", "?renameat2", "?unlink", "?unlinkat" };
  guint kills = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (system_calls); i++) {
    gboolean killed = TRUE;

    for (guint nth = 1; killed; nth++) {
      prepare (fixture);
      killed = kill_at (fixture, what, system_calls[i], nth);
      kills += killed;
      g_test_message ("killed at %s, number %u", system_calls[i], nth);
      reopen (fixture);
      check (fixture, seen);
    }
  }
  g_test_message ("killed %u times; %u times the old version is there, %u times the new one", kills, seen[0],
                  seen[1]);
}

static void
prepare_saved (Fixture *fixture)
{
  save (fixture, "a", VERSION_1);
}

static void
check_saved (Fixture *fixture, guint seen[2])
{
  g_autoptr (GVariant) one = settings_new (VERSION_1), two = settings_new (VERSION_2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) found = svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, "a", &error);

  g_assert_no_error (error);
  g_assert_true (g_variant_equal (found, one) || g_variant_equal (found, two));
  g_assert_cmpuint (count_files (fixture, "clients"), ==, 1);
  g_assert_cmpuint (count_files (fixture, "secrets"), ==, 1);
  seen[g_variant_equal (found, two)]++;
}

static void
test_save_killed_everywhere (Fixture *fixture, const void *data)
{
  guint seen[2] = { 0 };

  kill_everywhere (fixture, "save", prepare_saved, check_saved, seen);
  g_assert_cmpuint (seen[0], >=, 5);
  g_assert_cmpuint (seen[1], >=, 5);
}

static void
check_removed (Fixture *fixture, guint seen[2])
{
  gboolean exists = svpn_store_exists (fixture->store, SVPN_SCOPE_CLIENT, "a");

  assert_loads (fixture, "a", exists ? VERSION_1 : "{}");
  seen[!exists]++;
}

static void
test_remove_killed_everywhere (Fixture *fixture, const void *data)
{
  guint seen[2] = { 0 };

  kill_everywhere (fixture, "remove", prepare_saved, check_removed, seen);
  g_assert_cmpuint (seen[0], >=, 1);
  g_assert_cmpuint (seen[1], >=, 5);
}

#define OPEN_2 "{\"server-url\": \"wss://h\"}"
#define SECRET_2 "{\"private-key\": \"" KEY_B "\"}"

/* A save was interrupted before the decision: both new files are there. */
static void
prepare_undecided (Fixture *fixture)
{
  save (fixture, "a", VERSION_1);
  write_file (fixture, "secrets/client-a.json.new", SECRET_2);
  write_file (fixture, "clients/a.json.new", OPEN_2);
}

/* A save was interrupted after the decision: the secrets are new, the profile is not yet. */
static void
prepare_decided (Fixture *fixture)
{
  save (fixture, "a", VERSION_1);
  write_file (fixture, "secrets/client-a.json", SECRET_2);
  write_file (fixture, "clients/a.json.new", OPEN_2);
}

/* A recovery that is killed, and then repeated, comes to the same end, never to a mixture. */
static void
test_recovery_killed_everywhere (Fixture *fixture, const void *data)
{
  guint undecided[2] = { 0 }, decided[2] = { 0 };

  kill_everywhere (fixture, "recover", prepare_undecided, check_saved, undecided);
  g_assert_cmpuint (undecided[0], >=, 4);
  g_assert_cmpuint (undecided[1], ==, 0);
  kill_everywhere (fixture, "recover", prepare_decided, check_saved, decided);
  g_assert_cmpuint (decided[0], ==, 0);
  g_assert_cmpuint (decided[1], >=, 4);
}

int
main (int argc, char **argv)
{
  if (argc == 3)
    return act (argv[2], argv[1]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  umask (022);
#define ADD(path, function) g_test_add ("/store-killed/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("save", test_save_killed_everywhere);
  ADD ("remove", test_remove_killed_everywhere);
  ADD ("recovery", test_recovery_killed_everywhere);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Kernel settings that tunnels share, in a network namespace: who restores what, and what others change meanwhile. */
#include "netns.h"
#include "sysctl.h"
#include "tree.h"

#include <string.h>

#define FORWARD "net/ipv4/ip_forward"
#define FILTER "net/ipv4/conf/lo/rp_filter"

typedef struct {
  char *dir;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  netns_enter ();
  f->dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  g_assert_true (svpn_sysctl_write (FORWARD, "0", &error) && svpn_sysctl_write (FILTER, "1", &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  assert_no_warning ();
  remove_tree (f->dir);
  g_free (f->dir);
}

static void
assert_value (const char *key, const char *expected)
{
  g_autofree char *value = svpn_sysctl_read (key);

  g_assert_cmpstr (value, ==, expected);
}

static void
acquire (Fixture *f, const char *id, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (svpn_sysctl_hold (f->dir, id, key, value, NULL, &error));
  g_assert_no_error (error);
}

/* As an administrator would. */
static void
set_by_hand (const char *key, const char *value)
{
  netns_do ("echo %s > /proc/sys/%s", value, key);
}

static gboolean
has_file (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "sysctl", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The last one that lets go restores it. */
static void
test_shared (Fixture *f, gconstpointer data)
{
  acquire (f, "server-a", FORWARD, "1");
  acquire (f, "server-a", FORWARD, "1");
  acquire (f, "server-b", FORWARD, "1");
  assert_value (FORWARD, "1");
  g_assert_true (svpn_sysctl_is_held (f->dir, FORWARD));
  g_assert_false (svpn_sysctl_is_held (f->dir, FILTER));
  svpn_sysctl_release (f->dir, "server-a", NULL);
  assert_value (FORWARD, "1");
  svpn_sysctl_release (f->dir, "server-c", NULL);
  assert_value (FORWARD, "1");
  svpn_sysctl_release (f->dir, "server-b", NULL);
  assert_value (FORWARD, "0");
  g_assert_false (svpn_sysctl_is_held (f->dir, FORWARD));
  g_assert_false (has_file (f));
}

/* A value that is there already is somebody else's: it is not held, and stays. */
static void
test_there_already (Fixture *f, gconstpointer data)
{
  set_by_hand (FORWARD, "1");
  acquire (f, "server-a", FORWARD, "1");
  g_assert_false (svpn_sysctl_is_held (f->dir, FORWARD));
  svpn_sysctl_release (f->dir, "server-a", NULL);
  assert_value (FORWARD, "1");
}

/* Somebody changes it while it is held: his value stays. */
static void
test_changed_meanwhile (Fixture *f, gconstpointer data)
{
  acquire (f, "client-a", FILTER, "2");
  set_by_hand (FILTER, "0");
  svpn_sysctl_release (f->dir, "client-a", NULL);
  assert_value (FILTER, "0");
  g_assert_false (svpn_sysctl_is_held (f->dir, FILTER));
}

/* Changed, and changed again to what we had set: that cannot be told from ours, and the original comes back. */
static void
test_changed_back (Fixture *f, gconstpointer data)
{
  acquire (f, "client-a", FILTER, "2");
  set_by_hand (FILTER, "0");
  set_by_hand (FILTER, "2");
  svpn_sysctl_release (f->dir, "client-a", NULL);
  assert_value (FILTER, "1");
}

/* Changed while one holds it, and another comes: it is set again, and the first original comes back. */
static void
test_changed_between_two (Fixture *f, gconstpointer data)
{
  acquire (f, "server-a", FORWARD, "1");
  set_by_hand (FORWARD, "0");
  acquire (f, "server-b", FORWARD, "1");
  assert_value (FORWARD, "1");
  svpn_sysctl_release (f->dir, "server-a", NULL);
  svpn_sysctl_release (f->dir, "server-b", NULL);
  assert_value (FORWARD, "0");
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  static const char *const kept[] = { FILTER, NULL };

  acquire (f, "client-a", FORWARD, "1");
  acquire (f, "client-a", FILTER, "2");
  svpn_sysctl_release (f->dir, "client-a", kept);
  assert_value (FORWARD, "0");
  assert_value (FILTER, "2");
  svpn_sysctl_release (f->dir, "client-a", NULL);
  assert_value (FILTER, "1");
}

/* A crash after the file was written and before the setting was: there is nothing to restore. */
static void
test_crash_before_change (Fixture *f, gconstpointer data)
{
  acquire (f, "server-a", FORWARD, "1");
  set_by_hand (FORWARD, "0");
  svpn_sysctl_release (f->dir, "server-a", NULL);
  assert_value (FORWARD, "0");
  g_assert_false (svpn_sysctl_is_held (f->dir, FORWARD));
}

/* The file of the version before is the same. */
static void
test_file (Fixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *path = g_build_filename (f->dir, "sysctl", NULL), *text = NULL;

  acquire (f, "server-a", FILTER, "2");
  acquire (f, "server-a", FORWARD, "1");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (strstr (text, FILTER) < strstr (text, FORWARD)); /* in their order */
  g_assert_true (g_file_get_contents ("/proc/sys/kernel/random/boot_id", &id, NULL, NULL));
  g_autofree char *old = g_strdup_printf (
      "{\n\"" FILTER "\" : { \"original\" : \"0\", \"users\" : [ \"client-x\" ], \"ours\" : \"2\" },\n"
      "\"boot-id\" : \"%s\"\n}",
      g_strchomp (id));
  g_assert_true (g_file_set_contents (path, old, -1, NULL));
  g_assert_true (svpn_sysctl_is_held (f->dir, FILTER));
  svpn_sysctl_release (f->dir, "client-x", NULL);
  assert_value (FILTER, "0");
}

static void
test_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (svpn_sysctl_hold (f->dir, "server-a", "net/no/such", "1", NULL, &error));
  g_assert_cmpstr (error->message, ==, "The kernel has no setting net/no/such");
  g_clear_error (&error);
  g_assert_false (svpn_sysctl_write (FORWARD, "many", &error));
  g_assert_true (g_str_has_prefix (error->message, "Cannot set /proc/sys/" FORWARD " to many: "));
  g_assert_null (svpn_sysctl_read ("net/no/such"));
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add ("/sysctl/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("shared", test_shared);
  ADD ("there-already", test_there_already);
  ADD ("changed-meanwhile", test_changed_meanwhile);
  ADD ("changed-back", test_changed_back);
  ADD ("changed-between-two", test_changed_between_two);
  ADD ("kept", test_kept);
  ADD ("crash-before-change", test_crash_before_change);
  ADD ("file", test_file);
  ADD ("errors", test_errors);
  return g_test_run ();
}

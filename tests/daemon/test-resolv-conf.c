/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * resolv.conf is taken over and given back, whatever it was and whoever writes to it meanwhile. */
#include "resolv-conf.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *const servers[] = { "10.8.0.1", "fd00:8::1", NULL };
static const char *const domains[] = { "corp.example", NULL };

typedef struct {
  char *directory, *path, *kept, *target;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->path = g_build_filename (f->directory, "resolv.conf", NULL);
  f->kept = g_build_filename (f->directory, "resolv.conf.original", NULL);
  f->target = g_build_filename (f->directory, "target", NULL);
  svpn_resolv_conf_keep_in (f->directory);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_unlink (f->path);
  g_unlink (f->kept);
  g_unlink (f->target);
  g_assert_no_errno (g_rmdir (f->directory)); /* nothing else was left */
  g_free (f->directory);
  g_free (f->path);
  g_free (f->kept);
  g_free (f->target);
}

static void
assert_content (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
take (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (svpn_resolv_conf_take (f->path, servers, domains, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\nsearch corp.example\nnameserver 10.8.0.1\nnameserver fd00:8::1\n"));
  g_assert_true (svpn_resolv_conf_is_ours (f->path));
}

static void
give_back (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (svpn_resolv_conf_give_back (f->path, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (f->kept, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK));
}

static void
test_file (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) outside = NULL;

  g_file_set_contents (f->path, "nameserver 192.0.2.53\noptions rotate\n", -1, NULL);
  take (f);
  take (f); /* again: the original is still that */
  outside = svpn_resolv_conf_get_servers (f->path);
  g_assert_cmpstr (outside[0], ==, "192.0.2.53");
  g_assert_null (outside[1]);
  give_back (f);
  assert_content (f->path, "nameserver 192.0.2.53\noptions rotate\n");
  give_back (f); /* nothing */
}

static void
test_symlink (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;

  g_file_set_contents (f->target, "nameserver 192.0.2.53\n", -1, NULL);
  g_assert_no_errno (symlink ("target", f->path));
  take (f);
  assert_content (f->target, "nameserver 192.0.2.53\n");
  give_back (f);
  link = g_file_read_link (f->path, NULL);
  g_assert_cmpstr (link, ==, "target");
}

static void
test_absent (Fixture *f, gconstpointer data)
{
  take (f);
  give_back (f);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

/* A DHCP client writes while the tunnel is up: that is what comes back. */
static void
test_rewritten (Fixture *f, gconstpointer data)
{
  g_file_set_contents (f->path, "nameserver 192.0.2.53\n", -1, NULL);
  take (f);
  g_file_set_contents (f->path, "nameserver 192.0.2.54\n", -1, NULL);
  g_assert_false (svpn_resolv_conf_is_ours (f->path));
  take (f);
  give_back (f);
  assert_content (f->path, "nameserver 192.0.2.54\n");
}

/* It writes, and the tunnel goes down: its file stays. */
static void
test_theirs_stays (Fixture *f, gconstpointer data)
{
  g_file_set_contents (f->path, "nameserver 192.0.2.53\n", -1, NULL);
  take (f);
  g_file_set_contents (f->path, "nameserver 192.0.2.55\n", -1, NULL);
  give_back (f);
  assert_content (f->path, "nameserver 192.0.2.55\n");
}

/* Where nothing can be written, the reason is told and the file is as before. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->directory, "nowhere", "resolv.conf", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (svpn_resolv_conf_take (path, servers, domains, &error));
  g_assert_nonnull (strstr (error->message, "cannot be changed"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/resolv-conf/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/resolv-conf/symlink", Fixture, NULL, set_up, test_symlink, tear_down);
  g_test_add ("/resolv-conf/absent", Fixture, NULL, set_up, test_absent, tear_down);
  g_test_add ("/resolv-conf/rewritten", Fixture, NULL, set_up, test_rewritten, tear_down);
  g_test_add ("/resolv-conf/theirs-stays", Fixture, NULL, set_up, test_theirs_stays, tear_down);
  g_test_add ("/resolv-conf/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}

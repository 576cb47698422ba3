/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a site has at which path, and what it has not although the directory does. */
#include "error.h"
#include "site.h"
#include "table.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *directory;

static char *
inside (const char *name)
{
  return g_build_filename (directory, "site", name, NULL);
}

static void
add_file (const char *name, const char *text)
{
  g_autofree char *path = inside (name), *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
add_link (const char *name, const char *target)
{
  g_autofree char *path = inside (name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
make_site (void)
{
  g_autofree char *secret = NULL, *fifo = NULL;

  directory = g_dir_make_tmp ("smartvpn-site-XXXXXX", NULL);
  add_file ("index.html", "start");
  add_file ("a.css", "style");
  add_file ("A.PNG", "picture");
  add_file ("no-extension", "bytes");
  add_file ("sub/index.html", "below");
  add_file ("with space/x.txt", "x");
  add_file ("empty/x.txt", "x");
  add_file ("fake/index.html/x", "x");
  add_file (".git/config", "hidden");
  add_file ("sub/.htaccess", "hidden");
  secret = g_build_filename (directory, "secret", NULL);
  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  add_link ("link", "a.css");
  add_link ("link-out", "../secret");
  add_link ("link-absolute", secret);
  add_link ("link-etc", "/etc");
  add_link ("link-loop", "link-loop");
  add_link ("link-proc", "/proc/self/root/etc/passwd");
  add_link ("link-up-and-back", "sub/../a.css");
  fifo = inside ("fifo");
  g_assert_cmpint (mkfifo (fifo, 0644), ==, 0);
}

/* Expected: the status, and what is there, its type, or where to go. */
static const struct {
  const char *path, *name, *expected;
} cases[] = {
  { "/", "root", "200 start text/html" },
  { "/index.html", "index", "200 start text/html" },
  { "/a.css", "file", "200 style text/css" },
  { "/A.PNG", "upper case extension", "200 picture image/png" },
  { "/no-extension", "no extension", "200 bytes application/octet-stream" },
  { "/sub/", "directory", "200 below text/html" },
  { "/sub", "directory without slash", "301 /sub/" },
  { "//evil.example/..//sub", "redirect stays here", "301 /sub/" },
  { "/with%20space", "redirect is encoded", "301 /with%20space/" },
  { "/with%20space/x.txt", "encoded", "200 x text/plain" },
  { "/empty/", "no index", "403" },
  { "/fake/", "index is a directory", "403" },
  { "/a.css/", "slash behind a file", "404" },
  { "/a.css/x", "below a file", "404" },
  { "/missing", "missing", "404" },
  { "/missing/", "missing directory", "404" },
  { "/link", "link", "200 style application/octet-stream" },
  { "/link-up-and-back", "link that stays inside", "200 style application/octet-stream" },
  { "/link-out", "link out", "404" },
  { "/link-absolute", "absolute link", "404" },
  { "/link-etc/passwd", "below a link out", "404" },
  { "/link-proc", "link through /proc", "404" },
  { "/link-loop", "loop", "404" },
  { "/fifo", "fifo", "404" },
  { "/.git/config", "dot directory", "404" },
  { "/sub/.htaccess", "dot file", "404" },
  { "/../secret", "out", "400" },
  { "/%2e%2e/secret", "encoded out", "400" },
  { "/..%2fsecret", "out by an encoded slash", "400" },
  { "/a%00.css", "encoded zero", "400" },
};

static char *
describe (SvpnSite *site, const char *path)
{
  char text[256] = "";
  char *description;
  SvpnSiteFile file;

  svpn_site_find (site, path, strlen (path), &file);
  if (file.status == 200 && file.fd >= 0)
    g_assert_cmpint (read (file.fd, text, sizeof text - 1), ==, file.size);
  if (file.status == 200 && file.fd < 0)
    memcpy (text, file.data, (gsize) file.size);
  if (file.status == 200)
    description = g_strdup_printf ("200 %s %s", text, file.type);
  else if (file.location != NULL)
    description = g_strdup_printf ("%u %s", file.status, file.location);
  else
    description = g_strdup_printf ("%u", file.status);
  svpn_site_file_clear (&file);
  return description;
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *root = inside ("");
  g_autoptr (SvpnSite) site = svpn_site_new_directory (root, NULL);
  g_autofree char *found = describe (site, cases[i].path);

  g_assert_cmpstr (found, ==, cases[i].expected);
}

static void
test_page (void)
{
  g_autoptr (SvpnSite) site = svpn_site_new_page (1767268800);
  g_autofree char *root = describe (site, "/"), *index = describe (site, "/index.html");
  g_autofree char *other = describe (site, "/other"), *below = describe (site, "/index.html/"),
                  *bad = describe (site, "/..");

  g_assert_true (g_str_has_prefix (root, "200 <html>"));
  g_assert_cmpstr (root, ==, index);
  g_assert_cmpstr (other, ==, "404");
  g_assert_cmpstr (below, ==, "404");
  g_assert_cmpstr (bad, ==, "400");
}

static void
test_no_directory (void)
{
  g_autofree char *path = inside ("missing");
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_site_new_directory (path, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  const char *remove[] = { "rm", "-rf", NULL, NULL };
  int result;

  g_test_init (&argc, &argv, NULL);
  make_site ();
  ADD_TABLE ("/site/", cases, test_case);
  g_test_add_func ("/site/plain page", test_page);
  g_test_add_func ("/site/no directory", test_no_directory);
  result = g_test_run ();
  remove[2] = directory;
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  return result;
}

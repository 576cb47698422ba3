/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Paths of URLs as paths of files. */
#include "web-path.h"
#include "table.h"

#include <string.h>

/* Expected: the file, with a slash behind a directory's; "bad" or "hidden". */
static const struct {
  const char *name, *path, *expected;
} cases[] = {
  { "root", "/", "/" },
  { "file", "/a.html", "a.html" },
  { "deeper", "/a/b/c", "a/b/c" },
  { "directory", "/a/", "a/" },
  { "dot", "/./a/.", "a/" },
  { "double slash", "//a///b", "a/b" },
  { "up", "/a/../b", "b" },
  { "up to a directory", "/a/b/..", "a/" },
  { "up to the root", "/a/..", "/" },
  { "encoded letter", "/%61", "a" },
  { "encoded slash", "/a%2fb", "a/b" },
  { "encoded up", "/a/%2e%2e/b", "b" },
  { "percent", "/100%25", "100%" },
  { "decoded once", "/%252e%252e/a", "%2e%2e/a" },
  { "white space", "/a%20b", "a b" },
  { "UTF-8", "/%c3%a4", "\xc3\xa4" },
  { "other bytes", "/%ff", "\xff" },
  { "backslash", "/a\\..\\b", "a\\..\\b" },
  { "dot inside", "/a.b/c..", "a.b/c.." },
  { "out of the root", "/..", "bad" },
  { "out of the root and back", "/../a", "bad" },
  { "out later", "/a/../../b", "bad" },
  { "encoded out", "/%2e%2e/a", "bad" },
  { "out by an encoded slash", "/..%2fa", "bad" },
  { "encoded zero", "/a%00b", "bad" },
  { "half an escape", "/a%2", "bad" },
  { "no escape", "/a%zz", "bad" },
  { "no slash", "a", "bad" },
  { "asterisk", "*", "bad" },
  { "empty", "", "bad" },
  { "dot file", "/.git", "hidden" },
  { "dot directory", "/a/.git/config", "hidden" },
  { "encoded dot file", "/%2egit", "hidden" },
  { "three dots", "/...", "hidden" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *file = NULL, *found = NULL;
  gboolean is_directory;

  switch (svpn_web_path_resolve (cases[i].path, strlen (cases[i].path), &file, &is_directory)) {
  case SVPN_WEB_PATH_OK:
    found = g_strconcat (file, is_directory ? "/" : "", NULL);
    break;
  case SVPN_WEB_PATH_BAD:
    found = g_strdup ("bad");
    break;
  case SVPN_WEB_PATH_HIDDEN:
    found = g_strdup ("hidden");
    break;
  }
  g_assert_cmpstr (found, ==, cases[i].expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/web-path/", cases, test_case);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * resolv.conf itself, taken over while a tunnel is up. */
#include "resolv-conf.h"
#include "address.h"
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MARK "# Written by SmartVPN; the original is back when the tunnel is down.\n"
#define KEPT_NAME "resolv.conf.original"

static char *kept_directory;

void
svpn_resolv_conf_keep_in (const char *directory)
{
  g_free (kept_directory);
  kept_directory = g_strdup (directory);
}

static char *
kept_path (void)
{
  return g_build_filename (kept_directory != NULL ? kept_directory : "/etc", KEPT_NAME, NULL);
}

static gboolean
check (gboolean ok, const char *path, GError **error)
{
  int code = errno;

  if (!ok)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s cannot be changed: %s%s", path, g_strerror (code),
                 code == EPERM ? " (is it immutable? see chattr(1))" : "");
  return ok;
}

/* In place, for a file that cannot be replaced, such as one that is mounted there by itself. */
static gboolean
overwrite (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  gboolean ok = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);

  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
replace (const char *path, const char *text)
{
  g_autofree char *fresh = g_strconcat (path, ".smartvpn", NULL);
  gboolean ok = g_file_set_contents_full (fresh, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL)
                && g_rename (fresh, path) == 0;
  int code = errno;

  if (ok)
    return TRUE;
  (void) g_unlink (fresh);
  if (code == EBUSY || code == EROFS)
    return overwrite (path, text);
  errno = code;
  return FALSE;
}

/* Copies @path, a file or a link, to where the original is kept. One that is not there needs no keeping. */
static gboolean
keep (const char *path)
{
  g_autofree char *kept = kept_path ();
  g_autofree char *fresh = g_strconcat (kept, "-old", NULL);
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *text = NULL;

  g_unlink (fresh);
  if (target != NULL)
    return symlink (target, fresh) == 0 && g_rename (fresh, kept) == 0;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return TRUE;
  return g_file_set_contents_full (kept, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL);
}

gboolean
svpn_resolv_conf_is_ours (const char *path)
{
  g_autofree char *text = NULL;

  return !g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_get_contents (path, &text, NULL, NULL)
         && g_str_has_prefix (text, MARK);
}

gboolean
svpn_resolv_conf_take (const char *path, const char *const *servers, const char *const *domains,
                       GError **error)
{
  g_autoptr (GString) text = g_string_new (MARK);
  g_autofree char *before = NULL;

  if (domains != NULL && *domains != NULL) {
    g_autofree char *list = g_strjoinv (" ", (char **) domains);

    g_string_append_printf (text, "search %s\n", list);
  }
  for (; *servers != NULL; servers++)
    g_string_append_printf (text, "nameserver %s\n", *servers);
  if (!svpn_resolv_conf_is_ours (path) && !check (keep (path), path, error))
    return FALSE;
  if (g_file_get_contents (path, &before, NULL, NULL) && strcmp (before, text->str) == 0)
    return TRUE;
  return check (replace (path, text->str), path, error);
}

gboolean
svpn_resolv_conf_give_back (const char *path, GError **error)
{
  g_autofree char *kept = kept_path ();
  g_autofree char *target = g_file_read_link (kept, NULL);
  g_autofree char *text = NULL;

  if (!svpn_resolv_conf_is_ours (path)) {
    g_unlink (kept);
    return TRUE;
  }
  if (!g_file_test (kept, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return check (g_unlink (path) == 0, path, error);
  if (target != NULL)
    return check (g_unlink (path) == 0 && symlink (target, path) == 0 && g_unlink (kept) == 0, path, error);
  if (!check (g_file_get_contents (kept, &text, NULL, NULL) && replace (path, text), path, error))
    return FALSE;
  g_unlink (kept);
  return TRUE;
}

char **
svpn_resolv_conf_get_servers (const char *path)
{
  g_autoptr (GStrvBuilder) servers = g_strv_builder_new ();
  g_autofree char *kept = kept_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (svpn_resolv_conf_is_ours (path) ? kept : path, &text, NULL, NULL);
  lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) words = g_strsplit_set (*line, " \t", 2);
    SvpnPrefix address;

    if (words[0] != NULL && words[1] != NULL && g_str_equal (words[0], "nameserver")
        && svpn_address_parse (g_strstrip (words[1]), &address))
      g_strv_builder_add (servers, words[1]);
  }
  return g_strv_builder_end (servers);
}

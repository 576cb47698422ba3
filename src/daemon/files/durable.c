/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Files that survive a crash. */
#include "durable.h"
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Of errno; always FALSE. */
static gboolean
set_error_from_errno (GError **error, const char *verb, const char *path)
{
  int code = errno;

  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot %s %s: %s", verb, path, g_strerror (code));
  return FALSE;
}

static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    set_error_from_errno (error, "write", folder);
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
svpn_durable_unlink (const char *path, GError **error)
{
  if (g_unlink (path) < 0)
    return errno == ENOENT ? TRUE : set_error_from_errno (error, "remove", path);
  return sync_folder_of (path, error);
}

gboolean
svpn_durable_rename (const char *from, const char *to, GError **error)
{
  if (g_rename (from, to) < 0)
    return set_error_from_errno (error, "write", to);
  return sync_folder_of (to, error);
}

gboolean
svpn_durable_keep (const char *path, const char *as, GError **error)
{
  if (renameat2 (AT_FDCWD, path, AT_FDCWD, as, RENAME_NOREPLACE) < 0)
    return set_error_from_errno (error, "rename to", as);
  return sync_folder_of (as, error);
}

gboolean
svpn_durable_make_folder (const char *path, int mode, GError **error)
{
  if (g_mkdir_with_parents (path, mode) < 0)
    return set_error_from_errno (error, "make", path);
  return sync_folder_of (path, error);
}

gboolean
svpn_durable_write (const char *path, const char *text, int mode, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 mode, &local)) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot write %s: %s", path, local->message);
    return FALSE;
  }
  return sync_folder_of (path, error);
}

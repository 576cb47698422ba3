/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that others write, read with care. */
#include "text-file.h"
#include "keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (GError **error, int code, const char *reason)
{
  g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (code), reason);
  return FALSE;
}

static gboolean
check_secret (const struct stat *st, GError **error)
{
  g_autofree char *reason = NULL;

  if (st->st_uid != geteuid ())
    reason = g_strdup_printf ("belongs to user %u, but secrets have to belong to user %u", st->st_uid,
                              geteuid ());
  else if ((st->st_mode & 077) != 0)
    reason = g_strdup_printf ("mode %04o lets others at the secrets; it has to be 0600", st->st_mode & 07777);
  return reason == NULL || fail (error, EPERM, reason);
}

static gboolean
check (int fd, gsize max_bytes, gboolean secret, gsize *size, GError **error)
{
  struct stat st;

  if (fstat (fd, &st) < 0)
    return fail (error, errno, g_strerror (errno));
  if (!S_ISREG (st.st_mode))
    return fail (error, EINVAL, "not a regular file");
  if ((gsize) st.st_size > max_bytes)
    return fail (error, EFBIG, "too large");
  *size = (gsize) st.st_size;
  return !secret || check_secret (&st, error);
}

static gboolean
read_all (int fd, char *buffer, gsize size, GError **error)
{
  gsize done = 0;

  while (done < size) {
    gssize n = read (fd, buffer + done, size - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail (error, errno, g_strerror (errno));
    if (n == 0)
      return fail (error, EIO, "is being changed");
    done += (gsize) n;
  }
  return memchr (buffer, '\0', size) == NULL || fail (error, EINVAL, "not a text file");
}

char *
svpn_text_file_read (const char *path, gsize max_bytes, gboolean secret, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (secret ? O_NOFOLLOW : 0));
  gsize size = 0;
  char *text = NULL;

  if (fd < 0) {
    fail (error, errno, secret && errno == ELOOP ? "is a symbolic link" : g_strerror (errno));
    return NULL;
  }
  if (check (fd, max_bytes, secret, &size, error)) {
    text = g_malloc0 (size + 1);
    if (!read_all (fd, text, size, error)) {
      sodium_memzero (text, size);
      g_clear_pointer (&text, g_free);
    }
  }
  close (fd);
  return text;
}

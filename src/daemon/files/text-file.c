/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that others write. */
#include "text-file.h"
#include "byte-order-mark.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Always FALSE. */
static gboolean G_GNUC_PRINTF (3, 4) set_io_error (GError **error, int code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, (int) g_io_error_from_errno (code), format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
check_secret (const struct stat *st, GError **error)
{
  if (st->st_uid != geteuid ())
    return set_io_error (error, EPERM, "it belongs to user %u; secrets must belong to user %u", st->st_uid,
                         geteuid ());
  if ((st->st_mode & 077) != 0)
    return set_io_error (error, EPERM, "its mode %04o lets other users read or write secrets; set it to 0600",
                         st->st_mode & 07777);
  return TRUE;
}

static gboolean
check_kind (int fd, gsize max_bytes, gboolean secret, gsize *size, GError **error)
{
  struct stat st;

  if (fstat (fd, &st) < 0)
    return set_io_error (error, errno, "%s", g_strerror (errno));
  if (!S_ISREG (st.st_mode))
    return set_io_error (error, EINVAL, "it is not a regular file");
  if ((gsize) st.st_size > max_bytes)
    return set_io_error (error, EFBIG, "it is larger than %" G_GSIZE_FORMAT " bytes", max_bytes);
  *size = (gsize) st.st_size;
  return !secret || check_secret (&st, error);
}

static gboolean
refuse_binary (const char *buffer, gsize size, GError **error)
{
  gboolean is_utf16
      = size >= 2 && (memcmp (buffer, "\xff\xfe", 2) == 0 || memcmp (buffer, "\xfe\xff", 2) == 0);

  return set_io_error (error, EINVAL,
                       is_utf16 ? "it is text in UTF-16; save it in UTF-8"
                                : SVPN_TEXT_FILE_NO_TEXT ": it has a NUL byte");
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
      return set_io_error (error, errno, "%s", g_strerror (errno));
    if (n == 0)
      return set_io_error (error, EIO, "it was shortened while it was read");
    done += (gsize) n;
  }
  return memchr (buffer, '\0', size) == NULL || refuse_binary (buffer, size, error);
}

SvpnSecretText *
svpn_text_file_read (const char *path, gsize max_bytes, gboolean secret, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (secret ? O_NOFOLLOW : 0));
  gsize size = 0;
  g_autoptr (SvpnSecretText) text = NULL;

  if (fd < 0) {
    set_io_error (error, errno, "%s",
                  secret && errno == ELOOP ? "it is a symbolic link; secrets must be in a regular file"
                                           : g_strerror (errno));
    return NULL;
  }
  if (check_kind (fd, max_bytes, secret, &size, error)) {
    text = g_malloc0 (size + 1);
    if (!read_all (fd, text, size, error)) {
      sodium_memzero (text, size); /* a NUL inside would end the wiping early */
      g_clear_pointer (&text, g_free);
    }
  }
  close (fd);
  return text != NULL ? g_strdup (svpn_skip_byte_order_mark (text)) : NULL;
}

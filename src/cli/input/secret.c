/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Secrets in memory and in files, and private keys. */
#include "secret.h"
#include "byte-order-mark.h"
#include "i18n.h"
#include "smartvpn.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX (1024 * 1024)
#define KEY_BYTES crypto_scalarmult_BYTES
#define KEY_TEXT_BYTES sodium_base64_ENCODED_LEN (KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)

void
svpn_secret_free (SvpnSecret *secret)
{
  if (secret != NULL)
    sodium_memzero (secret, strlen (secret));
  g_free (secret);
}

static gboolean
set_file_error (GError **error, const char *file, int code)
{
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), "%s: %s",
               g_str_equal (file, "-") ? _ ("standard input") : file, g_strerror (code));
  return FALSE;
}

/* Reads to the end. The buffer never grows, which would leave copies of a secret behind. */
static gssize
read_to_end (int fd, char *buffer)
{
  gsize length = 0;

  while (length < TEXT_MAX) {
    gssize got = read (fd, buffer + length, TEXT_MAX - length);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got < 0 ? got : (gssize) length;
    length += (gsize) got;
  }
  errno = EFBIG;
  return -1;
}

SvpnSecret *
svpn_secret_read_text (const char *file, GError **error)
{
  int fd = g_str_equal (file, "-") ? STDIN_FILENO : open (file, O_RDONLY | O_CLOEXEC);
  g_autofree char *buffer = g_malloc0 (TEXT_MAX + 1);
  gssize length = fd >= 0 ? read_to_end (fd, buffer) : -1;
  int code = errno;
  gboolean is_text = length >= 0 && memchr (buffer, '\0', (gsize) length) == NULL;
  SvpnSecret *text = is_text ? g_strdup (svpn_skip_byte_order_mark (buffer)) : NULL;

  if (fd > STDIN_FILENO)
    close (fd);
  sodium_memzero (buffer, TEXT_MAX);
  if (text == NULL)
    set_file_error (error, file, length < 0 ? code : EILSEQ);
  return text;
}

SvpnSecret *
svpn_secret_read_key (const char *file, GError **error)
{
  g_autoptr (SvpnSecret) key = svpn_secret_read_text (file, error);
  g_autofree char *public_key = NULL;

  if (key == NULL)
    return NULL;
  g_strstrip (key);
  public_key = svpn_secret_to_public_key (key);
  if (public_key != NULL)
    return g_steal_pointer (&key);
  g_set_error (
      error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
      _ ("%s: not a private key, as \"smartvpnctl genkey\" makes them (32 bytes in base64, 44 characters)"),
      g_str_equal (file, "-") ? _ ("standard input") : file);
  return NULL;
}

int
svpn_secret_create (const char *file, GError **error)
{
  int fd = open (file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    set_file_error (error, file, errno);
  return fd;
}

gboolean
svpn_secret_fill (const char *file, int fd, const char *text, GError **error)
{
  gsize left = strlen (text);
  gssize written = 0;
  int code;

  while (left > 0 && (written = write (fd, text, left)) > 0) {
    text += written;
    left -= (gsize) written;
  }
  code = errno;
  if (close (fd) != 0 && left == 0) {
    code = errno;
    left = 1;
  }
  if (left == 0)
    return TRUE;
  unlink (file);
  return set_file_error (error, file, code);
}

gboolean
svpn_secret_write (const char *file, const char *text, GError **error)
{
  int fd = svpn_secret_create (file, error);

  return fd >= 0 && svpn_secret_fill (file, fd, text, error);
}

static char *
encode_key (const unsigned char key[KEY_BYTES])
{
  char *text = g_malloc (KEY_TEXT_BYTES);

  return sodium_bin2base64 (text, KEY_TEXT_BYTES, key, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

SvpnSecret *
svpn_secret_generate_key (void)
{
  unsigned char secret[KEY_BYTES];
  SvpnSecret *text;

  randombytes_buf (secret, sizeof secret);
  text = encode_key (secret);
  sodium_memzero (secret, sizeof secret);
  return text;
}

char *
svpn_secret_to_public_key (const SvpnSecret *private_key)
{
  unsigned char secret[KEY_BYTES] = { 0 }, public[KEY_BYTES];
  size_t length = 0;
  gboolean ok = sodium_base642bin (secret, sizeof secret, private_key, strlen (private_key), NULL, &length,
                                   NULL, sodium_base64_VARIANT_ORIGINAL)
                    == 0
                && length == sizeof secret && !sodium_is_zero (secret, sizeof secret)
                && crypto_scalarmult_base (public, secret) == 0;

  sodium_memzero (secret, sizeof secret);
  return ok ? encode_key (public) : NULL;
}

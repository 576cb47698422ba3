/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Files in PEM format that settings name. */
#include "pem.h"
#include "error.h"
#include "keys.h"

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX_BYTES (1024 * 1024)

static gboolean
read_all (int fd, char *buffer, gsize size)
{
  gsize done = 0;

  while (done < size) {
    gssize n = read (fd, buffer + done, size - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    done += (gsize) n;
  }
  return TRUE;
}

char *
svpn_pem_read (const char *setting, const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO must not block us */
  struct stat st;
  const char *reason = NULL;
  char *text = NULL;

  if (fd < 0 || fstat (fd, &st) < 0)
    reason = g_strerror (errno);
  else if (!S_ISREG (st.st_mode))
    reason = "not a regular file";
  else if (st.st_size > PEM_MAX_BYTES)
    reason = "larger than 1 MiB";
  else if (text = g_malloc0 ((gsize) st.st_size + 1), !read_all (fd, text, (gsize) st.st_size))
    reason = "cannot be read";
  if (fd >= 0)
    close (fd);
  if (reason != NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: %s: %s", setting, path, reason);
  else if (strstr (text, "-----BEGIN ") != NULL)
    return text;
  else
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "%s: %s holds no PEM", setting, path);
  svpn_key_free (text);
  return NULL;
}

gboolean
svpn_pem_check_pair (const char *certificate_path, const char *certificate, const char *key_path,
                     const char *key, GError **error)
{
  const gnutls_datum_t certificate_text
      = { (unsigned char *) certificate, (unsigned int) strlen (certificate) };
  const gnutls_datum_t key_text = { (unsigned char *) key, (unsigned int) strlen (key) };
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials (&credentials);

  if (result >= 0) {
    result = gnutls_certificate_set_x509_key_mem (credentials, &certificate_text, &key_text,
                                                  GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials (credentials);
  }
  if (result < 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "%s with %s: %s", certificate_path, key_path,
                 gnutls_strerror (result));
  return result >= 0;
}

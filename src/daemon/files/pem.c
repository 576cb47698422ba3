/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * PEM files (RFC 7468) that settings name. */
#include "pem.h"
#include "error.h"
#include "text-file.h"

#include <gnutls/gnutls.h>
#include <string.h>

#define PEM_MAX_BYTES (1024 * 1024)

SvpnSecretText *
svpn_pem_read (const char *setting, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SvpnSecretText) text = svpn_text_file_read (path, PEM_MAX_BYTES, FALSE, &local);

  if (text == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "%s: %s: %s", setting, path, local->message);
  else if (strstr (text, "-----BEGIN ") != NULL)
    return g_steal_pointer (&text);
  else
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "%s: %s holds no PEM text ('-----BEGIN ...')",
                 setting, path);
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
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED,
                 "The certificate in %s and the key in %s cannot be used together: %s", certificate_path,
                 key_path, gnutls_strerror (result));
  return result >= 0;
}

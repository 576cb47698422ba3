/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Certificates for tests. */
#include "certificates.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

static void
set_name (gnutls_x509_crt_t crt, const char *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL)
    g_assert_cmpint (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS,
                                                           g_inet_address_to_bytes (address),
                                                           g_inet_address_get_native_size (address), 0),
                     ==, 0);
  else
    g_assert_cmpint (
        gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, name, (unsigned int) strlen (name), 0),
        ==, 0);
}

static char *
export_pem (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
  gnutls_datum_t pem = { 0 };
  char *text;

  g_assert_cmpint (key != NULL ? gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem)
                               : gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &pem),
                   ==, 0);
  text = g_strndup ((char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

TestCertificate *
certificate_new (const char *name, gint64 from_s, gint64 to_s)
{
  TestCertificate *certificate = g_new0 (TestCertificate, 1);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *authority = NULL, *key_pem = NULL, *warning = NULL;
  g_autoptr (GError) error = NULL;
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  guint8 serial[8];

  g_assert_cmpint (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), ==, 0);
  serial[0] = 1;
  authority = g_strdup_printf ("CN=test %u", serial[1] << 16 | serial[2] << 8 | serial[3]);
  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  gnutls_x509_crt_set_dn (crt, authority, NULL);
  gnutls_x509_crt_set_activation_time (crt, now_s + from_s);
  gnutls_x509_crt_set_expiration_time (crt, now_s + to_s);
  gnutls_x509_crt_set_basic_constraints (crt, 1, -1);
  gnutls_x509_crt_set_key (crt, key);
  set_name (crt, name);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  certificate->pem = export_pem (crt, NULL);
  key_pem = export_pem (NULL, key);
  certificate->tls = svpn_tls_context_new (certificate->pem, key_pem, &warning, &error);
  g_assert_no_error (error);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  return certificate;
}

void
certificate_free (TestCertificate *certificate)
{
  g_free (certificate->pem);
  svpn_tls_context_unref (certificate->tls);
  g_free (certificate);
}

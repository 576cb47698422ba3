/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Certificates for tests. */
#include "pki.h"

#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

struct _PkiIdentity {
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
};

static void
check (int result)
{
  if (result < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (result));
}

static void
describe (gnutls_x509_crt_t certificate, const char *name)
{
  static guint32 serial;
  guint8 number[4];

  serial++;
  memcpy (number, &serial, sizeof number);
  check (gnutls_x509_crt_set_version (certificate, 3));
  check (gnutls_x509_crt_set_serial (certificate, number, sizeof number));
  check (gnutls_x509_crt_set_activation_time (certificate, time (NULL) - 60));
  check (gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 3600));
  check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen (name)));
  check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name, strlen (name),
                                               GNUTLS_FSAN_SET));
  check (gnutls_x509_crt_set_basic_constraints (certificate, 1, -1));
}

PkiIdentity *
pki_identity_new (const char *name, const PkiIdentity *issuer)
{
  PkiIdentity *identity = g_new0 (PkiIdentity, 1);

  check (gnutls_x509_privkey_init (&identity->key));
  check (gnutls_x509_privkey_generate (identity->key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  check (gnutls_x509_crt_init (&identity->certificate));
  check (gnutls_x509_crt_set_key (identity->certificate, identity->key));
  describe (identity->certificate, name);
  if (issuer == NULL)
    issuer = identity;
  check (
      gnutls_x509_crt_sign2 (identity->certificate, issuer->certificate, issuer->key, GNUTLS_DIG_SHA256, 0));
  return identity;
}

void
pki_identity_free (PkiIdentity *identity)
{
  gnutls_x509_crt_deinit (identity->certificate);
  gnutls_x509_privkey_deinit (identity->key);
  g_free (identity);
}

static char *
take_text (gnutls_datum_t *datum)
{
  char *text = g_strndup ((char *) datum->data, datum->size);

  gnutls_free (datum->data);
  return text;
}

char *
pki_certificate_pem (const PkiIdentity *identity)
{
  gnutls_datum_t pem;

  check (gnutls_x509_crt_export2 (identity->certificate, GNUTLS_X509_FMT_PEM, &pem));
  return take_text (&pem);
}

char *
pki_key_pem (const PkiIdentity *identity, const char *password)
{
  gnutls_datum_t pem;

  check (gnutls_x509_privkey_export2_pkcs8 (identity->key, GNUTLS_X509_FMT_PEM, password,
                                            password != NULL ? GNUTLS_PKCS_PBES2_AES_256 : GNUTLS_PKCS_PLAIN,
                                            &pem));
  return take_text (&pem);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server's certificate with its chain and its key. */
#include "certificate.h"
#include "error.h"

#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>

#define CERTIFICATE_SETTING "tls-certificate-file"
#define KEY_SETTING "tls-key-file"
#define KEY_ID_SIZE 32 /* of GNUTLS_KEYID_USE_SHA256 */

typedef struct {
  gnutls_x509_crt_t *all; /* as the file has them */
  guint n_all;
  gnutls_x509_crt_t chain[SVPN_CERTIFICATES_MAX]; /* of them, as they are sent */
  int n_chain;
} Certificates;

static void
certificates_clear (Certificates *certificates)
{
  for (guint i = 0; i < certificates->n_all; i++)
    gnutls_x509_crt_deinit (certificates->all[i]);
  gnutls_free (certificates->all);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Certificates, certificates_clear)

static void
private_key_clear (gnutls_x509_privkey_t *key)
{
  if (*key != NULL)
    gnutls_x509_privkey_deinit (*key);
}

static gboolean
refuse (GError **error, const char *setting, const char *reason)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "%s: %s", setting, reason);
  return FALSE;
}

static gnutls_datum_t
text_datum (const char *text)
{
  return (gnutls_datum_t){ (unsigned char *) text, (unsigned int) strlen (text) };
}

static gboolean
read_certificates (Certificates *certificates, const char *pem, GError **error)
{
  const gnutls_datum_t text = text_datum (pem);
  int result = gnutls_x509_crt_list_import2 (&certificates->all, &certificates->n_all, &text,
                                             GNUTLS_X509_FMT_PEM, 0);

  if (result == GNUTLS_E_NO_CERTIFICATE_FOUND)
    return refuse (error, CERTIFICATE_SETTING, "holds no certificate");
  if (result < 0)
    return refuse (error, CERTIFICATE_SETTING, gnutls_strerror (result));
  return TRUE;
}

/* Both forms of a PEM key with a passphrase say so in plain text: PKCS#8 in its first line, OpenSSL's own in a header. */
static gboolean
has_passphrase (const char *pem)
{
  return strstr (pem, "ENCRYPTED PRIVATE KEY-----") != NULL || strstr (pem, "4,ENCRYPTED") != NULL;
}

static gboolean
read_key (gnutls_x509_privkey_t *key, const char *pem, GError **error)
{
  const gnutls_datum_t text = text_datum (pem);
  int result;

  if (strstr (pem, "PRIVATE KEY-----") == NULL)
    return refuse (error, KEY_SETTING, "holds no private key");
  if (has_passphrase (pem))
    return refuse (error, KEY_SETTING,
                   "the key has a passphrase; write it without one: openssl pkey -in KEY -out NEW-KEY");
  result = gnutls_x509_privkey_init (key);
  if (result >= 0)
    result = gnutls_x509_privkey_import2 (*key, &text, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN);
  return result >= 0 || refuse (error, KEY_SETTING, gnutls_strerror (result));
}

static gboolean
belongs_to (gnutls_x509_crt_t certificate, const uint8_t key_id[KEY_ID_SIZE])
{
  uint8_t id[KEY_ID_SIZE];
  size_t size = sizeof id;

  return gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, id, &size) >= 0
         && memcmp (id, key_id, sizeof id) == 0;
}

static gboolean
is_in_chain (const Certificates *certificates, gnutls_x509_crt_t certificate)
{
  for (int i = 0; i < certificates->n_chain; i++)
    if (certificates->chain[i] == certificate)
      return TRUE;
  return FALSE;
}

/* The issuer of the chain's last certificate among those that are not in it; NULL: there is none. */
static gnutls_x509_crt_t
find_issuer (const Certificates *certificates)
{
  gnutls_x509_crt_t last = certificates->chain[certificates->n_chain - 1];

  if (gnutls_x509_crt_check_issuer (last, last))
    return NULL;
  for (guint i = 0; i < certificates->n_all; i++)
    if (!is_in_chain (certificates, certificates->all[i])
        && gnutls_x509_crt_check_issuer (last, certificates->all[i]))
      return certificates->all[i];
  return NULL;
}

/* Begins the chain with the certificate that belongs to @key, if there is one. */
static gboolean
find_own (Certificates *certificates, gnutls_x509_privkey_t key, GError **error)
{
  uint8_t key_id[KEY_ID_SIZE];
  size_t size = sizeof key_id;
  int result = gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, key_id, &size);

  if (result < 0)
    return refuse (error, KEY_SETTING, gnutls_strerror (result));
  for (guint i = 0; i < certificates->n_all && certificates->n_chain == 0; i++)
    if (belongs_to (certificates->all[i], key_id))
      certificates->chain[certificates->n_chain++] = certificates->all[i];
  return TRUE;
}

static void
append_issuers (Certificates *certificates)
{
  while (certificates->n_chain < SVPN_CERTIFICATES_MAX) {
    gnutls_x509_crt_t issuer = find_issuer (certificates);

    if (issuer == NULL)
      break;
    certificates->chain[certificates->n_chain++] = issuer;
  }
}

static gboolean
sort_chain (Certificates *certificates, gnutls_x509_privkey_t key, GError **error)
{
  if (!find_own (certificates, key, error))
    return FALSE;
  if (certificates->n_chain == 0)
    return refuse (error, CERTIFICATE_SETTING ", " KEY_SETTING, "no certificate of the file is for this key");
  append_issuers (certificates);
  return TRUE;
}

/* Clients know roots, and seldom what lies between: a certificate that somebody else has issued should not come alone.
 * Whether a longer chain leads to a root only a trust store could tell. */
static char *
describe_gap (const Certificates *certificates)
{
  gnutls_x509_crt_t own = certificates->chain[0];
  gnutls_datum_t issuer = { NULL, 0 };
  char *text;

  if (certificates->n_chain > 1 || gnutls_x509_crt_check_issuer (own, own)
      || gnutls_x509_crt_get_issuer_dn3 (own, &issuer, 0) < 0)
    return NULL;
  text = g_strdup_printf (CERTIFICATE_SETTING
                          ": the certificate of its issuer (%.*s) is not there. Clients that do "
                          "not know the issuer will refuse this server: append it to the file",
                          (int) issuer.size, (const char *) issuer.data);
  gnutls_free (issuer.data);
  return text;
}

static gnutls_certificate_credentials_t
make_credentials (Certificates *certificates, gnutls_x509_privkey_t key, GError **error)
{
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials (&credentials);

  if (result >= 0) {
    result = gnutls_certificate_set_x509_key (credentials, certificates->chain, certificates->n_chain, key);
    if (result >= 0)
      return credentials;
    gnutls_certificate_free_credentials (credentials);
  }
  refuse (error, CERTIFICATE_SETTING ", " KEY_SETTING, gnutls_strerror (result));
  return NULL;
}

gnutls_certificate_credentials_t
svpn_certificate_load (const char *certificate_pem, const char *key_pem, char **warning, GError **error)
{
  g_auto (Certificates) certificates = { .n_all = 0 };
  __attribute__ ((cleanup (private_key_clear))) gnutls_x509_privkey_t key = NULL;
  gnutls_certificate_credentials_t credentials;

  *warning = NULL;
  if (!read_certificates (&certificates, certificate_pem, error) || !read_key (&key, key_pem, error)
      || !sort_chain (&certificates, key, error))
    return NULL;
  credentials = make_credentials (&certificates, key, error);
  if (credentials != NULL)
    *warning = describe_gap (&certificates);
  return credentials;
}

gboolean
svpn_certificate_inspect (const char *certificate_pem, const char *key_pem, const char *host,
                          SvpnCertificateFacts *facts, GError **error)
{
  g_auto (Certificates) certificates = { .n_all = 0 };
  __attribute__ ((cleanup (private_key_clear))) gnutls_x509_privkey_t key = NULL;

  if (!read_certificates (&certificates, certificate_pem, error) || !read_key (&key, key_pem, error)
      || !find_own (&certificates, key, error))
    return FALSE;
  facts->is_for_key = certificates.n_chain > 0;
  if (!facts->is_for_key)
    certificates.chain[certificates.n_chain++] = certificates.all[0];
  append_issuers (&certificates);
  facts->begins_s = gnutls_x509_crt_get_activation_time (certificates.chain[0]);
  facts->expires_s = gnutls_x509_crt_get_expiration_time (certificates.chain[0]);
  facts->is_for_host = host == NULL || gnutls_x509_crt_check_hostname (certificates.chain[0], host) != 0;
  facts->gap = describe_gap (&certificates);
  return TRUE;
}

void
svpn_certificate_facts_clear (SvpnCertificateFacts *facts)
{
  g_clear_pointer (&facts->gap, g_free);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Certificates and keys as people write them into files. */
#include "certificate.h"
#include "error.h"
#include "pki.h"
#include "table.h"

#include <gnutls/x509.h>
#include <string.h>

#define BOM "\xef\xbb\xbf"

static PkiIdentity *root, *intermediate, *leaf, *other;

/* The pieces of a file: r root, i intermediate, l leaf, o another's, B a byte order mark, t text, k the leaf's key. */
static char *
compose (const char *pieces)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *pieces != '\0'; pieces++) {
    const PkiIdentity *identity = *pieces == 'r'   ? root
                                  : *pieces == 'i' ? intermediate
                                  : *pieces == 'o' ? other
                                                   : leaf;
    g_autofree char *piece = *pieces == 'B'   ? g_strdup (BOM)
                             : *pieces == 't' ? g_strdup ("subject=CN = vpn.example\r\n")
                             : *pieces == 'k' ? pki_key_pem (leaf, NULL)
                                              : pki_certificate_pem (identity);

    g_string_append (text, piece);
  }
  return g_strdup (text->str);
}

/* The common names of the chain that clients get, in turn. */
static char *
chain_names (gnutls_certificate_credentials_t credentials)
{
  gnutls_x509_crt_t *chain;
  guint n;
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_cmpint (gnutls_certificate_get_x509_crt (credentials, 0, &chain, &n), ==, 0);
  for (guint i = 0; i < n; i++) {
    char name[64];
    size_t size = sizeof name;

    gnutls_x509_crt_get_dn_by_oid (chain[i], GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size);
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", name);
    gnutls_x509_crt_deinit (chain[i]);
  }
  gnutls_free (chain);
  return g_strdup (names->str);
}

static const struct {
  const char *name, *pieces, *chain;
  gboolean has_warning;
} files[] = {
  { "as it should be", "li", "vpn.example Intermediate", FALSE },
  { "with the root", "lir", "vpn.example Intermediate Root", FALSE },
  { "intermediate first", "il", "vpn.example Intermediate", FALSE },
  { "root first", "ril", "vpn.example Intermediate Root", FALSE },
  { "others in between", "oirl", "vpn.example Intermediate Root", FALSE },
  { "twice", "llii", "vpn.example Intermediate", FALSE },
  { "the root twice", "lirr", "vpn.example Intermediate Root", FALSE },
  { "the issuer is missing", "l", "vpn.example", TRUE },
  { "the issuer is missing, the root is there", "lr", "vpn.example", TRUE },
  { "text in between", "tlti", "vpn.example Intermediate", FALSE },
  { "byte order mark", "Bli", "vpn.example Intermediate", FALSE },
  { "byte order marks of two files", "BlBi", "vpn.example Intermediate", FALSE },
  { "the key in the same file", "lik", "vpn.example Intermediate", FALSE },
};

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *certificates = compose (files[i].pieces), *key = compose ("Bk"), *warning = NULL,
                  *names = NULL;
  g_autoptr (GError) error = NULL;
  gnutls_certificate_credentials_t credentials = svpn_certificate_load (certificates, key, &warning, &error);

  g_assert_no_error (error);
  names = chain_names (credentials);
  g_assert_cmpstr (names, ==, files[i].chain);
  g_assert_true ((warning != NULL) == files[i].has_warning);
  if (warning != NULL)
    g_assert_nonnull (strstr (warning, "CN=Intermediate"));
  gnutls_certificate_free_credentials (credentials);
}

static void
test_self_signed (void)
{
  g_autofree char *certificate = pki_certificate_pem (root), *key = pki_key_pem (root, NULL), *warning = NULL;
  g_autoptr (GError) error = NULL;
  gnutls_certificate_credentials_t credentials = svpn_certificate_load (certificate, key, &warning, &error);

  g_assert_no_error (error);
  g_assert_null (warning);
  gnutls_certificate_free_credentials (credentials);
}

static void
expect_error (const char *certificates, const char *key, const char *expected)
{
  g_autofree char *warning = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_certificate_load (certificates, key, &warning, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
  if (!g_str_has_prefix (error->message, expected))
    g_error ("'%s' instead of '%s'", error->message, expected);
  g_assert_null (warning);
}

/* What OpenSSL writes for `openssl ec -aes256`. */
#define OLD_ENCRYPTED_KEY                                                                                    \
  "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "                                       \
  "AES-256-CBC,00112233445566778899AABBCCDDEEFF\n"                                                           \
  "\nAAAA\n-----END EC PRIVATE KEY-----\n"

static void
test_errors (void)
{
  g_autofree char *chain = compose ("li"), *others = compose ("oir"), *key = compose ("k");
  g_autofree char *encrypted = pki_key_pem (leaf, "secret"), *broken = g_strdup (key),
                  *half = g_strndup (chain, 300);

  memset (broken + 100, '!', 4);
  expect_error ("", key, "tls-certificate-file: holds no certificate");
  expect_error (key, key, "tls-certificate-file: holds no certificate");
  expect_error (half, key, "tls-certificate-file: ");
  expect_error (others, key,
                "tls-certificate-file, tls-key-file: no certificate of the file is for this key");
  expect_error (chain, encrypted, "tls-key-file: the key has a passphrase");
  expect_error (chain, OLD_ENCRYPTED_KEY, "tls-key-file: the key has a passphrase");
  expect_error (chain, broken, "tls-key-file: ");
  expect_error (chain, chain, "tls-key-file: holds no private key");
  expect_error (chain, "", "tls-key-file: holds no private key");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  root = pki_identity_new ("Root", NULL);
  intermediate = pki_identity_new ("Intermediate", root);
  leaf = pki_identity_new ("vpn.example", intermediate);
  other = pki_identity_new ("other.example", intermediate);
  ADD_TABLE ("/certificate/", files, test_file);
  g_test_add_func ("/certificate/self-signed", test_self_signed);
  g_test_add_func ("/certificate/errors", test_errors);
  return g_test_run ();
}

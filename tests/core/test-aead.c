/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The AEAD: the draft's vector, and the same bytes from each library. */
#include "aead.h"

#include "hex.h"

#include <string.h>

/* Key and nonce of draft-irtf-cfrg-xchacha-03, A.3.1. */
#define KEY "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
#define NONCE "404142434445464748494a4b4c4d4e4f5051525354555657"

#define SIZE_MAX_TESTED 65792

/* The AEAD is that of the draft. */
static void
test_draft_vector (const SvpnAead *aead)
{
  static const char text[]
      = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.";
  guint8 key[32], nonce[24], ad[12], expected[256], sealed[256];
  gsize expected_size;

  hex_read (KEY, key, sizeof key);
  hex_read (NONCE, nonce, sizeof nonce);
  hex_read ("50515253c0c1c2c3c4c5c6c7", ad, sizeof ad);
  expected_size = hex_read ("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa644"
                            "0bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e"
                            "3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                            "c0875924c1c7987947deafd8780acf49",
                            expected, sizeof expected);

  aead->seal (aead, sealed, (const guint8 *) text, strlen (text), ad, sizeof ad, nonce, key);
  g_assert_cmpmem (sealed, strlen (text) + SVPN_AEAD_TAG_SIZE, expected, expected_size);
}

static void
test_sodium (void)
{
  test_draft_vector (&svpn_aead_sodium);
}

#ifdef HAVE_LIBCRYPTO
static void
test_libcrypto (void)
{
  SvpnAead *libcrypto = svpn_aead_libcrypto_new ();

  g_assert_nonnull (libcrypto);
  test_draft_vector (libcrypto);
  svpn_aead_libcrypto_free (libcrypto);
}

typedef struct {
  guint8 key[SVPN_AEAD_KEY_SIZE], nonce[SVPN_AEAD_NONCE_SIZE], ad[13];
  guint8 plain[SIZE_MAX_TESTED], sealed[2][SIZE_MAX_TESTED + SVPN_AEAD_TAG_SIZE];
} Case;

/* Both seal to the same bytes, each opens what the other sealed, and neither opens it once a bit of it is another. */
static void
check_case (Case *c, gsize size, const SvpnAead *const aeads[2])
{
  randombytes_buf (c->key, sizeof c->key);
  randombytes_buf (c->nonce, sizeof c->nonce);
  randombytes_buf (c->ad, sizeof c->ad);
  for (int i = 0; i < 2; i++)
    aeads[i]->seal (aeads[i], c->sealed[i], c->plain, size, c->ad, sizeof c->ad, c->nonce, c->key);
  g_assert_cmpmem (c->sealed[0], size + SVPN_AEAD_TAG_SIZE, c->sealed[1], size + SVPN_AEAD_TAG_SIZE);
  for (int i = 0; i < 2; i++) {
    g_assert_true (aeads[i]->open (aeads[i], c->sealed[i], size, c->ad, sizeof c->ad, c->nonce, c->key));
    g_assert_cmpmem (c->sealed[i], size, c->plain, size);
    aeads[i]->seal (aeads[i], c->sealed[i], c->plain, size, c->ad, sizeof c->ad, c->nonce, c->key);
    c->sealed[i][randombytes_uniform (size + SVPN_AEAD_TAG_SIZE)] ^= 1 << randombytes_uniform (8);
    g_assert_false (aeads[i]->open (aeads[i], c->sealed[i], size, c->ad, sizeof c->ad, c->nonce, c->key));
  }
}

static void
test_same_bytes (void)
{
  static const gsize large[] = { 1023, 1024, 1025, 1420, 4095, 4096, 16384, 65535, 65537, SIZE_MAX_TESTED };
  SvpnAead *libcrypto = svpn_aead_libcrypto_new ();
  const SvpnAead *const aeads[2] = { &svpn_aead_sodium, libcrypto };
  g_autofree Case *c = g_new0 (Case, 1);

  g_assert_nonnull (libcrypto);
  randombytes_buf (c->plain, sizeof c->plain);
  for (gsize size = 0; size < 600; size++) /* past the places where either changes its way of working */
    check_case (c, size, aeads);
  for (gsize i = 0; i < G_N_ELEMENTS (large); i++)
    check_case (c, large[i], aeads);
  svpn_aead_libcrypto_free (libcrypto);
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/aead/libsodium", test_sodium);
#ifdef HAVE_LIBCRYPTO
  g_test_add_func ("/aead/libcrypto", test_libcrypto);
  g_test_add_func ("/aead/same-bytes", test_same_bytes);
#endif
  return g_test_run ();
}

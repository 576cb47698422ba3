/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * XChaCha20-Poly1305 by libsodium. */
#include "aead.h"

#include <sodium.h>

static void
seal (const SvpnAead *aead, uint8_t *out, const uint8_t *plain, size_t size, const uint8_t *ad,
      size_t ad_size, const uint8_t nonce[SVPN_AEAD_NONCE_SIZE], const uint8_t key[SVPN_AEAD_KEY_SIZE])
{
  crypto_aead_xchacha20poly1305_ietf_encrypt (out, NULL, plain, size, ad, ad_size, NULL, nonce, key);
}

static bool
open (const SvpnAead *aead, uint8_t *data, size_t size, const uint8_t *ad, size_t ad_size,
      const uint8_t nonce[SVPN_AEAD_NONCE_SIZE], const uint8_t key[SVPN_AEAD_KEY_SIZE])
{
  return crypto_aead_xchacha20poly1305_ietf_decrypt (data, NULL, NULL, data, size + SVPN_AEAD_TAG_SIZE, ad,
                                                     ad_size, nonce, key)
         == 0;
}

const SvpnAead svpn_aead_sodium = { .name = "libsodium", .seal = seal, .open = open };

#ifndef HAVE_LIBCRYPTO
SvpnAead *
svpn_aead_libcrypto_new (void)
{
  return NULL;
}

void
svpn_aead_libcrypto_free (SvpnAead *aead)
{
}
#endif

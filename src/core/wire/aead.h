/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, IETF construction) by whichever library is faster here. All
 * implementations give the same bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SVPN_AEAD_KEY_SIZE 32
#define SVPN_AEAD_NONCE_SIZE 24
#define SVPN_AEAD_TAG_SIZE 16

typedef struct SvpnAead SvpnAead;
struct SvpnAead {
  const char *name; /* of the library */
  /* Writes @size bytes of ciphertext and the tag to @out, which does not overlap @plain. */
  void (*seal) (const SvpnAead *aead, uint8_t *out, const uint8_t *plain, size_t size, const uint8_t *ad,
                size_t ad_size, const uint8_t nonce[SVPN_AEAD_NONCE_SIZE],
                const uint8_t key[SVPN_AEAD_KEY_SIZE]);
  /* Opens @size bytes of ciphertext, behind which lies the tag, in place. False if they are not authentic; the bytes
   * are undefined then. */
  bool (*open) (const SvpnAead *aead, uint8_t *data, size_t size, const uint8_t *ad, size_t ad_size,
                const uint8_t nonce[SVPN_AEAD_NONCE_SIZE], const uint8_t key[SVPN_AEAD_KEY_SIZE]);
};

/* libsodium's: the reference, always there. */
extern const SvpnAead svpn_aead_sodium;

/* libcrypto's ChaCha20-Poly1305 under libsodium's HChaCha20. NULL if this was built without libcrypto, or if libcrypto
 * does not offer the cipher (as with a FIPS provider alone) or has no memory. One thread at a time. */
SvpnAead *svpn_aead_libcrypto_new (void);
void svpn_aead_libcrypto_free (SvpnAead *aead);

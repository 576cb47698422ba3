/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Sealed frames: XChaCha20-Poly1305 over a payload, bound to the frame's header and its place in the sequence. */
#include "seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#define AD_SIZE (SVPN_FRAME_HEADER_SIZE + 8)

/* Associated data: the header as on the wire, then the sequence, big-endian. */
static void
write_ad (uint8_t ad[AD_SIZE], uint8_t type, uint32_t length, uint64_t sequence)
{
  svpn_frame_header_write (ad, type, length);
  for (int i = 0; i < 8; i++)
    ad[SVPN_FRAME_HEADER_SIZE + i] = sequence >> (56 - 8 * i);
}

size_t
svpn_seal (SvpnSealKey *seal, uint8_t type, const uint8_t *plain, size_t size,
           const uint8_t nonce[SVPN_NONCE_SIZE], uint8_t *out)
{
  uint8_t *payload = out + SVPN_FRAME_HEADER_SIZE;
  uint8_t ad[AD_SIZE];

  assert (size <= SVPN_FRAME_LENGTH_MAX - SVPN_SEAL_OVERHEAD);

  write_ad (ad, type, SVPN_SEAL_OVERHEAD + size, seal->sequence);
  memcpy (out, ad, SVPN_FRAME_HEADER_SIZE);
  memcpy (payload, nonce, SVPN_NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (payload + SVPN_NONCE_SIZE, NULL, plain, size, ad, sizeof ad,
                                              NULL, nonce, seal->key);
  seal->sequence++;
  return SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + size;
}

ptrdiff_t
svpn_open (SvpnSealKey *seal, const SvpnFrameHeader *header, uint8_t *payload, uint8_t **plain)
{
  uint8_t *ciphertext = payload + SVPN_NONCE_SIZE;
  uint8_t ad[AD_SIZE];

  if (header->length < SVPN_SEAL_OVERHEAD || header->length > SVPN_FRAME_LENGTH_MAX)
    return -1;

  write_ad (ad, header->type, header->length, seal->sequence);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (ciphertext, NULL, NULL, ciphertext,
                                                  header->length - SVPN_NONCE_SIZE, ad, sizeof ad, payload,
                                                  seal->key)
      != 0)
    return -1;

  seal->sequence++;
  *plain = ciphertext;
  return header->length - SVPN_SEAL_OVERHEAD;
}

void
svpn_seal_key_set (SvpnSealKey *seal, const uint8_t key[SVPN_KEY_SIZE])
{
  memcpy (seal->key, key, SVPN_KEY_SIZE);
  seal->sequence = 0;
}

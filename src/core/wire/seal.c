/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Sealed frames: XChaCha20-Poly1305 over a payload, bound to the frame's header and its place in the sequence. */
#include "seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

_Static_assert(SVPN_AEAD_KEY_SIZE == SVPN_KEY_SIZE && SVPN_AEAD_NONCE_SIZE == SVPN_NONCE_SIZE
                   && SVPN_AEAD_TAG_SIZE == SVPN_TAG_SIZE,
               "the frame has room for what the AEAD makes");

#define AD_SIZE (SVPN_FRAME_HEADER_SIZE + 8)

/* Associated data: the header as on the wire, then the sequence, big-endian. */
static void
write_ad (uint8_t ad[AD_SIZE], uint8_t type, uint32_t length, uint64_t sequence)
{
  svpn_frame_header_write (ad, type, length);
  for (int i = 0; i < 8; i++)
    ad[SVPN_FRAME_HEADER_SIZE + i] = sequence >> (56 - 8 * i);
}

static const SvpnAead *
get_aead (const SvpnSealKey *seal)
{
  return seal->aead != NULL ? seal->aead : &svpn_aead_sodium;
}

size_t
svpn_seal (SvpnSealKey *seal, uint8_t type, const uint8_t *plain, size_t size,
           const uint8_t nonce[SVPN_NONCE_SIZE], uint8_t *out)
{
  const SvpnAead *aead = get_aead (seal);
  uint8_t *payload = out + SVPN_FRAME_HEADER_SIZE;
  uint8_t ad[AD_SIZE];

  assert (size <= SVPN_FRAME_LENGTH_MAX - SVPN_SEAL_OVERHEAD);

  write_ad (ad, type, SVPN_SEAL_OVERHEAD + size, seal->sequence);
  memcpy (out, ad, SVPN_FRAME_HEADER_SIZE);
  memcpy (payload, nonce, SVPN_NONCE_SIZE);
  aead->seal (aead, payload + SVPN_NONCE_SIZE, plain, size, ad, sizeof ad, nonce, seal->key);
  seal->sequence++;
  return SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + size;
}

ptrdiff_t
svpn_open (SvpnSealKey *seal, const SvpnFrameHeader *header, uint8_t *payload, uint8_t **plain)
{
  const SvpnAead *aead = get_aead (seal);
  uint8_t *ciphertext = payload + SVPN_NONCE_SIZE;
  uint8_t ad[AD_SIZE];

  if (header->length < SVPN_SEAL_OVERHEAD || header->length > SVPN_FRAME_LENGTH_MAX)
    return -1;

  write_ad (ad, header->type, header->length, seal->sequence);
  if (!aead->open (aead, ciphertext, header->length - SVPN_SEAL_OVERHEAD, ad, sizeof ad, payload, seal->key))
    return -1;

  seal->sequence++;
  *plain = ciphertext;
  return header->length - SVPN_SEAL_OVERHEAD;
}

void
svpn_seal_key_init (SvpnSealKey *seal, const SvpnAead *aead)
{
  *seal = (SvpnSealKey){ .aead = aead };
}

void
svpn_seal_key_set (SvpnSealKey *seal, const uint8_t key[SVPN_KEY_SIZE])
{
  memcpy (seal->key, key, SVPN_KEY_SIZE);
  seal->sequence = 0;
}

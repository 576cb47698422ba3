/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Sealed frames: XChaCha20-Poly1305 (IETF construction, 24-byte nonce) with the frame header and an implicit sequence
 * number as associated data. One SvpnSealKey for each direction. */
#pragma once

#include "aead.h"
#include "wire.h"

typedef struct {
  uint8_t key[SVPN_KEY_SIZE];
  uint64_t sequence;    /* of the next frame; never sent */
  const SvpnAead *aead; /* NULL: libsodium's */
} SvpnSealKey;

/* Writes a whole sealed frame (header, nonce, ciphertext, tag) of @size bytes of @plain to @out, which holds
 * SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + @size bytes and does not overlap @plain; counts the sequence up.
 * @nonce: fresh random bytes. @size is at most SVPN_FRAME_LENGTH_MAX - SVPN_SEAL_OVERHEAD. Returns bytes written. */
size_t svpn_seal (SvpnSealKey *seal, uint8_t type, const uint8_t *plain, size_t size,
                  const uint8_t nonce[SVPN_NONCE_SIZE], uint8_t *out);

/* Opens the sealed payload of a frame in place: @payload holds nonce, ciphertext and tag, @header is as it was on the
 * wire. On success *plain points into @payload, the sequence is counted up, and the size of the plaintext is returned;
 * -1 if it is not authentic (nothing is changed but the payload's bytes are undefined): the session must end. */
ptrdiff_t svpn_open (SvpnSealKey *seal, const SvpnFrameHeader *header, uint8_t *payload,
                     uint8_t **plain) SVPN_MUST_CHECK;

/* @aead lives as long as the key, however often that changes; its key comes with svpn_seal_key_set(). */
void svpn_seal_key_init (SvpnSealKey *seal, const SvpnAead *aead);

/* A new key, sequence 0. */
void svpn_seal_key_set (SvpnSealKey *seal, const uint8_t key[SVPN_KEY_SIZE]);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The Noise handshakes NK and IK with X25519, ChaCha20-Poly1305 and SHA-256.
 *
 * How it works
 *
 *   Both sides know the responder's static key rs beforehand (the initiator was configured with it) and start from the
 *   same hash h of the pattern's name, the prologue and rs. Two messages follow, each a row of tokens and a payload:
 *
 *        NK                                IK
 *     -> e, es                          -> e, es, s, ss        message 1, to the responder
 *     <- e, ee                          <- e, ee, se           message 2, to the initiator
 *
 *   A single letter is a public key that travels: e a fresh ephemeral key in the clear, s the initiator's static key,
 *   encrypted. Two letters are an X25519 of the initiator's key (first letter) with the responder's (second letter);
 *   each side computes it from its own private half.
 *
 *   Three values carry the state along:
 *     h   the hash of everything sent so far; it is the associated data of each encryption, so a byte that differs
 *         between the sides makes everything behind it fail. After message 2 it names the session.
 *     ck  the chaining key: every X25519 result is mixed into it (HKDF).
 *     k   the key of the next encryption; each mixing gives a new one.
 *   Split() at last derives one key for each direction from ck.
 *
 *   Each public function works on a copy of the state; finish_message() commits it if every step succeeded, and wipes it. */
#include "noise.h"
#include "hmac.h"

#include <string.h>

#include <sodium.h>

_Static_assert(SVPN_NOISE_HASH_SIZE == crypto_hash_sha256_BYTES, "the hash is SHA-256");

#define TAG_SIZE crypto_aead_chacha20poly1305_ietf_ABYTES

static void
mix_hash (SvpnNoise *noise, const uint8_t *data, size_t size)
{
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, noise->h, sizeof noise->h);
  crypto_hash_sha256_update (&state, data, size);
  crypto_hash_sha256_final (&state, noise->h);
}

/* HKDF with two outputs (section 4.3). @first may be @chaining_key. */
static void
hkdf (uint8_t first[32], uint8_t second[32], const uint8_t chaining_key[32], const uint8_t *input,
      size_t size)
{
  uint8_t temp[32], block[33];

  svpn_hmac (temp, chaining_key, 32, input, size);
  block[0] = 1;
  svpn_hmac (first, temp, sizeof temp, block, 1);
  memcpy (block, first, 32);
  block[32] = 2;
  svpn_hmac (second, temp, sizeof temp, block, sizeof block);

  sodium_memzero (temp, sizeof temp);
  sodium_memzero (block, sizeof block);
}

/* The tokens ee, es, se, ss: MixKey (DH). */
static SvpnNoiseResult
mix_dh (SvpnNoise *noise, const uint8_t private_key[32], const uint8_t public_key[32])
{
  SvpnNoiseResult result = SVPN_NOISE_WEAK_KEY;
  uint8_t shared[32];

  if (crypto_scalarmult_curve25519 (shared, private_key, public_key) == 0) {
    hkdf (noise->ck, noise->k, noise->ck, shared, sizeof shared);
    result = SVPN_NOISE_OK;
  }
  sodium_memzero (shared, sizeof shared);
  return result;
}

/* Each key of NK and IK encrypts once, since a mixing comes before every encryption: the counter is always 0. */
static const uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

/* @out holds @size + TAG_SIZE bytes. */
static void
encrypt_and_hash (SvpnNoise *noise, uint8_t *out, const uint8_t *plain, size_t size)
{
  crypto_aead_chacha20poly1305_ietf_encrypt (out, NULL, plain, size, noise->h, sizeof noise->h, NULL,
                                             zero_nonce, noise->k);
  mix_hash (noise, out, size + TAG_SIZE);
}

/* @out holds @size - TAG_SIZE bytes; @size is at least TAG_SIZE. */
static SvpnNoiseResult
decrypt_and_hash (SvpnNoise *noise, uint8_t *out, const uint8_t *ciphertext, size_t size)
{
  if (crypto_aead_chacha20poly1305_ietf_decrypt (out, NULL, NULL, ciphertext, size, noise->h, sizeof noise->h,
                                                 zero_nonce, noise->k)
      != 0)
    return SVPN_NOISE_NOT_AUTHENTIC;

  mix_hash (noise, ciphertext, size);
  return SVPN_NOISE_OK;
}

/* The token e of the one who writes. */
static void
write_ephemeral (SvpnNoise *noise, const uint8_t e_private[32], uint8_t out[32])
{
  memcpy (noise->e_private, e_private, 32);
  svpn_noise_public_key (noise->e_public, e_private);
  memcpy (out, noise->e_public, 32);
  mix_hash (noise, noise->e_public, 32);
}

/* The token e of the one who reads. */
static void
read_ephemeral (SvpnNoise *noise, const uint8_t message[32])
{
  memcpy (noise->re, message, 32);
  mix_hash (noise, noise->re, 32);
}

/* The one exit of each message: commits @next on success, and always wipes it. */
static SvpnNoiseResult
finish_message (SvpnNoise *noise, SvpnNoise *next, SvpnNoiseResult result, size_t *size_out, size_t size)
{
  if (result == SVPN_NOISE_OK) {
    *noise = *next;
    *size_out = size;
  }
  svpn_noise_wipe (next);
  return result;
}

static void
init_handshake (SvpnNoise *noise, SvpnNoisePattern pattern, const uint8_t *prologue, size_t prologue_size)
{
  /* Exactly as long as the hash, so it is the first h as it stands (section 5.2). */
  static const char names[][33] = {
    [SVPN_NOISE_NK] = "Noise_NK_25519_ChaChaPoly_SHA256",
    [SVPN_NOISE_IK] = "Noise_IK_25519_ChaChaPoly_SHA256",
  };

  *noise = (SvpnNoise){ .pattern = pattern };
  memcpy (noise->h, names[pattern], sizeof noise->h);
  memcpy (noise->ck, noise->h, sizeof noise->ck);
  mix_hash (noise, prologue, prologue_size);
}

void
svpn_noise_public_key (uint8_t public_key[32], const uint8_t private_key[32])
{
  crypto_scalarmult_curve25519_base (public_key, private_key);
}

void
svpn_noise_init_initiator (SvpnNoise *noise, SvpnNoisePattern pattern, const uint8_t *prologue,
                           size_t prologue_size, const uint8_t *s_private, const uint8_t rs[32])
{
  init_handshake (noise, pattern, prologue, prologue_size);
  if (s_private != NULL) {
    memcpy (noise->s_private, s_private, 32);
    svpn_noise_public_key (noise->s_public, s_private);
  }
  memcpy (noise->rs, rs, 32);
  mix_hash (noise, noise->rs, 32);
}

void
svpn_noise_init_responder (SvpnNoise *noise, SvpnNoisePattern pattern, const uint8_t *prologue,
                           size_t prologue_size, const uint8_t s_private[32])
{
  init_handshake (noise, pattern, prologue, prologue_size);
  memcpy (noise->s_private, s_private, 32);
  svpn_noise_public_key (noise->s_public, s_private);
  mix_hash (noise, noise->s_public, 32);
}

SvpnNoiseResult
svpn_noise_write_message1 (SvpnNoise *noise, const uint8_t e_private[32], const uint8_t *payload, size_t size,
                           uint8_t *out, size_t *out_size)
{
  SvpnNoise next = *noise;
  SvpnNoiseResult result;
  uint8_t *at = out + 32;

  write_ephemeral (&next, e_private, out);
  result = mix_dh (&next, next.e_private, next.rs);
  if (result == SVPN_NOISE_OK && next.pattern == SVPN_NOISE_IK) {
    encrypt_and_hash (&next, at, next.s_public, 32);
    at += 32 + TAG_SIZE;
    result = mix_dh (&next, next.s_private, next.rs);
  }
  if (result == SVPN_NOISE_OK)
    encrypt_and_hash (&next, at, payload, size);

  return finish_message (noise, &next, result, out_size, SVPN_NOISE_MESSAGE1_OVERHEAD (next.pattern) + size);
}

SvpnNoiseResult
svpn_noise_read_message1 (SvpnNoise *noise, const uint8_t *message, size_t size, uint8_t *payload,
                          size_t *payload_size)
{
  size_t overhead = SVPN_NOISE_MESSAGE1_OVERHEAD (noise->pattern);
  SvpnNoise next = *noise;
  SvpnNoiseResult result = SVPN_NOISE_TOO_SHORT;

  if (size >= overhead) {
    read_ephemeral (&next, message);
    result = mix_dh (&next, next.s_private, next.re);
  }
  if (result == SVPN_NOISE_OK && next.pattern == SVPN_NOISE_IK) {
    result = decrypt_and_hash (&next, next.rs, message + 32, 32 + TAG_SIZE);
    if (result == SVPN_NOISE_OK)
      result = mix_dh (&next, next.s_private, next.rs);
  }
  if (result == SVPN_NOISE_OK)
    result = decrypt_and_hash (&next, payload, message + overhead - TAG_SIZE, size - overhead + TAG_SIZE);

  return finish_message (noise, &next, result, payload_size, size - overhead);
}

SvpnNoiseResult
svpn_noise_write_message2 (SvpnNoise *noise, const uint8_t e_private[32], const uint8_t *payload, size_t size,
                           uint8_t *out, size_t *out_size)
{
  SvpnNoise next = *noise;
  SvpnNoiseResult result;

  write_ephemeral (&next, e_private, out);
  result = mix_dh (&next, next.e_private, next.re);
  if (result == SVPN_NOISE_OK && next.pattern == SVPN_NOISE_IK)
    result = mix_dh (&next, next.e_private, next.rs);
  if (result == SVPN_NOISE_OK)
    encrypt_and_hash (&next, out + 32, payload, size);

  return finish_message (noise, &next, result, out_size, SVPN_NOISE_MESSAGE2_OVERHEAD + size);
}

SvpnNoiseResult
svpn_noise_read_message2 (SvpnNoise *noise, const uint8_t *message, size_t size, uint8_t *payload,
                          size_t *payload_size)
{
  SvpnNoise next = *noise;
  SvpnNoiseResult result = SVPN_NOISE_TOO_SHORT;

  if (size >= SVPN_NOISE_MESSAGE2_OVERHEAD) {
    read_ephemeral (&next, message);
    result = mix_dh (&next, next.e_private, next.re);
  }
  if (result == SVPN_NOISE_OK && next.pattern == SVPN_NOISE_IK)
    result = mix_dh (&next, next.s_private, next.re);
  if (result == SVPN_NOISE_OK)
    result = decrypt_and_hash (&next, payload, message + 32, size - 32);

  return finish_message (noise, &next, result, payload_size, size - SVPN_NOISE_MESSAGE2_OVERHEAD);
}

void
svpn_noise_split (const SvpnNoise *noise, uint8_t initiator_key[32], uint8_t responder_key[32])
{
  hkdf (initiator_key, responder_key, noise->ck, NULL, 0);
}

void
svpn_noise_wipe (SvpnNoise *noise)
{
  sodium_memzero (noise, sizeof *noise);
}

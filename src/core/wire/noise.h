/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Noise_NK_25519_ChaChaPoly_SHA256 and Noise_IK_25519_ChaChaPoly_SHA256 (Noise Protocol Framework, revision 34),
 * the two-message handshakes of a session. Time and randomness are handed in. */
#pragma once

#include "wire.h"

typedef enum {
  SVPN_NOISE_NK = 0x00, /* the initiator is anonymous */
  SVPN_NOISE_IK = 0x01, /* the initiator proves its static key */
} SvpnNoisePattern;

typedef enum {
  SVPN_NOISE_OK,
  SVPN_NOISE_TOO_SHORT,     /* message shorter than the pattern's fixed part */
  SVPN_NOISE_NOT_AUTHENTIC, /* a key or payload does not open: wrong static key, or tampered with */
  SVPN_NOISE_WEAK_KEY,      /* X25519 gave all zeros (RFC 7748, section 6.1) */
} SvpnNoiseResult;

#define SVPN_NOISE_HASH_SIZE 32

/* Bytes that a message adds to its payload. */
#define SVPN_NOISE_NK_MESSAGE1_OVERHEAD (32 + 16)
#define SVPN_NOISE_IK_MESSAGE1_OVERHEAD (32 + 32 + 16 + 16)
#define SVPN_NOISE_MESSAGE2_OVERHEAD (32 + 16)
#define SVPN_NOISE_MESSAGE1_OVERHEAD(pattern)                                                                \
  ((pattern) == SVPN_NOISE_IK ? SVPN_NOISE_IK_MESSAGE1_OVERHEAD : SVPN_NOISE_NK_MESSAGE1_OVERHEAD)

/* State of one handshake. Holds secrets: keep it in sodium_malloc()ed memory and call svpn_noise_wipe(). */
typedef struct {
  SvpnNoisePattern pattern;
  uint8_t ck[32], h[SVPN_NOISE_HASH_SIZE];
  uint8_t k[32];
  uint8_t s_private[32], s_public[32];
  uint8_t e_private[32], e_public[32];
  uint8_t rs[32], re[32];
} SvpnNoise;

/* Public key of an X25519 private key. */
void svpn_noise_public_key (uint8_t public_key[32], const uint8_t private_key[32]);

/* @s_private: the initiator's static private key, NULL with NK. @rs: the responder's static public key. */
void svpn_noise_init_initiator (SvpnNoise *noise, SvpnNoisePattern pattern, const uint8_t *prologue,
                                size_t prologue_size, const uint8_t *s_private, const uint8_t rs[32]);
/* @s_private: the responder's static private key. */
void svpn_noise_init_responder (SvpnNoise *noise, SvpnNoisePattern pattern, const uint8_t *prologue,
                                size_t prologue_size, const uint8_t s_private[32]);

/* For all four: payloads and messages do not overlap; state and sizes change only on success.
 *
 * Initiator. @e_private: 32 fresh random bytes. @out holds @size + SVPN_NOISE_MESSAGE1_OVERHEAD (pattern) bytes. */
SvpnNoiseResult svpn_noise_write_message1 (SvpnNoise *noise, const uint8_t e_private[32],
                                           const uint8_t *payload, size_t size, uint8_t *out,
                                           size_t *out_size) SVPN_MUST_CHECK;
/* Responder. @payload holds @size - SVPN_NOISE_MESSAGE1_OVERHEAD (pattern) bytes. With IK noise->rs is then the
 * initiator's proven static key. */
SvpnNoiseResult svpn_noise_read_message1 (SvpnNoise *noise, const uint8_t *message, size_t size,
                                          uint8_t *payload, size_t *payload_size) SVPN_MUST_CHECK;
/* Responder. @out holds @size + SVPN_NOISE_MESSAGE2_OVERHEAD bytes. */
SvpnNoiseResult svpn_noise_write_message2 (SvpnNoise *noise, const uint8_t e_private[32],
                                           const uint8_t *payload, size_t size, uint8_t *out,
                                           size_t *out_size) SVPN_MUST_CHECK;
/* Initiator. */
SvpnNoiseResult svpn_noise_read_message2 (SvpnNoise *noise, const uint8_t *message, size_t size,
                                          uint8_t *payload, size_t *payload_size) SVPN_MUST_CHECK;

/* After message 2: the two keys of Split(), initiator -> responder first. noise->h is the handshake hash. */
void svpn_noise_split (const SvpnNoise *noise, uint8_t initiator_key[32], uint8_t responder_key[32]);

void svpn_noise_wipe (SvpnNoise *noise);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which library seals fastest on this machine.
 *
 * How it works: each seals a packet a few times in turn, and the quickest time of each counts, which an interruption or
 * cold memory cannot make shorter. What libcrypto sealed has to be what libsodium sealed. */
#include "fast-aead.h"

#include <glib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 16
#define PACKET_SIZE 1420 /* the usual packet: larger ones gain more, smaller ones less */

typedef struct {
  uint8_t bytes[PACKET_SIZE + SVPN_AEAD_TAG_SIZE];
} Sealed;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static gint64
measure (const SvpnAead *aead, Sealed *sealed)
{
  static const uint8_t plain[PACKET_SIZE], key[SVPN_AEAD_KEY_SIZE], nonce[SVPN_AEAD_NONCE_SIZE], ad[1];
  gint64 start = now_ns ();

  aead->seal (aead, sealed->bytes, plain, sizeof plain, ad, sizeof ad, nonce, key);
  return now_ns () - start;
}

static gboolean
is_faster (const SvpnAead *candidate, const SvpnAead *reference)
{
  gint64 best[2] = { G_MAXINT64, G_MAXINT64 };
  Sealed sealed[2];

  for (int i = 0; i < ROUNDS; i++) {
    best[0] = MIN (best[0], measure (candidate, &sealed[0]));
    best[1] = MIN (best[1], measure (reference, &sealed[1]));
  }
  if (memcmp (&sealed[0], &sealed[1], sizeof sealed[0]) != 0) {
    g_warning ("%s does not seal as %s does, and is not used", candidate->name, reference->name);
    return FALSE;
  }
  g_debug ("sealing %d bytes takes %s %" G_GINT64_FORMAT " ns, %s %" G_GINT64_FORMAT " ns", PACKET_SIZE,
           candidate->name, best[0], reference->name, best[1]);
  return best[0] < best[1];
}

const SvpnAead *
svpn_fast_aead (void)
{
  static const SvpnAead *chosen;

  if (chosen != NULL)
    return chosen;
  SvpnAead *libcrypto = svpn_aead_libcrypto_new ();

  if (libcrypto != NULL && is_faster (libcrypto, &svpn_aead_sodium)) {
    chosen = libcrypto;
  } else {
    svpn_aead_libcrypto_free (libcrypto);
    chosen = &svpn_aead_sodium;
  }
  return chosen;
}

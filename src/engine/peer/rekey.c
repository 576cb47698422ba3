/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fresh keys inside a session. */
#include "rekey.h"

#include <sodium.h>
#include <string.h>

struct _SvpnRekey {
  SvpnNoisePattern pattern;
  const uint8_t *s_private;
  uint8_t rs[32];
  uint8_t prologue[sizeof (SVPN_PROLOGUE) - 1 + SVPN_NOISE_HASH_SIZE];
  SvpnNoise *noise; /* of the handshake under way; sodium_malloc()ed */
};

static void
set_hash (SvpnRekey *rekey, const uint8_t hash[SVPN_NOISE_HASH_SIZE])
{
  memcpy (rekey->prologue, SVPN_PROLOGUE, sizeof (SVPN_PROLOGUE) - 1);
  memcpy (rekey->prologue + sizeof (SVPN_PROLOGUE) - 1, hash, SVPN_NOISE_HASH_SIZE);
}

SvpnRekey *
svpn_rekey_new (SvpnNoisePattern pattern, const uint8_t *s_private, const uint8_t *rs,
                const uint8_t hash[SVPN_NOISE_HASH_SIZE])
{
  SvpnRekey *rekey = g_new0 (SvpnRekey, 1);

  rekey->pattern = pattern;
  rekey->s_private = s_private;
  if (rs != NULL)
    memcpy (rekey->rs, rs, sizeof rekey->rs);
  set_hash (rekey, hash);
  return rekey;
}

static void
end_handshake (SvpnRekey *rekey)
{
  g_clear_pointer (&rekey->noise, sodium_free);
}

void
svpn_rekey_free (SvpnRekey *rekey)
{
  end_handshake (rekey);
  g_free (rekey);
}

size_t
svpn_rekey_begin (SvpnRekey *rekey, uint8_t out[SVPN_REKEY_MESSAGE_MAX])
{
  uint8_t e_private[32];
  size_t size = 0;

  if (rekey->noise != NULL)
    return 0;
  rekey->noise = sodium_malloc (sizeof *rekey->noise);
  if (rekey->noise == NULL)
    return 0;
  svpn_noise_init_initiator (rekey->noise, rekey->pattern, rekey->prologue, sizeof rekey->prologue,
                             rekey->s_private, rekey->rs);
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_write_message1 (rekey->noise, e_private, NULL, 0, out, &size) != SVPN_NOISE_OK) {
    end_handshake (rekey);
    size = 0;
  }
  sodium_memzero (e_private, sizeof e_private);
  return size;
}

/* The handshake under way is complete: takes its keys, and its hash for the next one. */
static void
complete_handshake (SvpnRekey *rekey, uint8_t *initiator_key, uint8_t *responder_key)
{
  svpn_noise_split (rekey->noise, initiator_key, responder_key);
  set_hash (rekey, rekey->noise->h);
  end_handshake (rekey);
}

size_t
svpn_rekey_answer (SvpnRekey *rekey, const uint8_t *message, size_t size, uint8_t out[SVPN_REKEY_MESSAGE_MAX],
                   SvpnRekeyKeys *keys)
{
  uint8_t e_private[32], payload[1];
  size_t payload_size, out_size = 0;

  if (size != (size_t) SVPN_NOISE_MESSAGE1_OVERHEAD (rekey->pattern))
    return 0;
  rekey->noise = sodium_malloc (sizeof *rekey->noise);
  if (rekey->noise == NULL)
    return 0;
  svpn_noise_init_responder (rekey->noise, rekey->pattern, rekey->prologue, sizeof rekey->prologue,
                             rekey->s_private);
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_read_message1 (rekey->noise, message, size, payload, &payload_size) == SVPN_NOISE_OK
      && (rekey->pattern == SVPN_NOISE_NK
          || sodium_memcmp (rekey->noise->rs, rekey->rs, sizeof rekey->rs) == 0)
      && svpn_noise_write_message2 (rekey->noise, e_private, NULL, 0, out, &out_size) == SVPN_NOISE_OK)
    complete_handshake (rekey, keys->receive, keys->send);
  else
    out_size = 0;
  end_handshake (rekey);
  sodium_memzero (e_private, sizeof e_private);
  return out_size;
}

gboolean
svpn_rekey_finish (SvpnRekey *rekey, const uint8_t *message, size_t size, SvpnRekeyKeys *keys)
{
  uint8_t payload[1];
  size_t payload_size;

  if (rekey->noise == NULL || size != SVPN_NOISE_MESSAGE2_OVERHEAD
      || svpn_noise_read_message2 (rekey->noise, message, size, payload, &payload_size) != SVPN_NOISE_OK)
    return FALSE;
  complete_handshake (rekey, keys->send, keys->receive);
  return TRUE;
}

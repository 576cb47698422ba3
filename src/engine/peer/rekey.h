/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fresh keys inside a session (docs/protocol.md, "Rekey"): the handshakes behind REKEY_INIT, REKEY_RESP and REKEY_DONE.
 * Sending them and switching keys is up to the peer. */
#pragma once

#include "noise.h"
#include <glib.h>

typedef struct _SvpnRekey SvpnRekey;

/* Bytes of REKEY_INIT and REKEY_RESP at most. */
#define SVPN_REKEY_MESSAGE_MAX SVPN_NOISE_IK_MESSAGE1_OVERHEAD

/* The two keys of a handshake. Whoever holds them wipes them. */
typedef struct {
  uint8_t send[SVPN_KEY_SIZE], receive[SVPN_KEY_SIZE];
} SvpnRekeyKeys;

/* @s_private: our static key, NULL for a client with NK; lives as long as the rekey. @rs: the other side's static key: the
 * server's, or the one that the client proved, which must stay the same (NULL for a server with NK). @hash: of the
 * handshake that opened the session. */
SvpnRekey *svpn_rekey_new (SvpnNoisePattern pattern, const uint8_t *s_private, const uint8_t *rs,
                           const uint8_t hash[SVPN_NOISE_HASH_SIZE]);
void svpn_rekey_free (SvpnRekey *rekey);

/* Client: the payload of REKEY_INIT; 0 if one is under way already. */
size_t svpn_rekey_begin (SvpnRekey *rekey, uint8_t out[SVPN_REKEY_MESSAGE_MAX]);

/* Server, on REKEY_INIT: the payload of REKEY_RESP and the new keys; 0 if the message is not valid. */
size_t svpn_rekey_answer (SvpnRekey *rekey, const uint8_t *message, size_t size,
                          uint8_t out[SVPN_REKEY_MESSAGE_MAX], SvpnRekeyKeys *keys);

/* Client, on REKEY_RESP: the new keys; FALSE if none was asked for, or the message is not valid. */
gboolean svpn_rekey_finish (SvpnRekey *rekey, const uint8_t *message, size_t size, SvpnRekeyKeys *keys);

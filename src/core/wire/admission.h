/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The admission proof: what an upgrade request carries in its cookie `sid` to show that its sender knows the server's
 * static key. */
#pragma once

#include "wire.h"

#define SVPN_ADMISSION_COOKIE "sid"
#define SVPN_ADMISSION_SIZE 64 /* characters, without the terminating zero */

/* Proofs remembered, so that each is taken once, for three minutes. While the table is full further ones are taken without
 * being remembered: who has filled it knows the server's key, and must not lock others out by that. */
#define SVPN_ADMISSION_TABLE_SIZE 16384

typedef struct SvpnAdmissionTable SvpnAdmissionTable;

typedef enum {
  SVPN_ADMISSION_OK,
  SVPN_ADMISSION_MALFORMED, /* not 64 characters of base64url */
  SVPN_ADMISSION_WRONG,     /* another key, another minute, or an all-zero X25519 result */
  SVPN_ADMISSION_REPLAYED,
} SvpnAdmissionResult;

/* Client. @e_private: 32 fresh random bytes. @unix_time in s. Writes 64 characters and a zero. False if the server's
 * key is of low order. */
bool svpn_admission_make (char sid[SVPN_ADMISSION_SIZE + 1], const uint8_t e_private[32],
                          const uint8_t server_public[32], uint64_t unix_time) SVPN_MUST_CHECK;

/* Server. @table_key: 16 random bytes that key the table's hash. Aborts when out of memory (about 800 kB). */
SvpnAdmissionTable *svpn_admission_table_new (const uint8_t table_key[16]);
void svpn_admission_table_free (SvpnAdmissionTable *table);

/* Takes a proof of the current minute, the one before or the one after, once: also a proof whose E was varied without
 * changing the X25519 result counts as the same. */
SvpnAdmissionResult svpn_admission_check (SvpnAdmissionTable *table, const char *sid, size_t sid_size,
                                          const uint8_t server_private[32],
                                          uint64_t unix_time) SVPN_MUST_CHECK;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The admission proof and the table of the proofs that were taken.
 *
 * How it works
 *
 *   The client draws an X25519 key pair (e, E) and computes with the server's static key S
 *
 *     k   = HMAC ("smartvpn/1 admission", X25519 (e, S))
 *     sid = base64url (E || first 16 bytes of HMAC (k, minute))
 *
 *   The server computes the same k from E and its private key. Without S nobody can make a proof, and without a private
 *   key nobody can tell a proof from random bytes.
 *
 *   A proof that an observer recorded must not work a second time, so the server remembers those it took until their
 *   minute is past. It remembers k, not E: the tag depends on E through the X25519 alone, and several E give one X25519
 *   result (the top bit is ignored, points of small order can be added), so an observer could vary E at will.
 *
 *   The table is an array of entries, filled from the front, and a hash of chains through it (a keyed hash, for clients
 *   choose k). With the first proof of a new minute it is rebuilt without the entries that have expired: O(1) on
 *   average. Only proofs that verified get here, so garbage fills nothing. */
#include "admission.h"
#include "hmac.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define E_SIZE 32
#define TAG_SIZE 16
#define KEY_SIZE 32
#define PROOF_SIZE (E_SIZE + TAG_SIZE)

static const char context[] = "smartvpn/1 admission";

_Static_assert(SVPN_ADMISSION_SIZE == PROOF_SIZE / 3 * 4, "base64 of the proof needs no padding");
_Static_assert((SVPN_ADMISSION_TABLE_SIZE & (SVPN_ADMISSION_TABLE_SIZE - 1)) == 0, "a power of two");
_Static_assert(SVPN_ADMISSION_TABLE_SIZE < UINT16_MAX, "links are 16 bits wide");

typedef struct {
  uint8_t key[KEY_SIZE];
  uint64_t minute; /* of the proof */
  uint16_t next;   /* in the chain: index + 1, 0 at its end */
} Entry;

struct SvpnAdmissionTable {
  uint8_t hash_key[crypto_shorthash_KEYBYTES];
  uint64_t minute; /* of the last expiry */
  uint16_t n_entries;
  uint16_t heads[SVPN_ADMISSION_TABLE_SIZE]; /* as Entry.next */
  Entry entries[SVPN_ADMISSION_TABLE_SIZE];
};

/* k of a proof. False if X25519 gives all zeros. */
static bool
derive_key (uint8_t key[KEY_SIZE], const uint8_t private_key[32], const uint8_t public_key[32])
{
  uint8_t shared[32];
  bool ok = crypto_scalarmult_curve25519 (shared, private_key, public_key) == 0;

  if (ok)
    svpn_hmac (key, context, sizeof context - 1, shared, sizeof shared);
  sodium_memzero (shared, sizeof shared);
  return ok;
}

static void
make_tag (uint8_t tag[TAG_SIZE], const uint8_t key[KEY_SIZE], uint64_t minute)
{
  uint8_t full[SVPN_HMAC_SIZE];
  char digits[21];
  int n = snprintf (digits, sizeof digits, "%" PRIu64, minute);

  svpn_hmac (full, key, KEY_SIZE, digits, n);
  memcpy (tag, full, TAG_SIZE);
  sodium_memzero (full, sizeof full);
}

bool
svpn_admission_make (char sid[SVPN_ADMISSION_SIZE + 1], const uint8_t e_private[32],
                     const uint8_t server_public[32], uint64_t unix_time)
{
  uint8_t key[KEY_SIZE], proof[PROOF_SIZE];

  if (!derive_key (key, e_private, server_public))
    return false;

  crypto_scalarmult_curve25519_base (proof, e_private);
  make_tag (proof + E_SIZE, key, unix_time / 60);
  sodium_bin2base64 (sid, SVPN_ADMISSION_SIZE + 1, proof, sizeof proof,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (key, sizeof key);
  return true;
}

static uint16_t *
find_head (SvpnAdmissionTable *table, const uint8_t key[KEY_SIZE])
{
  uint8_t hash[crypto_shorthash_BYTES];

  crypto_shorthash (hash, key, KEY_SIZE, table->hash_key);
  return &table->heads[(hash[0] | hash[1] << 8) & (SVPN_ADMISSION_TABLE_SIZE - 1)];
}

/* The caller has made sure that there is room. @key may lie in the entry that is written, or behind it. */
static void
append (SvpnAdmissionTable *table, const uint8_t key[KEY_SIZE], uint64_t minute)
{
  uint16_t *head = find_head (table, key);
  Entry *entry = &table->entries[table->n_entries++];

  memmove (entry->key, key, KEY_SIZE);
  entry->minute = minute;
  entry->next = *head;
  *head = table->n_entries;
}

/* Forgets the proofs that neither @minute nor a later one accepts. Those ahead of a clock that was set back stay. */
static void
expire (SvpnAdmissionTable *table, uint64_t minute)
{
  uint16_t n = table->n_entries;

  if (minute == table->minute)
    return;

  table->minute = minute;
  table->n_entries = 0;
  memset (table->heads, 0, sizeof table->heads);
  for (uint16_t i = 0; i < n; i++)
    if (table->entries[i].minute + 1 >= minute)
      append (table, table->entries[i].key, table->entries[i].minute);
  sodium_memzero (&table->entries[table->n_entries], (n - table->n_entries) * sizeof (Entry));
}

static SvpnAdmissionResult
take_proof (SvpnAdmissionTable *table, const uint8_t key[KEY_SIZE], uint64_t minute, uint64_t now)
{
  expire (table, now);
  for (uint16_t i = *find_head (table, key); i != 0; i = table->entries[i - 1].next)
    if (sodium_memcmp (table->entries[i - 1].key, key, KEY_SIZE) == 0)
      return SVPN_ADMISSION_REPLAYED;
  if (table->n_entries < SVPN_ADMISSION_TABLE_SIZE)
    append (table, key, minute);
  return SVPN_ADMISSION_OK;
}

SvpnAdmissionTable *
svpn_admission_table_new (const uint8_t table_key[16])
{
  SvpnAdmissionTable *table = calloc (1, sizeof *table);

  if (table == NULL)
    abort ();
  memcpy (table->hash_key, table_key, sizeof table->hash_key);
  return table;
}

void
svpn_admission_table_free (SvpnAdmissionTable *table)
{
  if (table == NULL)
    return;
  sodium_memzero (table, offsetof (SvpnAdmissionTable, entries) + table->n_entries * sizeof (Entry));
  free (table);
}

static bool
decode (uint8_t proof[PROOF_SIZE], const char *sid, size_t sid_size)
{
  size_t proof_size = 0;

  if (sid_size != SVPN_ADMISSION_SIZE)
    return false;
  for (size_t i = 0; i < sid_size; i++)
    if ((uint8_t) sid[i] > 0x7f) /* libsodium 1.0.18 takes some of these, where char is signed */
      return false;
  return sodium_base642bin (proof, PROOF_SIZE, sid, sid_size, NULL, &proof_size, NULL,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING)
             == 0
         && proof_size == PROOF_SIZE;
}

SvpnAdmissionResult
svpn_admission_check (SvpnAdmissionTable *table, const char *sid, size_t sid_size,
                      const uint8_t server_private[32], uint64_t unix_time)
{
  uint64_t now = unix_time / 60, first = now > 0 ? now - 1 : 0, minute = 0;
  uint8_t proof[PROOF_SIZE], key[KEY_SIZE], tag[TAG_SIZE];
  SvpnAdmissionResult result = SVPN_ADMISSION_WRONG;
  bool found = false;

  if (!decode (proof, sid, sid_size))
    return SVPN_ADMISSION_MALFORMED;

  if (derive_key (key, server_private, proof)) {
    for (uint64_t m = first; m <= now + 1; m++) {
      make_tag (tag, key, m);
      if (sodium_memcmp (tag, proof + E_SIZE, TAG_SIZE) == 0) {
        found = true;
        minute = m;
      }
    }
    if (found)
      result = take_proof (table, key, minute, now);
  }
  sodium_memzero (key, sizeof key);
  sodium_memzero (tag, sizeof tag);
  return result;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: the cookie of an upgrade request. First byte of the input: the lower bits are the minute it comes at (2
 * is its own), the top bit says whether the rest is a cookie as it stands, or a mask that is laid over a genuine
 * one. */
#include "admission.h"

#include "fuzz.h"

#include <sodium.h>

#define TIME 1767225600
#define MINUTE_OWN 2
#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* In the clear "AAAA..." of the right size, and the start of a cookie; then masks. */
const char *const fuzz_seeds[] = {
  "02",
  "02 4141414141414141414141414141414141414141414141414141414141414141"
  "   4141414141414141414141414141414141414141414141414141414141414141",
  "02 4e48343276596347",
  "80",
  "81",
  "82",
  "83",
  "84",
  "82 01",
  "82 00000000000000000000000000000000000000000000000000000000000000000000000000000000000020",
  NULL,
};

static const uint8_t server_private[32] = { [1] = 1 }, e_private[32] = { [1] = 2 }, table_key[16] = { 3 };
static char genuine[SVPN_ADMISSION_SIZE + 1];

static SvpnAdmissionResult
check (SvpnAdmissionTable *table, const char *sid, size_t size, uint64_t time)
{
  return svpn_admission_check (table, sid, size, server_private, time);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char sid[SVPN_ADMISSION_SIZE + 1];
  uint8_t server_public[32];
  SvpnAdmissionTable *table;
  SvpnAdmissionResult result;
  uint64_t time;

  if (size == 0)
    return 0;

  if (genuine[0] == '\0') {
    crypto_scalarmult_base (server_public, server_private);
    FUZZ_CHECK (svpn_admission_make (genuine, e_private, server_public, TIME));
  }
  table = svpn_admission_table_new (table_key);
  time = TIME + 60 * (data[0] & 7) - 60 * MINUTE_OWN;
  if (data[0] & 0x80) {
    int changed, in_window = (data[0] & 7) >= MINUTE_OWN - 1 && (data[0] & 7) <= MINUTE_OWN + 1;

    memcpy (sid, genuine, sizeof sid);
    changed = fuzz_apply_mask ((uint8_t *) sid, SVPN_ADMISSION_SIZE, data + 1, size - 1);
    result = check (table, sid, SVPN_ADMISSION_SIZE, time);
    if (!changed)
      FUZZ_CHECK (result == (in_window ? SVPN_ADMISSION_OK : SVPN_ADMISSION_WRONG));
    if (result == SVPN_ADMISSION_OK) { /* genuine, or a variant of it that counts as a replay */
      FUZZ_CHECK (in_window);
      FUZZ_CHECK (check (table, sid, SVPN_ADMISSION_SIZE, time) == SVPN_ADMISSION_REPLAYED);
      FUZZ_CHECK (check (table, genuine, SVPN_ADMISSION_SIZE, time) == SVPN_ADMISSION_REPLAYED);
    } else {
      FUZZ_CHECK (check (table, genuine, SVPN_ADMISSION_SIZE, TIME) == SVPN_ADMISSION_OK);
    }
  } else {
    result = check (table, (const char *) data + 1, size - 1, time);
    FUZZ_CHECK (result == SVPN_ADMISSION_MALFORMED || result == SVPN_ADMISSION_WRONG);
    FUZZ_CHECK (size - 1 == SVPN_ADMISSION_SIZE || result == SVPN_ADMISSION_MALFORMED);
    for (size_t i = 1; i < size; i++)
      if (strchr (ALPHABET, data[i]) == NULL || data[i] == '\0')
        FUZZ_CHECK (result == SVPN_ADMISSION_MALFORMED);
  }
  svpn_admission_table_free (table);
  return 0;
}

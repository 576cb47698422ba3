/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * HMAC-SHA256 in one call. */
#include "hmac.h"

#include <sodium.h>

_Static_assert(SVPN_HMAC_SIZE == crypto_auth_hmacsha256_BYTES, "the output is as long as libsodium's");

void
svpn_hmac (uint8_t out[SVPN_HMAC_SIZE], const void *key, size_t key_size, const void *data, size_t size)
{
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, key, key_size);
  crypto_auth_hmacsha256_update (&state, data, size);
  crypto_auth_hmacsha256_final (&state, out);
  sodium_memzero (&state, sizeof state);
}

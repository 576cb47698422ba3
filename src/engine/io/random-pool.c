/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Random bytes for nonces and masks. */
#include "random-pool.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define POOL_SIZE 4096
#define DRAW_MAX 64

void
svpn_random_bytes (uint8_t *out, size_t size)
{
  static uint8_t pool[POOL_SIZE];
  static size_t left;

  assert (size <= DRAW_MAX);
  if (left < size) {
    randombytes_buf (pool, POOL_SIZE);
    left = POOL_SIZE;
  }
  left -= size;
  memcpy (out, pool + left, size);
  sodium_memzero (pool + left, size);
}

uint32_t
svpn_random_u32 (void)
{
  uint32_t number;

  svpn_random_bytes ((uint8_t *) &number, sizeof number);
  return number;
}

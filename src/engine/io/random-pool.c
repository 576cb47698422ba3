/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Random bytes for nonces and masks. */
#include "random-pool.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/random.h>

#define POOL_SIZE 4096
#define DRAW_MAX 64

/* libsodium would ask the kernel for 256 bytes at a time. */
static void
fill (uint8_t *pool)
{
  for (size_t size = 0; size < POOL_SIZE;) {
    ssize_t n = getrandom (pool + size, POOL_SIZE - size, 0);

    if (n < 0 && errno != EINTR) {
      randombytes_buf (pool, POOL_SIZE);
      return;
    }
    size += n > 0 ? (size_t) n : 0;
  }
}

void
svpn_random_bytes (uint8_t *out, size_t size)
{
  static uint8_t pool[POOL_SIZE];
  static size_t left;

  assert (size <= DRAW_MAX);
  if (left < size) {
    fill (pool);
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

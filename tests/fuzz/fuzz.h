/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a fuzz target is: linked with libFuzzer, or with driver.c as an ordinary test. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A property that holds for all inputs. */
#define FUZZ_CHECK(condition)                                                                                \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                       \
      abort ();                                                                                              \
    }                                                                                                        \
  } while (0)

/* Inputs to start from: hex, the last one NULL. */
extern const char *const fuzz_seeds[];

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Changes @size bytes at @genuine by those of @mask, as far as there are any. Returns whether one changed: random bytes
 * never hit upon an authentic message, small changes of an authentic one probe more. */
static inline int
fuzz_apply_mask (uint8_t *genuine, size_t size, const uint8_t *mask, size_t mask_size)
{
  uint8_t changed = 0;

  for (size_t i = 0; i < size && i < mask_size; i++) {
    genuine[i] ^= mask[i];
    changed |= mask[i];
  }
  return changed != 0;
}

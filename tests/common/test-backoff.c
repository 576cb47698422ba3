/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The waits before attempts to reconnect. */
#include "backoff.h"

#include <glib.h>

static void
test_bounds (void)
{
  static const struct {
    unsigned int attempt;
    uint32_t min_ms, max_ms;
  } cases[] = {
    { 0, 0, 300 },       { 1, 500, 1000 },    { 2, 1000, 2000 },   { 3, 2000, 4000 },
    { 6, 16000, 32000 }, { 7, 30000, 60000 }, { 8, 30000, 60000 }, { 1000000, 30000, 60000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint32_t low = UINT32_MAX, high = 0;

    g_test_message ("row: attempt %u", cases[i].attempt);
    for (uint32_t random = 0; random < 200000; random++) {
      uint32_t ms = svpn_backoff_ms (cases[i].attempt, random);
      low = MIN (low, ms);
      high = MAX (high, ms);
    }
    g_assert_cmpuint (low, ==, cases[i].min_ms);
    g_assert_cmpuint (high, ==, cases[i].max_ms);
    g_assert_cmpuint (svpn_backoff_ms (cases[i].attempt, UINT32_MAX), <=, cases[i].max_ms);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/backoff/bounds", test_bounds);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Waiting in tests: for a condition, on the main loop, with a deadline. */
#pragma once

#include <glib.h>

#define WAIT_TIMEOUT_S 20
#define WAIT_TICK_MS 10

static inline gboolean
wait_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until @condition is true; ends the program, saying @what did not come, after WAIT_TIMEOUT_S. */
#define WAIT_UNTIL(condition, what)                                                                          \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 wait_deadline = g_get_monotonic_time () + WAIT_TIMEOUT_S * G_USEC_PER_SEC;                        \
    guint wait_source = g_timeout_add (WAIT_TICK_MS, wait_tick, NULL);                                       \
                                                                                                             \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > wait_deadline)                                                           \
        g_error ("%s: not within %d s: %s", G_STRLOC, WAIT_TIMEOUT_S, what);                                 \
      g_main_context_iteration (NULL, TRUE);                                                                 \
    }                                                                                                        \
    g_source_remove (wait_source);                                                                           \
  }                                                                                                          \
  G_STMT_END

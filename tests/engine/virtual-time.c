/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Time that stands still until a test moves it. */
#include "virtual-time.h"

#define TICK_MS 5
#define START_US (1000 * G_USEC_PER_SEC) /* boot time when a test begins */

typedef struct {
  SvpnClock *clock;
  guint64 wake_at_us; /* 0: not at all */
  gint64 ahead_us;
} VirtualClock;

static GPtrArray *clocks; /* VirtualClock */
static guint64 passed_us;

static guint64
boot_us (gpointer source_data)
{
  return START_US + passed_us;
}

static gint64
unix_us (gpointer source_data)
{
  VirtualClock *clock = source_data;

  return VIRTUAL_UNIX_S * G_USEC_PER_SEC + (gint64) passed_us + clock->ahead_us;
}

static void
wake_at (guint64 deadline_us, gpointer source_data)
{
  ((VirtualClock *) source_data)->wake_at_us = deadline_us;
}

static void
destroy (gpointer source_data)
{
  g_ptr_array_remove (clocks, source_data);
  if (clocks->len == 0) {
    g_clear_pointer (&clocks, g_ptr_array_unref);
    passed_us = 0;
  }
}

static const SvpnClockSource clock_source = {
  .boot_us = boot_us,
  .unix_us = unix_us,
  .wake_at = wake_at,
  .destroy = destroy,
};

SvpnClock *
virtual_clock_new (gint64 ahead_s)
{
  VirtualClock *clock = g_new0 (VirtualClock, 1);

  clock->clock = svpn_clock_new (&clock_source, clock);
  clock->ahead_us = ahead_s * G_USEC_PER_SEC;
  if (clocks == NULL)
    clocks = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (clocks, clock);
  return clock->clock;
}

static VirtualClock *
find_clock (SvpnClock *clock)
{
  for (guint i = 0; i < clocks->len; i++)
    if (((VirtualClock *) clocks->pdata[i])->clock == clock)
      return clocks->pdata[i];
  g_return_val_if_reached (NULL);
}

void
virtual_clock_set_ahead (SvpnClock *clock, gint64 ahead_s)
{
  find_clock (clock)->ahead_us = ahead_s * G_USEC_PER_SEC;
}

gint64
virtual_clock_next_ms (SvpnClock *clock)
{
  guint64 wake_at_us = find_clock (clock)->wake_at_us, now_us = START_US + passed_us;

  if (wake_at_us == 0)
    return -1;
  return wake_at_us > now_us ? (gint64) (wake_at_us - now_us + 999) / 1000 : 0;
}

guint64
virtual_time_us (void)
{
  return passed_us;
}

/* The clock that is to be woken next, NULL if none until @end_us. */
static VirtualClock *
next_clock (guint64 end_us)
{
  VirtualClock *next = NULL;

  for (guint i = 0; i < clocks->len; i++) {
    VirtualClock *clock = clocks->pdata[i];

    if (clock->wake_at_us != 0 && clock->wake_at_us <= START_US + end_us
        && (next == NULL || clock->wake_at_us < next->wake_at_us))
      next = clock;
  }
  return next;
}

void
virtual_time_pass_us (guint64 us)
{
  guint64 end_us = passed_us + us;
  VirtualClock *clock;

  settle ();
  while ((clock = next_clock (end_us)) != NULL) {
    passed_us = MAX (passed_us, clock->wake_at_us - MIN (clock->wake_at_us, START_US));
    clock->wake_at_us = 0;
    svpn_clock_dispatch (clock->clock);
    settle ();
  }
  passed_us = end_us;
}

void
virtual_time_pass_ms (guint64 ms)
{
  virtual_time_pass_us (ms * 1000);
}

void
settle (void)
{
  gint64 start_us = g_get_monotonic_time ();

  while (g_main_context_iteration (NULL, FALSE))
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, WAIT_S * G_USEC_PER_SEC);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
virtual_time_step_ms (guint64 ms)
{
  guint tick = g_timeout_add (TICK_MS, on_tick, NULL);

  virtual_time_pass_ms (ms);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  settle ();
}

/* What a test sees of a raw socket changes without an event of ours, so we look again after TICK_MS at the latest. */
void
wait_once (gint64 start_us, const char *condition, const char *file, int line)
{
  guint tick = g_timeout_add (TICK_MS, on_tick, NULL);

  if (g_get_monotonic_time () - start_us > WAIT_S * G_USEC_PER_SEC)
    g_error ("%s:%d: waited %d s in vain for: %s", file, line, WAIT_S, condition);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The time, and timers.
 *
 * How it works: armed timers lie in a binary heap, the earliest on top, and each knows its place, so that arming and
 * disarming cost O(log n) whatever the number of clients. The source is only asked to wake us for the one on top. */
#include "clock.h"

struct _SvpnClock {
  const SvpnClockSource *source;
  gpointer source_data;
  GPtrArray *heap;    /* SvpnTimer, not owned */
  guint64 n_armings;  /* so far */
  guint64 wake_at_us; /* what the source was asked for */
  gboolean dispatching;
};

struct _SvpnTimer {
  SvpnClock *clock;
  void (*expired) (gpointer);
  gpointer user_data;
  guint64 deadline_us; /* 0: not armed */
  guint64 arming;      /* which of the clock's armings: orders timers of one deadline */
  guint place;         /* in the heap */
};

SvpnClock *
svpn_clock_new (const SvpnClockSource *source, gpointer source_data)
{
  SvpnClock *clock = g_new0 (SvpnClock, 1);

  clock->source = source;
  clock->source_data = source_data;
  clock->heap = g_ptr_array_new ();
  return clock;
}

void
svpn_clock_free (SvpnClock *clock)
{
  g_warn_if_fail (clock->heap->len == 0);
  g_ptr_array_unref (clock->heap);
  clock->source->destroy (clock->source_data);
  g_free (clock);
}

guint64
svpn_clock_boot_us (SvpnClock *clock)
{
  return clock->source->boot_us (clock->source_data);
}

gint64
svpn_clock_unix_us (SvpnClock *clock)
{
  return clock->source->unix_us (clock->source_data);
}

/* --- the heap --- */

static SvpnTimer *
first_timer (SvpnClock *clock)
{
  return clock->heap->len > 0 ? clock->heap->pdata[0] : NULL;
}

static gboolean
is_before (const SvpnTimer *a, const SvpnTimer *b)
{
  return a->deadline_us != b->deadline_us ? a->deadline_us < b->deadline_us : a->arming < b->arming;
}

static void
put (GPtrArray *heap, guint place, SvpnTimer *timer)
{
  heap->pdata[place] = timer;
  timer->place = place;
}

/* Moves @timer, whose place is free, up to where it belongs. */
static void
sift_up (GPtrArray *heap, SvpnTimer *timer)
{
  guint place = timer->place;

  for (; place > 0 && is_before (timer, heap->pdata[(place - 1) / 2]); place = (place - 1) / 2)
    put (heap, place, heap->pdata[(place - 1) / 2]);
  put (heap, place, timer);
}

static void
sift_down (GPtrArray *heap, SvpnTimer *timer)
{
  guint place = timer->place;

  for (guint child = 2 * place + 1; child < heap->len; child = 2 * place + 1) {
    if (child + 1 < heap->len && is_before (heap->pdata[child + 1], heap->pdata[child]))
      child++;
    if (!is_before (heap->pdata[child], timer))
      break;
    put (heap, place, heap->pdata[child]);
    place = child;
  }
  put (heap, place, timer);
}

static void
take_out (GPtrArray *heap, SvpnTimer *timer)
{
  SvpnTimer *last = heap->pdata[heap->len - 1];

  g_ptr_array_set_size (heap, (gint) heap->len - 1);
  timer->deadline_us = 0;
  if (last == timer)
    return;
  last->place = timer->place;
  sift_up (heap, last);
  sift_down (heap, last);
}

/* Has the source wake us for the first timer. */
static void
ask_source (SvpnClock *clock)
{
  SvpnTimer *first = first_timer (clock);
  guint64 deadline_us = first != NULL ? first->deadline_us : 0;

  if (clock->dispatching || deadline_us == clock->wake_at_us)
    return;
  clock->wake_at_us = deadline_us;
  clock->source->wake_at (deadline_us, clock->source_data);
}

/* Timers that are armed in a callback wait for the next call, so that one which is always due does not keep us here. */
void
svpn_clock_dispatch (SvpnClock *clock)
{
  guint64 now_us = svpn_clock_boot_us (clock), n_armings = clock->n_armings;
  SvpnTimer *timer;

  clock->dispatching = TRUE;
  while ((timer = first_timer (clock)) != NULL && timer->deadline_us <= now_us && timer->arming < n_armings) {
    take_out (clock->heap, timer);
    timer->expired (timer->user_data);
  }
  clock->dispatching = FALSE;
  clock->wake_at_us = 0; /* the source has done what it was asked for */
  ask_source (clock);
}

/* --- timers --- */

SvpnTimer *
svpn_timer_new (SvpnClock *clock, void (*expired) (gpointer), gpointer user_data)
{
  SvpnTimer *timer = g_new0 (SvpnTimer, 1);

  timer->clock = clock;
  timer->expired = expired;
  timer->user_data = user_data;
  return timer;
}

void
svpn_timer_free (SvpnTimer *timer)
{
  svpn_timer_disarm (timer);
  g_free (timer);
}

gboolean
svpn_timer_is_armed (const SvpnTimer *timer)
{
  return timer->deadline_us != 0;
}

void
svpn_timer_disarm (SvpnTimer *timer)
{
  if (!svpn_timer_is_armed (timer))
    return;
  take_out (timer->clock->heap, timer);
  ask_source (timer->clock);
}

void
svpn_timer_arm_at (SvpnTimer *timer, guint64 deadline_us)
{
  GPtrArray *heap = timer->clock->heap;

  if (svpn_timer_is_armed (timer))
    take_out (heap, timer);
  timer->deadline_us = MAX (deadline_us, 1);
  timer->arming = timer->clock->n_armings++;
  g_ptr_array_add (heap, timer);
  timer->place = heap->len - 1;
  sift_up (heap, timer);
  ask_source (timer->clock);
}

void
svpn_timer_arm (SvpnTimer *timer, guint64 delay_ms)
{
  svpn_timer_arm_at (timer, svpn_clock_boot_us (timer->clock) + delay_ms * 1000);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a line was over the last hour.
 *
 * How it works: each second that ends goes into three rings, whose points are 1, 5 and 30 of them: two minutes, ten minutes,
 * an hour. A point ends where the second's number is a multiple of its width. */
#include "history.h"

#include <math.h>

#define US_PER_S 1000000ULL

static const unsigned int widths_s[SVPN_HISTORY_RINGS] = { 1, 5, 30 };

_Static_assert(30 * SVPN_HISTORY_POINTS == SVPN_HISTORY_SPAN_MAX_S, "the last ring covers the longest span");

static const SvpnHistoryPoint unknown = { { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN } };

static bool
is_amount (unsigned int series)
{
  return series >= SVPN_HISTORY_BYTES_SENT;
}

void
svpn_history_init (SvpnHistory *history, uint64_t now_us)
{
  *history = (SvpnHistory){ .second = now_us / US_PER_S };
  for (unsigned int ring = 0; ring < SVPN_HISTORY_RINGS; ring++)
    for (unsigned int i = 0; i < SVPN_HISTORY_POINTS; i++)
      history->rings[ring].points[i] = unknown;
}

bool
svpn_history_is_due (const SvpnHistory *history, uint64_t now_us)
{
  return now_us / US_PER_S > history->second;
}

static void
add_second (SvpnHistoryRing *ring, const SvpnHistoryPoint *second)
{
  for (unsigned int i = 0; i < SVPN_HISTORY_SERIES; i++) {
    if (isnan (second->values[i]))
      continue;
    ring->sum.values[i] += second->values[i];
    ring->known[i]++;
  }
}

static void
end_point (SvpnHistoryRing *ring)
{
  SvpnHistoryPoint *point = &ring->points[ring->next];

  for (unsigned int i = 0; i < SVPN_HISTORY_SERIES; i++) {
    double divisor = is_amount (i) ? 1 : ring->known[i];

    point->values[i] = ring->known[i] > 0 ? ring->sum.values[i] / divisor : NAN;
    ring->sum.values[i] = 0;
    ring->known[i] = 0;
  }
  ring->next = (ring->next + 1) % SVPN_HISTORY_POINTS;
}

static void
end_second (SvpnHistory *history, const SvpnHistoryPoint *second)
{
  history->second++;
  for (unsigned int i = 0; i < SVPN_HISTORY_RINGS; i++) {
    add_second (&history->rings[i], second);
    if (history->second % widths_s[i] == 0)
      end_point (&history->rings[i]);
  }
}

void
svpn_history_advance (SvpnHistory *history, uint64_t now_us, const SvpnHistoryPoint *now,
                      unsigned int gap_max_s)
{
  uint64_t second = now_us / US_PER_S;
  SvpnHistoryPoint before = *now;

  if (second <= history->second)
    return;
  if (second - history->second > gap_max_s)
    before = unknown;
  else
    for (unsigned int i = SVPN_HISTORY_BYTES_SENT; i < SVPN_HISTORY_SERIES; i++)
      before.values[i] = 0;
  if (second - history->second
      > 2 * SVPN_HISTORY_SPAN_MAX_S) /* all rings are full of them in half of that time */
    history->second = second - 2 * SVPN_HISTORY_SPAN_MAX_S;
  while (history->second < second - 1)
    end_second (history, &before);
  end_second (history, now);
}

size_t
svpn_history_read (const SvpnHistory *history, unsigned int span_s,
                   SvpnHistoryPoint points[SVPN_HISTORY_POINTS], uint64_t *start_us, unsigned int *step_s)
{
  unsigned int i = 0;

  while (i < SVPN_HISTORY_RINGS - 1 && widths_s[i] * SVPN_HISTORY_POINTS < span_s)
    i++;
  const SvpnHistoryRing *ring = &history->rings[i];
  unsigned int width_s = widths_s[i];
  unsigned int n = (span_s + width_s - 1) / width_s;
  uint64_t end_s = history->second - history->second % width_s;

  for (unsigned int k = 0; k < n; k++)
    points[k] = ring->points[(ring->next + SVPN_HISTORY_POINTS - n + k) % SVPN_HISTORY_POINTS];
  *start_us = (end_s - (uint64_t) n * width_s) * US_PER_S;
  *step_s = width_s;
  return n;
}

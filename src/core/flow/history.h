/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a line was over the last hour: rings of points for plots, of fixed size. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SVPN_HISTORY_POINTS 120
#define SVPN_HISTORY_RINGS 3
#define SVPN_HISTORY_SPAN_MAX_S 3600

/* What a point tells of its time: the mean of a quality, the sum of an amount; NaN: nothing is known. */
typedef enum {
  SVPN_HISTORY_RTT_MS,
  SVPN_HISTORY_JITTER_MS,
  SVPN_HISTORY_LOSS_RATIO,
  SVPN_HISTORY_BYTES_SENT, /* the first amount */
  SVPN_HISTORY_BYTES_RECEIVED,
  SVPN_HISTORY_DROPS_HIGH,
  SVPN_HISTORY_DROPS_NORMAL,
  SVPN_HISTORY_DROPS_LOW,
} SvpnHistorySeries;
#define SVPN_HISTORY_SERIES 8

typedef struct {
  double values[SVPN_HISTORY_SERIES];
} SvpnHistoryPoint;

typedef struct {
  SvpnHistoryPoint points[SVPN_HISTORY_POINTS];
  unsigned int next;                       /* place of the next point, and of the oldest */
  SvpnHistoryPoint sum;                    /* of the point in the making */
  unsigned int known[SVPN_HISTORY_SERIES]; /* seconds of it of which something is known */
} SvpnHistoryRing;

typedef struct {
  uint64_t second; /* the one in the making, since boot */
  SvpnHistoryRing rings[SVPN_HISTORY_RINGS];
} SvpnHistory;

/* Times are of the boot-time clock, in microseconds. Nothing is known of what was before @now_us. */
void svpn_history_init (SvpnHistory *history, uint64_t now_us);

/* Whether svpn_history_advance() would end a second. */
bool svpn_history_is_due (const SvpnHistory *history, uint64_t now_us);

/* Ends all seconds before @now_us. @now: qualities as they are now, NaN where unknown, and amounts since the last call that ended a
 * second. The amounts are of the last of these seconds; in those before it there were none, and qualities were as they are now. Of
 * more than @gap_max_s seconds nothing is known but of the last one: the machine slept. */
void svpn_history_advance (SvpnHistory *history, uint64_t now_us, const SvpnHistoryPoint *now,
                           unsigned int gap_max_s);

/* Copies the last @span_s seconds (1 to SVPN_HISTORY_SPAN_MAX_S), rounded up to whole steps, oldest first, in the finest steps
 * that cover them. Returns the number of points; @start_us: the beginning of the first; @step_s: the time of each. */
size_t svpn_history_read (const SvpnHistory *history, unsigned int span_s,
                          SvpnHistoryPoint points[SVPN_HISTORY_POINTS], uint64_t *start_us,
                          unsigned int *step_s);

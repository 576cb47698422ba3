/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How many bytes a TCP connection may have in flight, so that they do not queue on the line. Pure: what TCP says of the
 * connection and the time are handed in.
 *
 * How it works: TCP fills whatever buffer the narrowest link has, and what we send with priority then waits behind what we
 * sent before. Slow start fills it before anybody notices, for its flight doubles with each RTT. So at the beginning there is a
 * limit that grows by three quarters an RTT at most, and not while the RTT is longer than its least. When the line has carried
 * no more for some RTTs, although it was given more, it is full: if a queue stands, we hold the flight, else there is no limit (as
 * the startup of HyStart++, RFC 9406, and of BBR end). On lines with a short RTT what doubles is soon seen: they have no limit
 * at the beginning.
 *
 * Once the RTT shows a queue, we hold the flight at what the line carries in its base RTT and
 * SVPN_INFLIGHT_TARGET_US (Little's law), paced over the RTT. The rate is the highest of the last seconds; now and then we try
 * whether the line takes more. If the RTT nevertheless grows longer than base + 2 * SVPN_INFLIGHT_TARGET_US, the limit shrinks.
 *
 * An RTT has the queues of both directions in it, and the peer does as we do: two targets are what it may be longer. Of two
 * directions the one with more would keep it, if both went by shares of what they have; so the limit grows by a fixed number of
 * bytes, and shrinks by a share (additive increase, multiplicative decrease).
 *
 * If the limit has shrunk by half and the RTT stays long, we look whose queue it is: send nothing until all is acknowledged,
 * then measure the RTT of the next burst. That is the base from now on. If more than SVPN_INFLIGHT_FOREIGN_US of it are others'
 * queues, holding back gains nothing and would cost our share of the line, as it does with LEDBAT (RFC 6817, section 4.3):
 * then TCP goes on as it likes, and we try again later. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Microseconds */
#define SVPN_INFLIGHT_TARGET_US 10000     /* how long what we send may queue on the line */
#define SVPN_INFLIGHT_NOTICE_US 20000     /* queueing from which we hold back */
#define SVPN_INFLIGHT_FOREIGN_US 20000    /* others' queueing from which we do not */
#define SVPN_INFLIGHT_PATIENCE_US 2000000 /* how long the limit may be low before we look whose queue it is */
#define SVPN_INFLIGHT_RECHECK_US 10000000 /* how often we look whether others' queue is still there */
#define SVPN_INFLIGHT_RETRY_MIN_US                                                                           \
  10000000 /* how long we do not hold back after it was in vain; doubles each time */
#define SVPN_INFLIGHT_RETRY_MAX_US 60000000
#define SVPN_INFLIGHT_IDLE_US 5000000      /* a limit that was not reached for so long is lifted */
#define SVPN_INFLIGHT_STARTUP_RTT_US 10000 /* lines with a shorter RTT start without a limit */
#define SVPN_INFLIGHT_STARTUP_BYTES 20000  /* that may be in flight however little the line has carried */
#define SVPN_INFLIGHT_INTERVAL_US 10000    /* between two changes of the limit, at least; else an RTT */
#define SVPN_INFLIGHT_MEASURE_US 40000     /* that the rate is measured over, at least; else two RTTs */
#define SVPN_INFLIGHT_MEMORY_US 10000000   /* how long a rate counts as possible */

/* Of so many changes of the limit two try for more: not the same number at both ends, else they would do so at the same time,
 * and one would take what the other gains. */
#define SVPN_INFLIGHT_CYCLE_CLIENT 7
#define SVPN_INFLIGHT_CYCLE_SERVER 9

#define SVPN_INFLIGHT_MIN_BYTES 6000
#define SVPN_INFLIGHT_UNSENT_BYTES 1500 /* more of them, and we wait: they could still be ordered */

typedef struct {
  uint32_t rtt_us, min_rtt_us; /* smoothed; the least that was seen */
  uint64_t acked_bytes;        /* so far */
  uint32_t outstanding_bytes;  /* written and not acknowledged, sent or not */
  uint32_t unsent_bytes;       /* of these, what TCP's own window or pacing keeps back */
  bool backlogged;             /* there is more to write */
} SvpnInflightSample;

typedef enum {
  SVPN_INFLIGHT_STARTUP,  /* up to what the line may bear next */
  SVPN_INFLIGHT_FREE,     /* no limit */
  SVPN_INFLIGHT_HELD,     /* up to the limit */
  SVPN_INFLIGHT_DRAINING, /* nothing, until all is acknowledged */
  SVPN_INFLIGHT_PROBING,  /* a burst, whose RTT is measured */
} SvpnInflightState;

typedef struct {
  SvpnInflightState state;
  uint32_t base_us;     /* RTT without our own queue */
  uint64_t limit_bytes; /* while STARTUP or HELD */
  /* private */
  uint64_t rate_bytes_per_s, measure_us, measure_acked;
  uint64_t round_us, round_acked,
      round_end;         /* STARTUP: of this RTT the time, and acknowledged bytes, of its beginning and end */
  uint32_t round_rtt_us; /* the least in this RTT */
  uint64_t grown_acked;  /* acknowledged bytes that the limit has grown by */
  unsigned int rounds_without_gain;
  uint64_t squeezed_us;        /* since when the limit is as low as it may be; 0: it is not */
  unsigned int cycle, changes; /* of the limit */
  uint64_t changed_us;         /* last change of the limit */
  uint64_t bound_us;           /* when the limit was last reached */
  uint64_t probe_us;           /* when DRAINING or PROBING began */
  uint64_t probe_acked, polled_us;
  uint64_t free_until_us, retry_us;
  uint32_t unsent_bytes;
  int64_t credit; /* bytes that pacing lets through now */
  uint64_t paced_us, sent;
  uint64_t highest[2], memory_us; /* rate of this SVPN_INFLIGHT_MEMORY_US, and of the one before */
} SvpnInflight;

/* @cycle: SVPN_INFLIGHT_CYCLE_CLIENT or _SERVER. */
void svpn_inflight_init (SvpnInflight *inflight, unsigned int cycle);

/* Called before svpn_inflight_room() is asked: every few milliseconds while there is something to write, every one unless
 * FREE. */
void svpn_inflight_update (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us);

/* Bytes that may be written now; SIZE_MAX: any number. */
size_t svpn_inflight_room (const SvpnInflight *inflight, uint32_t outstanding_bytes);

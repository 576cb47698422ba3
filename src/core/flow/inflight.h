/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How many bytes a TCP connection may have in flight, so that they do not queue on the line. Pure: what TCP says of the
 * connection and the time are handed in.
 *
 * How it works: TCP fills whatever buffer the narrowest link has, and what we send with priority then waits behind what we
 * sent before. Slow start fills it before anybody notices, for its flight doubles with each RTT. So at the beginning there is a
 * limit that grows by three quarters an RTT at most, and not while the RTT is longer than its least. When the line has carried
 * no more for some RTTs, although it was given more, it is full: if a queue stands, we limit the flight, else we do not (as the
 * startup of HyStart++, RFC 9406, and of BBR end). On lines with a short RTT what doubles is soon seen: they have no limit at the
 * beginning.
 *
 * Once the RTT shows a queue, we limit the flight to the bandwidth-delay product of the line, plus what the
 * line carries in SVPN_INFLIGHT_TARGET_US, paced over the RTT. The delay is the base RTT, without a queue of ours; the bandwidth
 * comes from a windowed maximum filter over the measured rates of delivery. Now and then we probe for more bandwidth. If the
 * RTT exceeds the base by more than two targets nevertheless, the limit shrinks.
 *
 * An RTT contains the queues of both directions, and the peer does as we do, so the RTT may exceed the base by two targets.
 * Of two directions the one with more would keep it, if both went by shares of what they have; so the limit grows by a fixed
 * number of bytes, and shrinks by a share (additive increase, multiplicative decrease).
 *
 * If the limit has shrunk by half and the RTT stays long, we look whose queue it is: send nothing until all is acknowledged,
 * then measure the RTT of the next burst, which is the base from then on. If more than SVPN_INFLIGHT_FOREIGN_US of it are
 * others' queues, holding back gains nothing and would cost our share of the line, as it does with LEDBAT (RFC 6817, section
 * 4.3): then TCP goes on as it likes, and we try again later. */
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
#define SVPN_INFLIGHT_RETRY_MIN_US 10000000 /* pause after holding back was in vain; doubles each time */
#define SVPN_INFLIGHT_RETRY_MAX_US 60000000
#define SVPN_INFLIGHT_IDLE_US 5000000      /* a limit that was not reached for so long is lifted */
#define SVPN_INFLIGHT_STARTUP_RTT_US 10000 /* lines with a shorter RTT begin without a limit */
#define SVPN_INFLIGHT_INTERVAL_US 10000    /* between two changes of the limit, at least; else an RTT */
#define SVPN_INFLIGHT_MEASURE_US 40000     /* that the rate is measured over, at least; else two RTTs */
#define SVPN_INFLIGHT_WINDOW_US 10000000   /* of the maximum filter: a rate counts for one to two of them */

/* Of so many changes of the limit two probe for more bandwidth: not the same number at both ends, else they would do so at the
 * same time, and one would take what the other gains. */
#define SVPN_INFLIGHT_CYCLE_CLIENT 7
#define SVPN_INFLIGHT_CYCLE_SERVER 9

#define SVPN_INFLIGHT_STARTUP_BYTES 20000 /* that may be in flight however little the line has carried */
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
  SVPN_INFLIGHT_STARTUP, /* up to a limit that grows */
  SVPN_INFLIGHT_UNLIMITED,
  SVPN_INFLIGHT_LIMITED,     /* up to the limit */
  SVPN_INFLIGHT_DRAINING,    /* nothing, until all is acknowledged */
  SVPN_INFLIGHT_PROBING_RTT, /* a burst, whose RTT is measured */
} SvpnInflightState;

/* A windowed maximum filter: the highest value of the last window, and of the one before. */
typedef struct {
  uint64_t current, previous;
  uint64_t window_start_us;
} SvpnMaxFilter;

typedef struct {
  SvpnInflightState state;
  uint32_t base_us;     /* RTT without our own queue */
  uint64_t limit_bytes; /* while STARTUP or LIMITED */
  uint64_t rate_bytes_per_s;
  /* private */
  SvpnMaxFilter bandwidth; /* bytes/s */
  uint64_t measure_start_us, measure_start_acked;
  uint64_t round_us, round_acked; /* STARTUP: time and acknowledged bytes when this RTT began, */
  uint64_t round_end;             /* and what will be acknowledged when it ends */
  uint32_t round_rtt_us;          /* the least of it */
  uint64_t grown_acked;           /* acknowledged bytes that the limit has grown by */
  unsigned int rounds_without_gain;
  uint64_t low_since_us;       /* since when the limit is as low as it may be; 0: it is not */
  unsigned int cycle, changes; /* of the limit */
  uint64_t changed_us;         /* last change of the limit */
  uint64_t reached_us;         /* when the limit was last reached */
  uint64_t probe_us;           /* when DRAINING or PROBING_RTT began */
  uint64_t probe_acked, polled_us;
  uint64_t unlimited_until_us, retry_us;
  uint32_t unsent_bytes;
  int64_t pacing_credit; /* bytes that pacing lets through now */
  uint64_t paced_us, sent;
} SvpnInflight;

/* @cycle: SVPN_INFLIGHT_CYCLE_CLIENT or _SERVER. */
void svpn_inflight_init (SvpnInflight *inflight, unsigned int cycle);

/* Called before svpn_inflight_room() is asked: every few milliseconds while there is something to write, every one unless UNLIMITED. */
void svpn_inflight_update (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us);

/* Bytes that may be written now; SIZE_MAX: any number. */
size_t svpn_inflight_room (const SvpnInflight *inflight, uint32_t outstanding_bytes);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whether the other side is still there, and how well: the keepalive schedule, the three-state health machine, and what
 * echoes tell of the line. Pure: (event, now) -> actions and the next deadline. Each end of a session runs its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  SVPN_HEALTH_HEALTHY,
  SVPN_HEALTH_DEGRADED,
  SVPN_HEALTH_CRITICAL,
} SvpnHealth;
#define SVPN_HEALTH_STATES 3

/* Defaults. A check is one KEEPALIVE and its echo. It is bad if
 * - it is not answered within the timeout (an echo that comes with it or later is late), or
 * - its RTT is over the threshold, or
 * - loss is over the threshold: of the last SVPN_KEEPALIVE_WINDOW checks, itself included, more than that share timed
 *   out. Checks that were not made yet count as answered here. So it takes five timeouts among the last twenty, with
 *   the defaults; one timeout among the first few checks does not matter, and a line that answers is free of them when
 *   they leave the window. */
#define SVPN_KEEPALIVE_INTERVAL_HEALTHY_MS 60000
#define SVPN_KEEPALIVE_INTERVAL_DEGRADED_MS 30000
#define SVPN_KEEPALIVE_INTERVAL_CRITICAL_MS 10000
#define SVPN_KEEPALIVE_TIMEOUT_MS 5000
#define SVPN_KEEPALIVE_RTT_THRESHOLD_MS 500
#define SVPN_KEEPALIVE_LOSS_THRESHOLD_PERMILLE 200
#define SVPN_KEEPALIVE_BAD_TO_LOWER 2  /* bad checks in a row that lower the state by one */
#define SVPN_KEEPALIVE_GOOD_TO_RAISE 3 /* good checks in a row that raise it by one */
#define SVPN_KEEPALIVE_DEAD_TIMEOUTS 3 /* timeouts in a row, in critical, that mean the peer is dead */
#define SVPN_KEEPALIVE_WINDOW 20       /* checks that the loss ratio is taken over */
#define SVPN_KEEPALIVE_PROBE_MIN_MS 1000
#define SVPN_KEEPALIVE_PROBE_RTTS 4
#define SVPN_KEEPALIVE_HISTORY 32 /* checks that telemetry shows */

/* Idle guard: proxies cut connections without traffic, so after this long without sending anything a padding frame goes
 * out. */
#define SVPN_IDLE_GUARD_MIN_MS 20000
#define SVPN_IDLE_GUARD_MAX_MS 30000

/* Times are 1 ms at least. */
typedef struct {
  uint32_t interval_ms[SVPN_HEALTH_STATES]; /* between the sendings of two checks; one is out at a time */
  uint32_t timeout_ms;
  uint32_t rtt_threshold_ms;
  uint32_t loss_threshold_permille;
} SvpnKeepaliveConfig;

#define SVPN_KEEPALIVE_CONFIG_DEFAULT                                                                        \
  ((SvpnKeepaliveConfig){ { SVPN_KEEPALIVE_INTERVAL_HEALTHY_MS, SVPN_KEEPALIVE_INTERVAL_DEGRADED_MS,         \
                            SVPN_KEEPALIVE_INTERVAL_CRITICAL_MS },                                           \
                          SVPN_KEEPALIVE_TIMEOUT_MS,                                                         \
                          SVPN_KEEPALIVE_RTT_THRESHOLD_MS,                                                   \
                          SVPN_KEEPALIVE_LOSS_THRESHOLD_PERMILLE })

/* One past check, for telemetry. */
typedef struct {
  uint64_t sent_us;
  uint32_t rtt_us; /* UINT32_MAX: timed out */
  bool bad;
} SvpnKeepaliveCheck;

/* Of the line, where has_rtt: the last RTT; srtt_us and rttvar_us as RFC 6298 section 2 has them (alpha 1/8, beta 1/4);
 * jitter_us as RFC 3550 section 6.4.1, J += (|D| - J) / 16, where D, there the difference of two packets' transit
 * times, is the difference of the RTTs of two answered checks, one after the other (those that timed out between them
 * have none). 0 at the first. */
typedef struct {
  SvpnKeepaliveConfig config;
  SvpnHealth health;
  uint64_t last_now_us;
  uint64_t last_send_us;                /* of the last check, 0: none */
  uint64_t next_send_us;                /* when the next check is due; it waits while one is outstanding */
  uint64_t outstanding_us;              /* send time of the check that waits for its echo, 0: none */
  uint64_t timeout_at_us;               /* of the outstanding check */
  unsigned int bad_in_row, good_in_row; /* in this state of health */
  unsigned int timeouts_in_row;         /* in critical */
  bool dead;
  bool has_rtt;
  double srtt_us, rttvar_us, jitter_us, last_rtt_us;
  SvpnKeepaliveCheck history[SVPN_KEEPALIVE_HISTORY]; /* ring; the newest is before history_next */
  unsigned int history_next, history_size;
  uint64_t sent, answered, timed_out, forgotten; /* sent: the other three and the one that is out */
  uint64_t guard_deadline_us;
  bool probing; /* see svpn_keepalive_probe() */
} SvpnKeepalive;

/* A silent death stays unnoticed for 215 s at most, with the defaults, from the sending of the last good check on. In each
 * state the checks are an interval apart (or the timeout, if that is longer); two lower it to degraded, two to critical,
 * and three more end it, the last one with its timeout. */

/* Actions for the caller. All false: nothing to do. */
typedef struct {
  bool send; /* a KEEPALIVE with this timestamp */
  uint64_t timestamp;
  bool send_padding;   /* the idle guard: a small PADDING frame */
  bool health_changed; /* from old_health to keepalive->health */
  SvpnHealth old_health;
  bool dead; /* the peer is dead: end the session. Reported once; nothing follows. */
} SvpnKeepaliveActions;

/* Times are of the boot-time clock (CLOCK_BOOTTIME, which goes on in suspend), in microseconds, not 0; one that goes
 * back counts as standing still. The deadline may change in any call.
 *
 * A call that comes later than the deadline by more than the timeout shows that the machine slept. That time is not
 * counted against the peer: the check that was out is forgotten, with its echo, and a new one is due at once. */

/* The first check is due at once. @random: any random number (for the idle guard's jitter). */
void svpn_keepalive_init (SvpnKeepalive *keepalive, const SvpnKeepaliveConfig *config, uint64_t now_us,
                          uint32_t random);

/* Other settings from now on; the next check is due as they have it. */
void svpn_keepalive_set_config (SvpnKeepalive *keepalive, const SvpnKeepaliveConfig *config, uint64_t now_us);

/* Called when svpn_keepalive_deadline() has come, and at any other time without harm. */
SvpnKeepaliveActions svpn_keepalive_on_timer (SvpnKeepalive *keepalive, uint64_t now_us, uint32_t random);

/* Called on a KEEPALIVE_ACK. One that answers nothing outstanding (never sent, or already timed out) changes nothing.
 * Never asks for anything to be sent: the deadline may be now, though. */
SvpnKeepaliveActions svpn_keepalive_on_ack (SvpnKeepalive *keepalive, uint64_t timestamp, uint64_t now_us);

/* Called when there is reason to doubt that the line works: a check is due at once, and until one is answered they follow
 * each other quickly, with a timeout of SVPN_KEEPALIVE_PROBE_RTTS round trips, SVPN_KEEPALIVE_PROBE_MIN_MS at least. So
 * a dead line is found in seconds. Again in the meantime: without effect. */
void svpn_keepalive_probe (SvpnKeepalive *keepalive, uint64_t now_us);

/* Called when anything was sent: moves the idle guard. */
void svpn_keepalive_on_sent (SvpnKeepalive *keepalive, uint64_t now_us, uint32_t random);

/* When svpn_keepalive_on_timer() wants to be called next; UINT64_MAX once the peer is dead. */
uint64_t svpn_keepalive_deadline (const SvpnKeepalive *keepalive);

/* Share of timeouts among the last SVPN_KEEPALIVE_WINDOW checks that were made, 0..1; 0 before the first. */
double svpn_keepalive_loss_ratio (const SvpnKeepalive *keepalive);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Keepalive and health.
 *
 * How it works
 *
 *   One check at a time is out. It is sent when next_send_us has come, and resolved by its echo or its timeout; then
 *   the next one is due an interval after it was sent, the interval being that of the state of health that this result
 *   led to.
 *
 *                  2 bad               2 bad               3 timeouts
 *        healthy ---------> degraded ---------> critical ------------> dead
 *          60 s  <---------   30 s   <---------   10 s
 *                  3 good              3 good
 *
 *   All of these are in a row, and each state begins to count from 0. In critical an answered check may be bad (slow, or
 *   among many losses) and keeps the line critical, but only silence ends it.
 *
 *   The idle guard is a deadline of its own beside it; anything that is sent, a check too, moves it. */
#include "keepalive.h"

#include <math.h>

#define US_PER_MS 1000ULL
#define TIMED_OUT UINT32_MAX

_Static_assert(SVPN_KEEPALIVE_WINDOW <= SVPN_KEEPALIVE_HISTORY, "the window lies in the history");

uint64_t
svpn_keepalive_deadline (const SvpnKeepalive *keepalive)
{
  uint64_t check = keepalive->outstanding_us != 0 ? keepalive->timeout_at_us : keepalive->next_send_us;

  if (keepalive->dead)
    return UINT64_MAX;
  return check < keepalive->guard_deadline_us ? check : keepalive->guard_deadline_us;
}

/* The time that counts, which never goes back. Notices that the machine slept, see the header. */
static uint64_t
advance (SvpnKeepalive *keepalive, uint64_t now_us)
{
  uint64_t now = now_us > keepalive->last_now_us ? now_us : keepalive->last_now_us;
  uint64_t deadline = svpn_keepalive_deadline (keepalive);

  keepalive->last_now_us = now;
  if (now > deadline && now - deadline > keepalive->config.timeout_ms * US_PER_MS) {
    if (keepalive->outstanding_us != 0)
      keepalive->forgotten++;
    keepalive->outstanding_us = 0;
    keepalive->next_send_us = now;
  }
  return now;
}

/* How long a check is waited for. */
static uint64_t
timeout_us (const SvpnKeepalive *keepalive)
{
  uint64_t whole = keepalive->config.timeout_ms * US_PER_MS;
  double quick = keepalive->srtt_us * SVPN_KEEPALIVE_PROBE_RTTS;

  if (quick < SVPN_KEEPALIVE_PROBE_MIN_MS * US_PER_MS)
    quick = SVPN_KEEPALIVE_PROBE_MIN_MS * US_PER_MS;
  return keepalive->probing && quick < (double) whole ? (uint64_t) quick : whole;
}

static void
schedule (SvpnKeepalive *keepalive, uint64_t now)
{
  uint64_t interval_us = keepalive->probing ? timeout_us (keepalive)
                                            : keepalive->config.interval_ms[keepalive->health] * US_PER_MS;
  uint64_t due = keepalive->last_send_us + interval_us;

  keepalive->next_send_us = due > now ? due : now;
}

static void
move_guard (SvpnKeepalive *keepalive, uint64_t now, uint32_t random)
{
  uint64_t span = (SVPN_IDLE_GUARD_MAX_MS - SVPN_IDLE_GUARD_MIN_MS) * US_PER_MS + 1;

  keepalive->guard_deadline_us = now + SVPN_IDLE_GUARD_MIN_MS * US_PER_MS + (random * span >> 32);
}

/* Checks that the window holds, and how many of them timed out. */
static unsigned int
read_window (const SvpnKeepalive *keepalive, unsigned int *timeouts)
{
  unsigned int size
      = keepalive->history_size < SVPN_KEEPALIVE_WINDOW ? keepalive->history_size : SVPN_KEEPALIVE_WINDOW;

  *timeouts = 0;
  for (unsigned int i = 1; i <= size; i++) {
    unsigned int at = (keepalive->history_next + SVPN_KEEPALIVE_HISTORY - i) % SVPN_KEEPALIVE_HISTORY;

    if (keepalive->history[at].rtt_us == TIMED_OUT)
      (*timeouts)++;
  }
  return size;
}

/* The check is in the history already. */
static bool
is_bad (const SvpnKeepalive *keepalive, uint32_t rtt_us)
{
  const SvpnKeepaliveConfig *config = &keepalive->config;
  unsigned int timeouts;

  read_window (keepalive, &timeouts);
  return rtt_us == TIMED_OUT || rtt_us > config->rtt_threshold_ms * US_PER_MS
         || timeouts * 1000ULL > (uint64_t) config->loss_threshold_permille * SVPN_KEEPALIVE_WINDOW;
}

static void
enter_health (SvpnKeepalive *keepalive, SvpnHealth health, SvpnKeepaliveActions *actions)
{
  actions->health_changed = true;
  actions->old_health = keepalive->health;
  keepalive->health = health;
  keepalive->bad_in_row = keepalive->good_in_row = keepalive->timeouts_in_row = 0;
}

static void
count_bad (SvpnKeepalive *keepalive, SvpnKeepaliveActions *actions)
{
  keepalive->good_in_row = 0;
  keepalive->bad_in_row++;
  if (keepalive->bad_in_row >= SVPN_KEEPALIVE_BAD_TO_LOWER && keepalive->health != SVPN_HEALTH_CRITICAL)
    enter_health (keepalive, keepalive->health + 1, actions);
}

static void
count_good (SvpnKeepalive *keepalive, SvpnKeepaliveActions *actions)
{
  keepalive->bad_in_row = 0;
  keepalive->good_in_row++;
  if (keepalive->good_in_row >= SVPN_KEEPALIVE_GOOD_TO_RAISE && keepalive->health != SVPN_HEALTH_HEALTHY)
    enter_health (keepalive, keepalive->health - 1, actions);
}

/* Called when the outstanding check was answered or timed out. */
static void
resolve (SvpnKeepalive *keepalive, uint32_t rtt_us, uint64_t now, SvpnKeepaliveActions *actions)
{
  SvpnKeepaliveCheck *check = &keepalive->history[keepalive->history_next];

  *check = (SvpnKeepaliveCheck){ .sent_us = keepalive->outstanding_us, .rtt_us = rtt_us };
  keepalive->outstanding_us = 0;
  keepalive->history_next = (keepalive->history_next + 1) % SVPN_KEEPALIVE_HISTORY;
  if (keepalive->history_size < SVPN_KEEPALIVE_HISTORY)
    keepalive->history_size++;

  check->bad = is_bad (keepalive, rtt_us);
  if (check->bad)
    count_bad (keepalive, actions);
  else
    count_good (keepalive, actions);
  schedule (keepalive, now);
}

/* Called when the outstanding check's timeout has come. */
static void
time_out (SvpnKeepalive *keepalive, uint64_t now, SvpnKeepaliveActions *actions)
{
  bool was_critical = keepalive->health == SVPN_HEALTH_CRITICAL;

  keepalive->timed_out++;
  resolve (keepalive, TIMED_OUT, now, actions);
  if (was_critical)
    keepalive->timeouts_in_row++;
  if (keepalive->timeouts_in_row == SVPN_KEEPALIVE_DEAD_TIMEOUTS)
    keepalive->dead = actions->dead = true;
}

static void
measure (SvpnKeepalive *keepalive, double rtt_us)
{
  if (!keepalive->has_rtt) {
    keepalive->has_rtt = true;
    keepalive->srtt_us = rtt_us;
    keepalive->rttvar_us = rtt_us / 2;
  } else {
    keepalive->rttvar_us += (fabs (keepalive->srtt_us - rtt_us) - keepalive->rttvar_us) / 4;
    keepalive->srtt_us += (rtt_us - keepalive->srtt_us) / 8;
    keepalive->jitter_us += (fabs (rtt_us - keepalive->last_rtt_us) - keepalive->jitter_us) / 16;
  }
  keepalive->last_rtt_us = rtt_us;
}

static void
send_check (SvpnKeepalive *keepalive, uint64_t now, SvpnKeepaliveActions *actions)
{
  actions->send = true;
  actions->timestamp = now;
  keepalive->sent++;
  keepalive->last_send_us = keepalive->outstanding_us = now;
  keepalive->timeout_at_us = now + timeout_us (keepalive);
  schedule (keepalive, now);
}

void
svpn_keepalive_probe (SvpnKeepalive *keepalive, uint64_t now_us)
{
  uint64_t now = advance (keepalive, now_us);

  if (keepalive->dead || keepalive->probing)
    return;
  keepalive->probing = true;
  if (keepalive->outstanding_us == 0)
    keepalive->next_send_us = now;
  else if (keepalive->timeout_at_us > now + timeout_us (keepalive))
    keepalive->timeout_at_us = now + timeout_us (keepalive);
}

void
svpn_keepalive_init (SvpnKeepalive *keepalive, const SvpnKeepaliveConfig *config, uint64_t now_us,
                     uint32_t random)
{
  *keepalive = (SvpnKeepalive){ .config = *config, .last_now_us = now_us, .next_send_us = now_us };
  move_guard (keepalive, now_us, random);
}

void
svpn_keepalive_set_config (SvpnKeepalive *keepalive, const SvpnKeepaliveConfig *config, uint64_t now_us)
{
  uint64_t now = advance (keepalive, now_us);

  keepalive->config = *config;
  if (keepalive->last_send_us != 0 && keepalive->outstanding_us == 0)
    schedule (keepalive, now);
}

SvpnKeepaliveActions
svpn_keepalive_on_timer (SvpnKeepalive *keepalive, uint64_t now_us, uint32_t random)
{
  SvpnKeepaliveActions actions = { 0 };
  uint64_t now = advance (keepalive, now_us);

  if (keepalive->outstanding_us != 0 && now >= keepalive->timeout_at_us)
    time_out (keepalive, now, &actions);
  if (keepalive->dead)
    return actions;

  if (keepalive->outstanding_us == 0 && now >= keepalive->next_send_us)
    send_check (keepalive, now, &actions);
  else if (now >= keepalive->guard_deadline_us)
    actions.send_padding = true;
  if (actions.send || actions.send_padding)
    move_guard (keepalive, now, random);
  return actions;
}

SvpnKeepaliveActions
svpn_keepalive_on_ack (SvpnKeepalive *keepalive, uint64_t timestamp, uint64_t now_us)
{
  SvpnKeepaliveActions actions = { 0 };
  uint64_t now = advance (keepalive, now_us), rtt_us;

  if (keepalive->outstanding_us == 0 || timestamp != keepalive->outstanding_us
      || now >= keepalive->timeout_at_us)
    return actions;

  rtt_us = now - timestamp;
  keepalive->probing = false;
  keepalive->answered++;
  keepalive->timeouts_in_row = 0;
  measure (keepalive, (double) rtt_us);
  resolve (keepalive, rtt_us < TIMED_OUT ? (uint32_t) rtt_us : TIMED_OUT - 1, now, &actions);
  return actions;
}

void
svpn_keepalive_on_sent (SvpnKeepalive *keepalive, uint64_t now_us, uint32_t random)
{
  move_guard (keepalive, advance (keepalive, now_us), random);
}

double
svpn_keepalive_loss_ratio (const SvpnKeepalive *keepalive)
{
  unsigned int timeouts, size = read_window (keepalive, &timeouts);

  return size > 0 ? (double) timeouts / size : 0;
}

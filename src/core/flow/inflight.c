/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The limit of the bytes in flight. */
#include "inflight.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define SECOND_US 1000000
#define MEASURE_MAX_US 2000000
#define STEP_PART 8           /* a change moves the limit by at most one part in so many */
#define INCREASE_BYTES 6000   /* and up by so many bytes, unless it probes */
#define PROBE_PART 4          /* a probe goes beyond the bandwidth-delay product by one part in so many */
#define DRAIN_MAX_US 500000   /* how much longer than two RTTs it may take until all is acknowledged */
#define POLL_GAP_MAX_US 5000  /* if nobody has looked for that long, the RTT of the burst is not known */
#define GROWTH_QUEUE_US 45000 /* within 40 and 75 % of the RTT */
#define QUEUED_ROUNDS 2   /* without a gain, until the line is taken to carry no more: if a queue stands, */
#define UNQUEUED_ROUNDS 3 /* and if none does */
#define PACING_PERMILLE 1250 /* of the limit in an RTT */
#define BURST_US 2000        /* of the pacing rate, let through at once */
#define BURST_MIN_BYTES 3000

void
svpn_inflight_init (SvpnInflight *inflight, unsigned int cycle)
{
  *inflight = (SvpnInflight){ .state = SVPN_INFLIGHT_STARTUP,
                              .limit_bytes = SVPN_INFLIGHT_STARTUP_BYTES,
                              .cycle = cycle,
                              .retry_us = SVPN_INFLIGHT_RETRY_MIN_US };
}

static void
restart_measurement (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  inflight->measure_start_us = now_us;
  inflight->measure_start_acked = sample->acked_bytes;
}

static void
max_filter_reset (SvpnMaxFilter *filter, uint64_t value, uint64_t now_us)
{
  *filter = (SvpnMaxFilter){ .current = value, .window_start_us = now_us };
}

static void
max_filter_update (SvpnMaxFilter *filter, uint64_t value, uint64_t now_us)
{
  if (now_us - filter->window_start_us > SVPN_INFLIGHT_WINDOW_US) {
    filter->previous = filter->current;
    filter->current = 0;
    filter->window_start_us = now_us;
  }
  filter->current = MAX (filter->current, value);
}

static uint64_t
max_filter_get (const SvpnMaxFilter *filter)
{
  return MAX (filter->current, filter->previous);
}

/* The rate at which bytes are acknowledged while there are always more; true when it is new. */
static bool
measure_rate (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint64_t elapsed_us = now_us - inflight->measure_start_us;

  if (!sample->backlogged || sample->outstanding_bytes == 0 || elapsed_us > MEASURE_MAX_US) {
    restart_measurement (inflight, sample, now_us);
    return false;
  }
  if (elapsed_us < MIN (MAX (SVPN_INFLIGHT_MEASURE_US, 2 * (uint64_t) sample->rtt_us), MEASURE_MAX_US / 2))
    return false;
  inflight->rate_bytes_per_s = (sample->acked_bytes - inflight->measure_start_acked) * SECOND_US / elapsed_us;
  max_filter_update (&inflight->bandwidth, inflight->rate_bytes_per_s, now_us);
  restart_measurement (inflight, sample, now_us);
  return true;
}

/* The bandwidth-delay product of the line, plus the queue that we allow ourselves on it. */
static uint64_t
bandwidth_delay_product (uint64_t rate_bytes_per_s, uint32_t base_us)
{
  return rate_bytes_per_s * (base_us + SVPN_INFLIGHT_TARGET_US) / SECOND_US;
}

static void
set_limit (SvpnInflight *inflight, uint64_t limit_bytes, uint64_t now_us)
{
  inflight->limit_bytes = MAX (limit_bytes, SVPN_INFLIGHT_MIN_BYTES);
  inflight->changed_us = now_us;
}

static void
limit (SvpnInflight *inflight, const SvpnInflightSample *sample, uint32_t base_us, uint64_t now_us)
{
  inflight->state = SVPN_INFLIGHT_LIMITED;
  inflight->base_us = base_us;
  inflight->low_since_us = 0;
  inflight->reached_us = inflight->probe_us = now_us;
  max_filter_reset (&inflight->bandwidth, inflight->rate_bytes_per_s, now_us);
  restart_measurement (inflight, sample, now_us);
  set_limit (inflight, bandwidth_delay_product (inflight->rate_bytes_per_s, base_us), now_us);
}

static void
begin_round (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  inflight->round_us = now_us;
  inflight->round_acked = sample->acked_bytes;
  inflight->round_end = sample->acked_bytes + sample->outstanding_bytes - sample->unsent_bytes;
  inflight->round_rtt_us = UINT32_MAX;
}

/* Called when something is acknowledged that was sent after the beginning of the round. True if the line carried notably more
 * than ever before. */
static bool
end_round (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint64_t acked = sample->acked_bytes - inflight->round_acked;
  uint64_t rate = acked * SECOND_US / MAX (now_us - inflight->round_us, 1);
  bool is_gain = rate > inflight->rate_bytes_per_s + inflight->rate_bytes_per_s / 4;

  inflight->rate_bytes_per_s = MAX (inflight->rate_bytes_per_s, rate);
  begin_round (inflight, sample, now_us);
  return is_gain;
}

/* Begins as if nothing was known but what the line has carried lately. */
static void
restart (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  inflight->state = SVPN_INFLIGHT_STARTUP;
  inflight->rounds_without_gain = 0;
  inflight->rate_bytes_per_s = max_filter_get (&inflight->bandwidth);
  inflight->grown_acked = sample->acked_bytes;
  begin_round (inflight, sample, now_us);
}

/* Whether as much is in flight as may be, for there is more. */
static bool
is_reached (const SvpnInflight *inflight, const SvpnInflightSample *sample)
{
  return sample->backlogged && 4 * (uint64_t) sample->outstanding_bytes >= 3 * inflight->limit_bytes;
}

/* How much longer the RTT must be for a queue to be its cause (as RFC 9406, section 4.2). */
static uint32_t
get_queueing_us (const SvpnInflightSample *sample)
{
  return MAX (sample->min_rtt_us / 8, SVPN_INFLIGHT_TARGET_US / 2);
}

/* Raises the limit by a part of what was acknowledged, so that what may come to queue in the RTT until that is seen takes about
 * GROWTH_QUEUE_US. Not while something queues. */
static void
grow (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint32_t base_us = sample->min_rtt_us;
  uint32_t growth_us = MIN (MAX (GROWTH_QUEUE_US, base_us * 2 / 5), base_us * 3 / 4);
  uint64_t acked = sample->acked_bytes - inflight->grown_acked;

  inflight->grown_acked = sample->acked_bytes;
  if (is_reached (inflight, sample))
    inflight->reached_us = now_us;
  if (now_us - inflight->reached_us > sample->rtt_us)
    return; /* what is acknowledged now was sent under no limit */
  if (sample->rtt_us < base_us + get_queueing_us (sample))
    inflight->limit_bytes += acked * growth_us / base_us;
}

static void
update_startup (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint32_t round_rtt_us = MIN (inflight->round_rtt_us, sample->rtt_us);

  if (sample->min_rtt_us < SVPN_INFLIGHT_STARTUP_RTT_US) {
    inflight->state = SVPN_INFLIGHT_UNLIMITED;
    return;
  }
  grow (inflight, sample, now_us);
  inflight->round_rtt_us = round_rtt_us;
  if (sample->acked_bytes <= inflight->round_end)
    return;
  bool was_reached = inflight->reached_us >= inflight->round_us;

  if (end_round (inflight, sample, now_us) || !was_reached)
    inflight->rounds_without_gain = 0;
  else if (++inflight->rounds_without_gain >= QUEUED_ROUNDS
           && round_rtt_us > sample->min_rtt_us + get_queueing_us (sample))
    limit (inflight, sample, sample->min_rtt_us, now_us);
  else if (inflight->rounds_without_gain >= UNQUEUED_ROUNDS)
    inflight->state = SVPN_INFLIGHT_UNLIMITED;
}

/* Called when the queue turned out to be others'. */
static void
give_up (SvpnInflight *inflight, uint64_t now_us)
{
  inflight->state = SVPN_INFLIGHT_UNLIMITED;
  inflight->unlimited_until_us = now_us + inflight->retry_us;
  inflight->retry_us = MIN (2 * inflight->retry_us, SVPN_INFLIGHT_RETRY_MAX_US);
}

static void
update_unlimited (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  if (measure_rate (inflight, sample, now_us) && now_us >= inflight->unlimited_until_us
      && sample->rtt_us > (uint64_t) sample->min_rtt_us + SVPN_INFLIGHT_NOTICE_US)
    limit (inflight, sample, sample->min_rtt_us, now_us);
}

/* Follows the RTT, which may contain our queue and the peer's: additive increase, multiplicative decrease, so that neither
 * direction keeps more of it for long. */
static void
change_limit (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint64_t goal_us = inflight->base_us + 2 * SVPN_INFLIGHT_TARGET_US;
  uint64_t bdp = bandwidth_delay_product (max_filter_get (&inflight->bandwidth), inflight->base_us);
  uint64_t limit_bytes = inflight->limit_bytes, step = limit_bytes / STEP_PART;
  uint64_t floor = bdp / 2; /* until we know whose queue it is */
  bool is_unqueued = sample->rtt_us < inflight->base_us + SVPN_INFLIGHT_TARGET_US / 2;
  bool is_probing = ++inflight->changes % inflight->cycle < 2 || is_unqueued;
  uint64_t ceiling = bdp + (is_probing ? bdp / PROBE_PART : 0) + INCREASE_BYTES;

  if (sample->rtt_us > goal_us)
    limit_bytes = MAX (limit_bytes * goal_us / sample->rtt_us, limit_bytes - step);
  else
    limit_bytes += is_probing ? step : MIN (INCREASE_BYTES, step);
  set_limit (inflight, MAX (MIN (limit_bytes, ceiling), floor), now_us);
  if (inflight->limit_bytes > floor + floor / 4)
    inflight->low_since_us = 0;
  else if (inflight->low_since_us == 0)
    inflight->low_since_us = now_us;
}

static void
drain (SvpnInflight *inflight, uint64_t now_us)
{
  inflight->state = SVPN_INFLIGHT_DRAINING;
  inflight->probe_us = now_us;
}

/* Whether it is time to look whose queue it is. */
static bool
is_in_doubt (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  if (inflight->low_since_us != 0
      && now_us - inflight->low_since_us > MAX (SVPN_INFLIGHT_PATIENCE_US, 2 * (uint64_t) sample->rtt_us))
    return true;
  return inflight->base_us > sample->min_rtt_us + SVPN_INFLIGHT_TARGET_US / 2
         && now_us - inflight->probe_us > SVPN_INFLIGHT_RECHECK_US;
}

static void
update_limited (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  bool reached = is_reached (inflight, sample);

  (void) measure_rate (inflight, sample, now_us);
  if (reached)
    inflight->reached_us = now_us;
  else if (now_us - inflight->reached_us > SVPN_INFLIGHT_IDLE_US) {
    inflight->retry_us = SVPN_INFLIGHT_RETRY_MIN_US;
    restart (inflight, sample, now_us);
    return;
  }
  inflight->base_us = MIN (inflight->base_us, sample->rtt_us);
  if (!reached || now_us - inflight->changed_us < MAX (sample->rtt_us, SVPN_INFLIGHT_INTERVAL_US))
    return;
  if (is_in_doubt (inflight, sample, now_us))
    drain (inflight, now_us);
  else
    change_limit (inflight, sample, now_us);
}

static void
update_draining (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  if (!sample->backlogged || now_us - inflight->probe_us > 2 * (uint64_t) sample->rtt_us + DRAIN_MAX_US) {
    limit (inflight, sample, inflight->base_us, now_us);
    return;
  }
  if (sample->outstanding_bytes > 0)
    return;
  inflight->state = SVPN_INFLIGHT_PROBING_RTT;
  inflight->probe_us = inflight->polled_us = now_us;
  inflight->probe_acked = sample->acked_bytes;
}

static void
update_probing_rtt (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint64_t rtt_us = now_us - inflight->probe_us;

  if (now_us - inflight->polled_us > MAX (POLL_GAP_MAX_US, sample->rtt_us / 4)) {
    limit (inflight, sample, inflight->base_us, now_us);
    return;
  }
  inflight->polled_us = now_us;
  if (sample->acked_bytes == inflight->probe_acked && rtt_us < 4 * (uint64_t) sample->rtt_us + DRAIN_MAX_US)
    return;
  if (rtt_us > (uint64_t) sample->min_rtt_us + SVPN_INFLIGHT_FOREIGN_US)
    give_up (inflight, now_us);
  else {
    inflight->retry_us = SVPN_INFLIGHT_RETRY_MIN_US;
    limit (inflight, sample, MAX ((uint32_t) rtt_us, sample->min_rtt_us), now_us);
  }
}

/* Spreads what the limit allows over the RTT: in bursts, acknowledgements would wait behind the other direction's bursts, and
 * the two links would stand still by turns. */
static void
pace (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  uint64_t sent = sample->acked_bytes + sample->outstanding_bytes;
  uint64_t rate = inflight->limit_bytes * PACING_PERMILLE / MAX (sample->rtt_us, 1000) * (SECOND_US / 1000);
  int64_t burst = MAX (rate * BURST_US / SECOND_US, BURST_MIN_BYTES);

  if (inflight->state == SVPN_INFLIGHT_LIMITED) {
    inflight->pacing_credit += rate * (now_us - inflight->paced_us) / SECOND_US;
    inflight->pacing_credit = MIN (inflight->pacing_credit, burst) - (int64_t) (sent - inflight->sent);
  } else
    inflight->pacing_credit = burst;
  inflight->paced_us = now_us;
  inflight->sent = sent;
}

void
svpn_inflight_update (SvpnInflight *inflight, const SvpnInflightSample *sample, uint64_t now_us)
{
  pace (inflight, sample, now_us);
  inflight->unsent_bytes = sample->unsent_bytes;
  switch (inflight->state) {
  case SVPN_INFLIGHT_STARTUP:
    update_startup (inflight, sample, now_us);
    return;
  case SVPN_INFLIGHT_UNLIMITED:
    update_unlimited (inflight, sample, now_us);
    return;
  case SVPN_INFLIGHT_LIMITED:
    update_limited (inflight, sample, now_us);
    return;
  case SVPN_INFLIGHT_DRAINING:
    update_draining (inflight, sample, now_us);
    return;
  case SVPN_INFLIGHT_PROBING_RTT:
    update_probing_rtt (inflight, sample, now_us);
    return;
  }
}

size_t
svpn_inflight_room (const SvpnInflight *inflight, uint32_t outstanding_bytes)
{
  switch (inflight->state) {
  case SVPN_INFLIGHT_STARTUP:
    return outstanding_bytes < inflight->limit_bytes ? inflight->limit_bytes - outstanding_bytes : 0;
  case SVPN_INFLIGHT_UNLIMITED:
    return SIZE_MAX;
  case SVPN_INFLIGHT_LIMITED:
    if (outstanding_bytes >= inflight->limit_bytes || inflight->pacing_credit <= 0
        || inflight->unsent_bytes > SVPN_INFLIGHT_UNSENT_BYTES)
      return 0;
    return MIN (inflight->limit_bytes - outstanding_bytes, (uint64_t) inflight->pacing_credit);
  case SVPN_INFLIGHT_DRAINING:
    return 0;
  case SVPN_INFLIGHT_PROBING_RTT:
    return outstanding_bytes < inflight->limit_bytes / 2 ? inflight->limit_bytes / 2 - outstanding_bytes : 0;
  }
  return SIZE_MAX;
}

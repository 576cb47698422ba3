/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Dead peer detection, and the line's quality. */
#include "dpd.h"
#include "random-pool.h"

/* When nothing has come back to packets for so many round trips, and for this time at least, we doubt that the line works. */
#define UNHEARD_MIN_US (2 * G_USEC_PER_SEC)
#define UNHEARD_RTTS 6

struct _SvpnDpd {
  SvpnKeepalive keepalive;
  SvpnClock *clock;
  SvpnTimer *timer;
  guint64 armed_us; /* for the machine's deadline, or earlier: it may have moved */
  const SvpnDpdEvents *events;
  gpointer user_data;
  gboolean heard;     /* since packets were last sent */
  guint64 unheard_us; /* when packets were first sent since we last heard anything; 0: never */
};

const char *
svpn_health_to_string (SvpnHealth health)
{
  switch (health) {
  case SVPN_HEALTH_HEALTHY:
    return "healthy";
  case SVPN_HEALTH_DEGRADED:
    return "degraded";
  case SVPN_HEALTH_CRITICAL:
    return "critical";
  }
  g_return_val_if_reached ("");
}

static void
arm_timer (SvpnDpd *dpd)
{
  guint64 deadline_us = svpn_keepalive_deadline (&dpd->keepalive);

  dpd->armed_us = deadline_us;
  if (deadline_us != G_MAXUINT64)
    svpn_timer_arm_at (dpd->timer, deadline_us);
  else
    svpn_timer_disarm (dpd->timer);
}

static void
do_actions (SvpnDpd *dpd, const SvpnKeepaliveActions *actions)
{
  arm_timer (dpd);
  if (actions->health_changed) {
    g_message ("line health: %s -> %s", svpn_health_to_string (actions->old_health),
               svpn_health_to_string (dpd->keepalive.health));
    dpd->events->health_changed (dpd->keepalive.health, actions->old_health, dpd->user_data);
  }
  if (actions->send)
    dpd->events->send_keepalive (actions->timestamp, dpd->user_data);
  if (actions->send_padding)
    dpd->events->send_padding (dpd->user_data);
  if (actions->dead)
    dpd->events->dead (dpd->user_data);
}

static void
on_timer (gpointer user_data)
{
  SvpnDpd *dpd = user_data;
  SvpnKeepaliveActions actions
      = svpn_keepalive_on_timer (&dpd->keepalive, svpn_clock_boot_us (dpd->clock), svpn_random_u32 ());

  do_actions (dpd, &actions);
}

SvpnDpd *
svpn_dpd_new (const SvpnKeepaliveConfig *config, SvpnClock *clock, const SvpnDpdEvents *events,
              gpointer user_data)
{
  SvpnDpd *dpd = g_new0 (SvpnDpd, 1);

  dpd->events = events;
  dpd->user_data = user_data;
  dpd->clock = clock;
  dpd->timer = svpn_timer_new (clock, on_timer, dpd);
  svpn_keepalive_init (&dpd->keepalive, config, svpn_clock_boot_us (dpd->clock), svpn_random_u32 ());
  arm_timer (dpd);
  return dpd;
}

void
svpn_dpd_free (SvpnDpd *dpd)
{
  svpn_timer_free (dpd->timer);
  g_free (dpd);
}

void
svpn_dpd_set_config (SvpnDpd *dpd, const SvpnKeepaliveConfig *config)
{
  svpn_keepalive_set_config (&dpd->keepalive, config, svpn_clock_boot_us (dpd->clock));
  arm_timer (dpd);
}

void
svpn_dpd_on_ack (SvpnDpd *dpd, guint64 timestamp)
{
  SvpnKeepaliveActions actions
      = svpn_keepalive_on_ack (&dpd->keepalive, timestamp, svpn_clock_boot_us (dpd->clock));

  do_actions (dpd, &actions);
}

void
svpn_dpd_on_heard (SvpnDpd *dpd)
{
  dpd->heard = TRUE;
}

void
svpn_dpd_probe (SvpnDpd *dpd)
{
  svpn_keepalive_probe (&dpd->keepalive, svpn_clock_boot_us (dpd->clock));
  arm_timer (dpd);
}

static gboolean
is_unheard_long (SvpnDpd *dpd, guint64 now_us)
{
  guint64 patience_us = (guint64) MAX (dpd->keepalive.srtt_us * UNHEARD_RTTS, (double) UNHEARD_MIN_US);

  if (dpd->heard || dpd->unheard_us == 0)
    dpd->unheard_us = now_us;
  dpd->heard = FALSE;
  return now_us > dpd->unheard_us + patience_us;
}

void
svpn_dpd_on_packets_sent (SvpnDpd *dpd)
{
  if (is_unheard_long (dpd, svpn_clock_boot_us (dpd->clock)))
    svpn_dpd_probe (dpd);
}

void
svpn_dpd_on_sent (SvpnDpd *dpd)
{
  svpn_keepalive_on_sent (&dpd->keepalive, svpn_clock_boot_us (dpd->clock), svpn_random_u32 ());
  /* Mostly the deadline moves away, and the timer that comes early finds nothing to do. But the guard is drawn by lot: one
   * that comes earlier than before must not be late, which would look as if the machine had slept. */
  if (svpn_keepalive_deadline (&dpd->keepalive) < dpd->armed_us)
    arm_timer (dpd);
}

SvpnHealth
svpn_dpd_get_health (SvpnDpd *dpd)
{
  return dpd->keepalive.health;
}

static GVariant *
history_to_variant (SvpnDpd *dpd)
{
  const SvpnKeepalive *keepalive = &dpd->keepalive;
  gint64 boot_offset_us = svpn_clock_unix_us (dpd->clock) - (gint64) svpn_clock_boot_us (dpd->clock);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tdb)"));
  for (guint i = 0; i < keepalive->history_size; i++) {
    guint index = (keepalive->history_next + SVPN_KEEPALIVE_HISTORY - keepalive->history_size + i)
                  % SVPN_KEEPALIVE_HISTORY;
    const SvpnKeepaliveCheck *check = &keepalive->history[index];

    g_variant_builder_add (&builder, "(tdb)", (guint64) (boot_offset_us + (gint64) check->sent_us) / 1000,
                           check->rtt_us == UINT32_MAX ? -1.0 : check->rtt_us / 1000.0, check->bad);
  }
  return g_variant_builder_end (&builder);
}

void
svpn_dpd_read (SvpnDpd *dpd, double *rtt_ms, double *jitter_ms, double *loss_ratio)
{
  const SvpnKeepalive *keepalive = &dpd->keepalive;

  if (keepalive->has_rtt) {
    *rtt_ms = keepalive->srtt_us / 1000;
    *jitter_ms = keepalive->jitter_us / 1000;
  }
  if (keepalive->answered + keepalive->timed_out > 0)
    *loss_ratio = svpn_keepalive_loss_ratio (keepalive);
}

void
svpn_dpd_to_dict (SvpnDpd *dpd, GVariantDict *dict)
{
  const SvpnKeepalive *keepalive = &dpd->keepalive;
  guint64 now = svpn_clock_boot_us (dpd->clock);
  guint64 next = keepalive->next_send_us > now ? keepalive->next_send_us - now : 0;

  g_variant_dict_insert (dict, "health", "s", svpn_health_to_string (keepalive->health));
  g_variant_dict_insert (dict, "rtt-ms", "d", keepalive->srtt_us / 1000);
  g_variant_dict_insert (dict, "rtt-last-ms", "d", keepalive->last_rtt_us / 1000);
  g_variant_dict_insert (dict, "rtt-variation-ms", "d", keepalive->rttvar_us / 1000);
  g_variant_dict_insert (dict, "jitter-ms", "d", keepalive->jitter_us / 1000);
  g_variant_dict_insert (dict, "loss-ratio", "d", svpn_keepalive_loss_ratio (keepalive));
  g_variant_dict_insert (dict, "keepalive-interval-s", "d",
                         keepalive->config.interval_ms[keepalive->health] / 1000.0);
  g_variant_dict_insert (dict, "keepalives-sent", "t", keepalive->sent);
  g_variant_dict_insert (dict, "keepalives-answered", "t", keepalive->answered);
  g_variant_dict_insert (dict, "keepalives-timed-out", "t", keepalive->timed_out);
  g_variant_dict_insert (dict, "next-keepalive-s", "d", (double) next / G_USEC_PER_SEC);
  g_variant_dict_insert_value (dict, "history", history_to_variant (dpd));
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The keepalive machine of core/ with a clock and a timer. */
#include "vitals.h"
#include "boot-timer.h"
#include "random-pool.h"

/* After so long, in round trips but in this at least, without an answer to what we send, we doubt that the line works. */
#define UNHEARD_MIN_US (2 * G_USEC_PER_SEC)
#define UNHEARD_RTTS 6

struct _SvpnVitals {
  SvpnKeepalive keepalive;
  SvpnBootTimer *timer;
  const SvpnVitalsEvents *events;
  gpointer user_data;
  gboolean heard;     /* since the last time that something was sent */
  guint64 unheard_us; /* of the first that was sent since we last heard anything */
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

static guint32
random_number (void)
{
  guint32 number;

  svpn_random_bytes ((uint8_t *) &number, sizeof number);
  return number;
}

static void
arm (SvpnVitals *vitals)
{
  guint64 deadline = svpn_keepalive_deadline (&vitals->keepalive);

  svpn_boot_timer_set (vitals->timer, deadline != G_MAXUINT64 ? deadline : 0);
}

static void
act (SvpnVitals *vitals, const SvpnKeepaliveActions *actions)
{
  arm (vitals);
  if (actions->health_changed) {
    g_message ("line health: %s -> %s", svpn_health_to_string (actions->old_health),
               svpn_health_to_string (vitals->keepalive.health));
    vitals->events->health_changed (vitals->keepalive.health, actions->old_health, vitals->user_data);
  }
  if (actions->send)
    vitals->events->send_keepalive (actions->timestamp, vitals->user_data);
  if (actions->send_padding)
    vitals->events->send_padding (vitals->user_data);
  if (actions->dead)
    vitals->events->dead (vitals->user_data);
}

static void
on_timer (gpointer user_data)
{
  SvpnVitals *vitals = user_data;
  SvpnKeepaliveActions actions
      = svpn_keepalive_on_timer (&vitals->keepalive, svpn_boot_time_us (), random_number ());

  act (vitals, &actions);
}

SvpnVitals *
svpn_vitals_new (const SvpnKeepaliveConfig *config, const SvpnVitalsEvents *events, gpointer user_data)
{
  SvpnVitals *vitals = g_new0 (SvpnVitals, 1);

  vitals->events = events;
  vitals->user_data = user_data;
  vitals->timer = svpn_boot_timer_new (on_timer, vitals);
  svpn_keepalive_init (&vitals->keepalive, config, svpn_boot_time_us (), random_number ());
  arm (vitals);
  return vitals;
}

void
svpn_vitals_free (SvpnVitals *vitals)
{
  svpn_boot_timer_free (vitals->timer);
  g_free (vitals);
}

void
svpn_vitals_on_ack (SvpnVitals *vitals, guint64 timestamp)
{
  SvpnKeepaliveActions actions = svpn_keepalive_on_ack (&vitals->keepalive, timestamp, svpn_boot_time_us ());

  act (vitals, &actions);
}

void
svpn_vitals_on_heard (SvpnVitals *vitals)
{
  vitals->heard = TRUE;
}

void
svpn_vitals_probe (SvpnVitals *vitals)
{
  svpn_keepalive_probe (&vitals->keepalive, svpn_boot_time_us ());
  arm (vitals);
}

static gboolean
is_unheard_long (SvpnVitals *vitals, guint64 now)
{
  guint64 patience_us = (guint64) MAX (vitals->keepalive.srtt_us * UNHEARD_RTTS, (double) UNHEARD_MIN_US);

  if (vitals->heard || vitals->unheard_us == 0)
    vitals->unheard_us = now;
  vitals->heard = FALSE;
  return now > vitals->unheard_us + patience_us;
}

void
svpn_vitals_on_sent (SvpnVitals *vitals)
{
  guint64 now = svpn_boot_time_us ();

  svpn_keepalive_on_sent (&vitals->keepalive, now, random_number ());
  if (is_unheard_long (vitals, now))
    svpn_vitals_probe (vitals);
}

SvpnHealth
svpn_vitals_get_health (SvpnVitals *vitals)
{
  return vitals->keepalive.health;
}

static GVariant *
history (const SvpnKeepalive *keepalive)
{
  GVariantBuilder builder;
  gint64 boot_offset_us = g_get_real_time () - (gint64) svpn_boot_time_us ();

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
svpn_vitals_to_dict (SvpnVitals *vitals, GVariantDict *dict)
{
  const SvpnKeepalive *keepalive = &vitals->keepalive;
  guint64 now = svpn_boot_time_us ();
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
  g_variant_dict_insert_value (dict, "history", history (keepalive));
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client's line was over the last hour.
 *
 * How it works: a timer ends the seconds. After QUIET_S seconds without packets it rests, and comes every RESTING_S seconds
 * alone, so that an idle tunnel does not wake the machine each second; the first packet ends the rest. Without a session it is
 * off. Qualities, which keepalives change, are seen as they are at the end of a rest. */
#include "client-history.h"

#define QUIET_S 10
#define RESTING_S 30
#define GAP_MAX_S (2 * RESTING_S) /* a longer one was sleep */

struct _SvpnClientHistory {
  SvpnClock *clock;
  SvpnTimer *timer;
  void (*read) (SvpnHistoryPoint *now, gpointer user_data);
  gpointer user_data;
  SvpnHistoryPoint last; /* what was read when the last second ended */
  guint quiet_s;         /* seconds in a row without packets, to QUIET_S */
  SvpnHistory rings;
};

static gboolean
is_resting (const SvpnClientHistory *history)
{
  return history->quiet_s >= QUIET_S;
}

static void
arm_history (SvpnClientHistory *history)
{
  guint64 seconds = history->rings.second + (is_resting (history) ? RESTING_S : 1);

  svpn_timer_arm_at (history->timer, seconds * G_USEC_PER_SEC);
}

/* Ends the seconds that are over. */
static void
catch_up (SvpnClientHistory *history)
{
  guint64 now_us = svpn_clock_boot_us (history->clock);
  SvpnHistoryPoint now, since;

  if (!svpn_history_is_due (&history->rings, now_us))
    return;
  history->read (&now, history->user_data);
  since = now;
  for (guint i = SVPN_HISTORY_BYTES_SENT; i < SVPN_HISTORY_SERIES; i++)
    since.values[i] -= history->last.values[i];
  svpn_history_advance (&history->rings, now_us, &since, GAP_MAX_S);
  if (since.values[SVPN_HISTORY_BYTES_SENT] > 0 || since.values[SVPN_HISTORY_BYTES_RECEIVED] > 0)
    history->quiet_s = 0;
  else if (!is_resting (history))
    history->quiet_s++;
  history->last = now;
}

static void
on_second (gpointer user_data)
{
  catch_up (user_data);
  arm_history (user_data);
}

void
svpn_client_history_pause (SvpnClientHistory *history)
{
  if (history == NULL)
    return;
  catch_up (history);
  svpn_timer_disarm (history->timer);
}

void
svpn_client_history_resume (SvpnClientHistory *history)
{
  if (history == NULL || svpn_timer_is_armed (history->timer))
    return;
  catch_up (history);
  history->quiet_s = 0;
  arm_history (history);
}

void
svpn_client_history_wake (SvpnClientHistory *history)
{
  if (history == NULL || !is_resting (history) || !svpn_timer_is_armed (history->timer))
    return;
  catch_up (history);
  history->quiet_s = 0;
  arm_history (history);
}

GVariant *
svpn_client_history_to_variant (SvpnClientHistory *history, guint span_s)
{
  static const char *const names[SVPN_HISTORY_SERIES] = {
    [SVPN_HISTORY_RTT_MS] = "rtt-ms",
    [SVPN_HISTORY_JITTER_MS] = "jitter-ms",
    [SVPN_HISTORY_LOSS_RATIO] = "loss-ratio",
    [SVPN_HISTORY_BYTES_SENT] = "bytes-sent",
    [SVPN_HISTORY_BYTES_RECEIVED] = "bytes-received",
    [SVPN_HISTORY_DROPS_HIGH] = "drops-high",
    [SVPN_HISTORY_DROPS_NORMAL] = "drops-normal",
    [SVPN_HISTORY_DROPS_LOW] = "drops-low",
  };
  SvpnHistoryPoint points[SVPN_HISTORY_POINTS];
  double series[SVPN_HISTORY_POINTS];
  guint64 start_us;
  guint step_s;
  GVariantDict dict;

  catch_up (history);
  gsize n = svpn_history_read (&history->rings, span_s, points, &start_us, &step_s);
  gint64 start_unix_us = svpn_clock_unix_us (history->clock)
                         - ((gint64) svpn_clock_boot_us (history->clock) - (gint64) start_us);
  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; i < SVPN_HISTORY_SERIES; i++) {
    for (gsize k = 0; k < n; k++)
      series[k] = points[k].values[i];
    g_variant_dict_insert_value (
        &dict, names[i], g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, series, n, sizeof *series));
  }
  return g_variant_new ("(tu@a{sv})", (guint64) MAX (start_unix_us / 1000, 0), step_s * 1000,
                        g_variant_dict_end (&dict));
}

SvpnClientHistory *
svpn_client_history_new (SvpnClock *clock, void (*read) (SvpnHistoryPoint *now, gpointer user_data),
                         gpointer user_data)
{
  SvpnClientHistory *history = g_new0 (SvpnClientHistory, 1);

  history->clock = clock;
  history->read = read;
  history->user_data = user_data;
  svpn_history_init (&history->rings, svpn_clock_boot_us (clock));
  history->read (&history->last, user_data);
  history->timer = svpn_timer_new (clock, on_second, history);
  arm_history (history);
  return history;
}

void
svpn_client_history_free (SvpnClientHistory *history)
{
  if (history == NULL)
    return;
  svpn_timer_free (history->timer);
  g_free (history);
}

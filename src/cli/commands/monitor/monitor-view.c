/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What monitor shows. */
#include "monitor-view.h"
#include "format.h"
#include "i18n.h"
#include "terminal.h"
#include "text.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>

void
svpn_monitor_view_init (SvpnMonitorView *view)
{
  *view = (SvpnMonitorView){
    .rtts = g_array_new (FALSE, TRUE, sizeof (double)),
    .received_rates = g_array_new (FALSE, TRUE, sizeof (double)),
    .sent_rates = g_array_new (FALSE, TRUE, sizeof (double)),
    .events = g_ptr_array_new_with_free_func (g_free),
  };
}

void
svpn_monitor_view_clear (SvpnMonitorView *view)
{
  g_array_unref (view->rtts);
  g_array_unref (view->received_rates);
  g_array_unref (view->sent_rates);
  g_ptr_array_unref (view->events);
}

/* ---- Taking numbers ---- */

void
svpn_monitor_view_take_quality (SvpnMonitorView *view, SmartvpnQuality *quality)
{
  g_autoptr (GPtrArray) history = smartvpn_quality_get_history (quality);

  view->rtt_ms = smartvpn_quality_get_rtt_ms (quality);
  view->jitter_ms = smartvpn_quality_get_jitter_ms (quality);
  view->loss_ratio = smartvpn_quality_get_loss_ratio (quality);
  view->next_keepalive_s = smartvpn_quality_get_next_keepalive_s (quality);
  g_array_set_size (view->rtts, 0);
  for (guint i = 0; i < history->len; i++) {
    const SmartvpnQualitySample *sample = history->pdata[i];

    g_array_append_val (view->rtts, sample->rtt_ms);
  }
}

static double
take_rate (GArray *rates, guint64 before, guint64 now, double elapsed_s, double *peak)
{
  double rate = elapsed_s > 0 && now >= before ? (double) (now - before) / elapsed_s : 0;

  if (rates->len >= SVPN_MONITOR_RATES)
    g_array_remove_index (rates, 0);
  g_array_append_val (rates, rate);
  *peak = MAX (*peak, rate);
  return rate;
}

void
svpn_monitor_view_take_statistics (SvpnMonitorView *view, SmartvpnStatistics *statistics, double elapsed_s)
{
  guint64 received = smartvpn_statistics_get_bytes_received (statistics);
  guint64 sent = smartvpn_statistics_get_bytes_sent (statistics);

  view->received_per_s = take_rate (view->received_rates, view->bytes_received, received, elapsed_s,
                                    &view->peak_received_per_s);
  view->sent_per_s = take_rate (view->sent_rates, view->bytes_sent, sent, elapsed_s, &view->peak_sent_per_s);
  view->bytes_received = received;
  view->bytes_sent = sent;
  view->queue_bytes = smartvpn_statistics_get_queue_bytes (statistics);
  view->drops_high = smartvpn_statistics_get_drops_qos_high (statistics);
  view->drops_normal = smartvpn_statistics_get_drops_qos_normal (statistics);
  view->drops_low = smartvpn_statistics_get_drops_qos_low (statistics);
  view->drops_rate_limit = smartvpn_statistics_get_drops_rate_limit (statistics);
  view->uptime_s = smartvpn_statistics_get_uptime_s (statistics);
  view->reconnects = smartvpn_statistics_get_reconnects (statistics);
}

void
svpn_monitor_view_take_nothing (SvpnMonitorView *view)
{
  g_array_set_size (view->rtts, 0);
  view->rtt_ms = view->jitter_ms = view->loss_ratio = view->next_keepalive_s = 0;
  view->bytes_received = view->bytes_sent = view->queue_bytes = view->uptime_s = view->reconnects = 0;
  view->drops_high = view->drops_normal = view->drops_low = view->drops_rate_limit = 0;
  view->received_per_s = take_rate (view->received_rates, 0, 0, 0, &view->peak_received_per_s);
  view->sent_per_s = take_rate (view->sent_rates, 0, 0, 0, &view->peak_sent_per_s);
}

void
svpn_monitor_view_add_event (SvpnMonitorView *view, const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%T");
  g_autofree char *printable = svpn_text_printable (text);

  if (view->events->len >= SVPN_MONITOR_EVENTS)
    g_ptr_array_remove_index (view->events, 0);
  g_ptr_array_add (view->events, g_strdup_printf ("%s  %s", time, printable));
}

/* ---- Lines ---- */

static const char *
or_dash (const char *text)
{
  return text != NULL && *text != '\0' ? text : "-";
}

char *
svpn_monitor_view_to_line (const SvpnMonitorView *view)
{
  g_autofree char *time = svpn_format_time ((guint64) view->time_s);
  g_autofree char *rtt = svpn_format_ms (view->rtt_ms);
  g_autofree char *received = svpn_format_rate (view->received_per_s);
  g_autofree char *sent = svpn_format_rate (view->sent_per_s);
  const char *service = view->service_is_running ? "" : _ ("  smartvpnd does not run");

  return g_strdup_printf (
      _ ("%s  %s  %s  RTT %s  loss %.0f %%  received %s  sent %s  drops %" PRIu64 "/%" PRIu64 "/%" PRIu64
         "%s"),
      time, svpn_word (view->state), view->health != NULL ? svpn_word (view->health) : "-", or_dash (rtt),
      100 * view->loss_ratio, received, sent, view->drops_high, view->drops_normal, view->drops_low, service);
}

char *
svpn_monitor_view_to_json (const SvpnMonitorView *view)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  const struct {
    const char *key;
    double value;
  } doubles[] = {
    { "rtt-ms", view->rtt_ms },
    { "jitter-ms", view->jitter_ms },
    { "loss-ratio", view->loss_ratio },
    { "received-bytes-per-s", view->received_per_s },
    { "sent-bytes-per-s", view->sent_per_s },
  };
  const struct {
    const char *key;
    gint64 value;
  } numbers[] = {
    { "time", view->time_s },
    { "bytes-received", (gint64) view->bytes_received },
    { "bytes-sent", (gint64) view->bytes_sent },
    { "queue-bytes", (gint64) view->queue_bytes },
    { "drops-qos-high", (gint64) view->drops_high },
    { "drops-qos-normal", (gint64) view->drops_normal },
    { "drops-qos-low", (gint64) view->drops_low },
    { "drops-rate-limit", (gint64) view->drops_rate_limit },
    { "uptime-s", (gint64) view->uptime_s },
    { "reconnects", (gint64) view->reconnects },
  };

  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "name"), view->name);
  json_builder_add_string_value (json_builder_set_member_name (builder, "state"), view->state);
  json_builder_add_string_value (json_builder_set_member_name (builder, "health"),
                                 view->health != NULL ? view->health : "");
  json_builder_add_boolean_value (json_builder_set_member_name (builder, "service-running"),
                                  view->service_is_running);
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    json_builder_add_double_value (json_builder_set_member_name (builder, doubles[i].key), doubles[i].value);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_builder_add_int_value (json_builder_set_member_name (builder, numbers[i].key), numbers[i].value);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  return json_to_string (node, FALSE);
}

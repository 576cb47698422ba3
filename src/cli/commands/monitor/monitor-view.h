/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What monitor shows: a picture of lines, or one line. */
#pragma once

#include "smartvpn.h"

#define SVPN_MONITOR_RATES 240 /* samples of throughput that are kept */
#define SVPN_MONITOR_EVENTS 6

/* Everything that monitor knows. Texts may be NULL. */
typedef struct {
  const char *name, *state, *health, *server_url, *address, *interface;
  gboolean service_is_running;
  gint64 time_s; /* Unix time */
  guint64 uptime_s, reconnects;
  double rtt_ms, jitter_ms, loss_ratio, next_keepalive_s;
  GArray *rtts; /* of double, in ms; -1: lost */
  double received_per_s, sent_per_s, peak_received_per_s, peak_sent_per_s;
  GArray *received_rates, *sent_rates; /* of double */
  guint64 bytes_received, bytes_sent, queue_bytes;
  guint64 drops_high, drops_normal, drops_low, drops_rate_limit;
  GPtrArray *events; /* of texts, newest last */
} SvpnMonitorView;

void svpn_monitor_view_init (SvpnMonitorView *view);
void svpn_monitor_view_clear (SvpnMonitorView *view);

void svpn_monitor_view_take_quality (SvpnMonitorView *view, SmartvpnQuality *quality);

/* Takes counters that were read @elapsed_s after the last ones; 0 for the first ones. */
void svpn_monitor_view_take_statistics (SvpnMonitorView *view, SmartvpnStatistics *statistics,
                                        double elapsed_s);

/* Resets the numbers: the client is not connected. */
void svpn_monitor_view_take_nothing (SvpnMonitorView *view);

/* Adds an event, with the time. */
void svpn_monitor_view_add_event (SvpnMonitorView *view, const char *text);

/* The view as one line, and as one line with a JSON object. */
char *svpn_monitor_view_to_line (const SvpnMonitorView *view) G_GNUC_WARN_UNUSED_RESULT;
char *svpn_monitor_view_to_json (const SvpnMonitorView *view) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The telemetry of one tunnel for any number of listeners, each at its own interval. */
#pragma once

#include "tunnel.h"

typedef struct _SvpnTelemetryFeed SvpnTelemetryFeed;

/* Owned by whoever listens, and unchanged while it does. */
typedef struct {
  guint interval_ms;
  /* Called at each interval while the tunnel is up and has a session. @telemetry: a{sv}. The listener may leave in it. */
  void (*take) (GVariant *telemetry, gpointer user_data);
  gpointer user_data;

  /* The feed's own. */
  SvpnTelemetryFeed *feed;
  guint source;     /* 0: no session */
  gboolean waiting; /* for an answer of the worker */
} SvpnTelemetryListener;

/* Keeps a reference to @tunnel. */
SvpnTelemetryFeed *svpn_telemetry_feed_new (SvpnTunnel *tunnel) G_GNUC_WARN_UNUSED_RESULT;
void svpn_telemetry_feed_free (SvpnTelemetryFeed *feed); /* has no listeners any more */

SvpnTunnel *svpn_telemetry_feed_get_tunnel (SvpnTelemetryFeed *feed);

void svpn_telemetry_feed_add (SvpnTelemetryFeed *feed, SvpnTelemetryListener *listener);
void svpn_telemetry_feed_remove (SvpnTelemetryListener *listener);
gboolean svpn_telemetry_feed_is_idle (const SvpnTelemetryFeed *feed); /* nobody listens */

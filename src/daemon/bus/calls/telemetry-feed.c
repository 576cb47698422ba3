/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The telemetry of one tunnel for any number of listeners.
 *
 * How it works: each listener has a timer, which runs only while the tunnel has a session. One whose time has come gets the
 * last answer of the worker if that is fresh, else it waits for the next one. At most one question is under way, so the
 * worker's share of the work does not grow with the number of listeners. */
#include "telemetry-feed.h"

#include <string.h>

#define FRESH_US (50 * 1000)

struct _SvpnTelemetryFeed {
  SvpnTunnel *tunnel;
  GPtrArray *listeners;
  GVariant *last;    /* the last answer, full reference; NULL: none */
  gint64 last_us;    /* monotonic time of it */
  GVariant *quality; /* of the question that is under way */
  gboolean asking;
};

/* ---- Asking ---- */

static void
add_entries (GVariantBuilder *builder, GVariant *entries)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (strcmp (key, "history") != 0)
      g_variant_builder_add (builder, "{sv}", key, value);
}

static GVariant *
join (SvpnTelemetryFeed *feed, GVariant *answer)
{
  SvpnReply reply = svpn_tunnel_get_ops (feed->tunnel)->statistics;
  g_autoptr (GVariant) statistics
      = g_variant_ref_sink (svpn_tunnel_check_reply (feed->tunnel, reply, answer));
  g_auto (GVariantBuilder) telemetry = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (feed->quality != NULL)
    add_entries (&telemetry, feed->quality);
  add_entries (&telemetry, statistics);
  return g_variant_ref_sink (g_variant_builder_end (&telemetry));
}

static void
clear_feed (gpointer data)
{
  SvpnTelemetryFeed *feed = data;

  g_clear_pointer (&feed->last, g_variant_unref);
  g_clear_pointer (&feed->quality, g_variant_unref);
  g_ptr_array_unref (feed->listeners);
  g_object_unref (feed->tunnel);
}

static void
release (SvpnTelemetryFeed *feed)
{
  g_rc_box_release_full (feed, clear_feed);
}

/* Hands @telemetry (NULL: the worker has not answered) to those that wait. Any of them may leave meanwhile, also the last. */
static void
finish_question (SvpnTelemetryFeed *feed, GVariant *telemetry)
{
  g_autoptr (GPtrArray) listeners = g_ptr_array_copy (feed->listeners, NULL, NULL);

  feed->asking = FALSE;
  for (guint i = 0; i < listeners->len; i++) {
    SvpnTelemetryListener *listener = listeners->pdata[i];

    if (!g_ptr_array_find (feed->listeners, listener, NULL) || !listener->waiting)
      continue;
    listener->waiting = FALSE;
    if (telemetry != NULL)
      listener->take (telemetry, listener->user_data);
  }
}

/* Called when the worker has answered the last question. */
static void
on_feed_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SvpnTelemetryFeed *feed = user_data;
  g_autoptr (GVariant) answer = NULL;
  gboolean ok
      = svpn_dbus_worker_call_get_statistics_finish (SVPN_DBUS_WORKER (source), &answer, result, NULL);

  g_clear_pointer (&feed->last, g_variant_unref);
  if (ok && svpn_tunnel_get_state (feed->tunnel) == SVPN_TUNNEL_UP) {
    feed->last = join (feed, answer);
    feed->last_us = g_get_monotonic_time ();
  }
  g_clear_pointer (&feed->quality, g_variant_unref);
  finish_question (feed, feed->last);
  release (feed);
}

/* Called when a client's worker has answered the first question. */
static void
on_feed_quality (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SvpnTelemetryFeed *feed = user_data;
  SvpnDbusWorker *worker = SVPN_DBUS_WORKER (source);
  g_autoptr (GVariant) answer = NULL;

  if (!svpn_dbus_worker_call_get_connection_quality_finish (worker, &answer, result, NULL)) {
    finish_question (feed, NULL);
    release (feed);
    return;
  }
  feed->quality = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_QUALITY, answer));
  svpn_dbus_worker_call_get_statistics (worker, NULL, on_feed_statistics, feed);
}

static void
ask_worker (SvpnTelemetryFeed *feed)
{
  SvpnDbusWorker *worker = svpn_tunnel_get_worker (feed->tunnel);

  if (feed->asking || worker == NULL)
    return;
  feed->asking = TRUE;
  if (svpn_tunnel_get_ops (feed->tunnel)->scope == SVPN_SCOPE_CLIENT)
    svpn_dbus_worker_call_get_connection_quality (worker, NULL, on_feed_quality, g_rc_box_acquire (feed));
  else
    svpn_dbus_worker_call_get_statistics (worker, NULL, on_feed_statistics, g_rc_box_acquire (feed));
}

/* ---- Listeners ---- */

static gboolean
on_listener_due (gpointer user_data)
{
  SvpnTelemetryListener *listener = user_data;
  SvpnTelemetryFeed *feed = listener->feed;
  g_autoptr (GVariant) last = NULL;

  if (feed->last != NULL && g_get_monotonic_time () - feed->last_us <= FRESH_US) {
    last = g_variant_ref (feed->last);
    listener->take (last, listener->user_data);
    return G_SOURCE_CONTINUE;
  }
  listener->waiting = TRUE;
  ask_worker (feed);
  return G_SOURCE_CONTINUE;
}

static void
follow_state (SvpnTelemetryListener *listener)
{
  gboolean up = svpn_tunnel_get_state (listener->feed->tunnel) == SVPN_TUNNEL_UP;

  if (up == (listener->source != 0))
    return;
  if (up)
    listener->source = g_timeout_add (listener->interval_ms, on_listener_due, listener);
  else
    g_clear_handle_id (&listener->source, g_source_remove);
}

/* Called when the tunnel has entered another state. */
static void
on_feed_state (SvpnTunnel *tunnel, gpointer user_data)
{
  SvpnTelemetryFeed *feed = user_data;

  g_clear_pointer (&feed->last, g_variant_unref);
  for (guint i = 0; i < feed->listeners->len; i++)
    follow_state (feed->listeners->pdata[i]);
}

void
svpn_telemetry_feed_add (SvpnTelemetryFeed *feed, SvpnTelemetryListener *listener)
{
  listener->feed = feed;
  g_ptr_array_add (feed->listeners, listener);
  follow_state (listener);
}

void
svpn_telemetry_feed_remove (SvpnTelemetryListener *listener)
{
  g_clear_handle_id (&listener->source, g_source_remove);
  g_ptr_array_remove_fast (listener->feed->listeners, listener);
}

gboolean
svpn_telemetry_feed_is_idle (const SvpnTelemetryFeed *feed)
{
  return feed->listeners->len == 0;
}

SvpnTunnel *
svpn_telemetry_feed_get_tunnel (SvpnTelemetryFeed *feed)
{
  return feed->tunnel;
}

SvpnTelemetryFeed *
svpn_telemetry_feed_new (SvpnTunnel *tunnel)
{
  SvpnTelemetryFeed *feed = g_rc_box_new0 (SvpnTelemetryFeed);

  feed->tunnel = g_object_ref (tunnel);
  feed->listeners = g_ptr_array_new ();
  g_signal_connect (tunnel, "state", G_CALLBACK (on_feed_state), feed);
  return feed;
}

void
svpn_telemetry_feed_free (SvpnTelemetryFeed *feed)
{
  g_signal_handlers_disconnect_by_data (feed->tunnel, feed);
  release (feed);
}

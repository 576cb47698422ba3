/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Prints the health and the throughput of a client every second, until it is interrupted.
 *
 *   cc -o monitor monitor.c $(pkg-config --cflags --libs smartvpn-1)
 *   ./monitor [CLIENT]
 */
#include <glib-unix.h>
#include <smartvpn.h>

typedef struct {
  GMainLoop *loop;
  gint64 time_us; /* of the last telemetry; 0: none yet */
  guint64 sent, received;
} Monitor;

/* Called every second while the client is connected. */
static void
on_updated (SmartvpnSubscription *subscription, SmartvpnTelemetry *telemetry, gpointer user_data)
{
  Monitor *monitor = user_data;
  SmartvpnQuality *quality = smartvpn_telemetry_get_quality (telemetry);
  SmartvpnStatistics *statistics = smartvpn_telemetry_get_statistics (telemetry);
  guint64 sent = smartvpn_statistics_get_bytes_sent (statistics);
  guint64 received = smartvpn_statistics_get_bytes_received (statistics);
  gint64 now_us = g_get_monotonic_time ();
  double elapsed_s = (now_us - monitor->time_us) / 1e6;

  /* The counters begin at 0 with each connection. */
  if (monitor->time_us != 0 && sent >= monitor->sent && received >= monitor->received)
    g_print ("%s: rtt %.1f ms, jitter %.1f ms, loss %.0f %%, up %.1f kB/s, down %.1f kB/s\n",
             smartvpn_health_to_string (smartvpn_quality_get_health (quality)),
             smartvpn_quality_get_rtt_ms (quality), smartvpn_quality_get_jitter_ms (quality),
             smartvpn_quality_get_loss_ratio (quality) * 100, (sent - monitor->sent) / elapsed_s / 1000,
             (received - monitor->received) / elapsed_s / 1000);
  monitor->time_us = now_us;
  monitor->sent = sent;
  monitor->received = received;
}

static void
on_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                  const char *reason, GVariant *details, gpointer user_data)
{
  g_print ("%s%s%s\n", smartvpn_client_state_to_string (state), *reason != '\0' ? ": " : "",
           smartvpn_reason_to_string (reason) != NULL ? smartvpn_reason_to_string (reason) : reason);
}

/* Called when smartvpnd goes away or comes back. Everything follows by itself, the subscription, too. */
static void
on_running (SmartvpnManager *manager, GParamSpec *property, gpointer user_data)
{
  g_print ("smartvpnd is %s\n", smartvpn_manager_get_running (manager) ? "there" : "away");
}

static gboolean
on_interrupt (gpointer user_data)
{
  Monitor *monitor = user_data;

  g_main_loop_quit (monitor->loop);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "default";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmartvpnManager) manager = smartvpn_manager_new_sync (NULL, &error);
  g_autoptr (SmartvpnSubscription) subscription = NULL;
  SmartvpnClient *client = NULL;
  Monitor monitor = { .loop = loop };

  if (manager != NULL)
    client = smartvpn_manager_get_client (manager, name);
  if (client != NULL)
    subscription
        = smartvpn_profile_subscribe_telemetry_sync (SMARTVPN_PROFILE (client), 1000, NULL, NULL, &error);
  if (subscription == NULL) {
    g_printerr ("%s\n", error != NULL ? error->message : "no such client, or smartvpnd does not run");
    return 1;
  }
  g_signal_connect (subscription, "updated", G_CALLBACK (on_updated), &monitor);
  g_signal_connect (client, "state-changed", G_CALLBACK (on_state_changed), NULL);
  g_signal_connect (manager, "notify::running", G_CALLBACK (on_running), NULL);
  g_unix_signal_add (SIGINT, on_interrupt, &monitor);
  g_unix_signal_add (SIGTERM, on_interrupt, &monitor);

  g_print ("%s\n", smartvpn_client_state_to_string (smartvpn_client_get_state (client)));
  on_running (manager, NULL, NULL);
  g_main_loop_run (loop);
  return 0;
}

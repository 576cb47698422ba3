/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TelemetryUpdated(), every TelemetryInterval seconds while a client is connected. */
#include "client-telemetry.h"
#include "worker-reply.h"

#include <string.h>

struct _SvpnClientTelemetry {
  SvpnDbusClient *skeleton;
  SvpnTunnel *tunnel;
  guint source;     /* 0: none */
  guint interval_s; /* of @source */
};

/* One signal in the making; it may outlive the telemetry. */
typedef struct {
  SvpnDbusClient *skeleton;
  SvpnTunnel *tunnel;
  GVariant *quality;
} Report;

static void
report_free (Report *report)
{
  g_object_unref (report->skeleton);
  g_object_unref (report->tunnel);
  g_clear_pointer (&report->quality, g_variant_unref);
  g_free (report);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

static void
add (GVariantBuilder *builder, GVariant *entries)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (strcmp (key, "history") != 0)
      g_variant_builder_add (builder, "{sv}", key, value);
}

/* Called when the worker has answered the second question. */
static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Report) report = user_data;
  g_autoptr (GVariant) answer = NULL;
  g_auto (GVariantBuilder) telemetry = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (!svpn_dbus_worker_call_get_statistics_finish (SVPN_DBUS_WORKER (source), &answer, result, NULL)
      || svpn_tunnel_get_state (report->tunnel) != SVPN_TUNNEL_UP)
    return;
  g_autoptr (GVariant) statistics
      = g_variant_ref_sink (svpn_tunnel_check_reply (report->tunnel, SVPN_REPLY_CLIENT_STATISTICS, answer));
  add (&telemetry, report->quality);
  add (&telemetry, statistics);
  svpn_dbus_client_emit_telemetry_updated (report->skeleton, g_variant_builder_end (&telemetry));
}

/* Called when the worker has answered the first question. */
static void
on_quality (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Report) report = user_data;
  g_autoptr (GVariant) answer = NULL;
  SvpnDbusWorker *worker = SVPN_DBUS_WORKER (source);

  if (!svpn_dbus_worker_call_get_connection_quality_finish (worker, &answer, result, NULL))
    return;
  report->quality = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_QUALITY, answer));
  svpn_dbus_worker_call_get_statistics (worker, NULL, on_statistics, g_steal_pointer (&report));
}

static gboolean
on_interval (gpointer user_data)
{
  SvpnClientTelemetry *telemetry = user_data;
  Report *report = g_new0 (Report, 1);

  report->skeleton = g_object_ref (telemetry->skeleton);
  report->tunnel = g_object_ref (telemetry->tunnel);
  svpn_dbus_worker_call_get_connection_quality (svpn_tunnel_get_worker (telemetry->tunnel), NULL, on_quality,
                                                report);
  return G_SOURCE_CONTINUE;
}

void
svpn_client_telemetry_update (SvpnClientTelemetry *telemetry)
{
  gboolean up = svpn_tunnel_get_state (telemetry->tunnel) == SVPN_TUNNEL_UP;
  guint interval_s = up ? svpn_dbus_client_get_telemetry_interval (telemetry->skeleton) : 0;

  if (interval_s == telemetry->interval_s)
    return;
  g_clear_handle_id (&telemetry->source, g_source_remove);
  telemetry->interval_s = interval_s;
  if (interval_s > 0)
    telemetry->source = g_timeout_add_seconds (interval_s, on_interval, telemetry);
}

SvpnClientTelemetry *
svpn_client_telemetry_new (SvpnDbusClient *skeleton, SvpnTunnel *tunnel)
{
  SvpnClientTelemetry *telemetry = g_new0 (SvpnClientTelemetry, 1);

  telemetry->skeleton = g_object_ref (skeleton);
  telemetry->tunnel = tunnel;
  g_signal_connect_swapped (skeleton, "notify::telemetry-interval", G_CALLBACK (svpn_client_telemetry_update),
                            telemetry);
  return telemetry;
}

void
svpn_client_telemetry_free (SvpnClientTelemetry *telemetry)
{
  g_signal_handlers_disconnect_by_data (telemetry->skeleton, telemetry);
  g_clear_handle_id (&telemetry->source, g_source_remove);
  g_object_unref (telemetry->skeleton);
  g_free (telemetry);
}

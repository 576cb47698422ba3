/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Worker that a client's worker answers. */
#include "config.h"
#include "error.h"
#include "service-private.h"

static void
on_client_connected (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  SvpnService *service = user_data;

  service->assignment = g_variant_ref_sink (svpn_config_assignment (welcome, remote_address));
  service->since_us = g_get_monotonic_time ();
  service->since_unix_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  svpn_dbus_worker_complete_start_client (service->skeleton, g_steal_pointer (&service->starting),
                                          service->assignment);
}

static void
on_client_failed (const GError *error, gpointer user_data)
{
  SvpnService *service = user_data;

  g_dbus_method_invocation_return_gerror (g_steal_pointer (&service->starting), error);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  svpn_service_finish (service);
}

static void
on_client_reconnecting (const char *reason, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_state_changed (service->skeleton, "reconnecting", reason);
}

static GVariant *
describe_retry (const SvpnRetry *retry)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "attempt", "u", retry->attempt);
  if (!retry->waits)
    g_variant_dict_insert (&dict, "next-try-ms", "t", retry->next_ms);
  g_variant_dict_insert (&dict, "lost-ms", "t", retry->lost_ms);
  g_variant_dict_insert (&dict, "last-error", "s", retry->reason);
  return g_variant_dict_end (&dict);
}

static void
on_client_retrying (const SvpnRetry *retry, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_retrying (service->skeleton, describe_retry (retry));
}

static void
on_client_reconnected (const SvpnReconnection *reconnection, const SvpnWelcome *welcome,
                       const char *remote_address, gpointer user_data)
{
  SvpnService *service = user_data;
  GVariantDict details;

  g_clear_pointer (&service->assignment, g_variant_unref);
  service->assignment = g_variant_ref_sink (svpn_config_assignment (welcome, remote_address));
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "duration-ms", "t", reconnection->duration_ms);
  g_variant_dict_insert (&details, "attempts", "u", reconnection->attempts);
  g_variant_dict_insert (&details, "reconnects", "t", reconnection->reconnects);
  g_variant_dict_insert (&details, "reason", "s", reconnection->reason);
  svpn_dbus_worker_emit_reconnected (service->skeleton, g_variant_dict_end (&details), service->assignment);
  svpn_dbus_worker_emit_state_changed (service->skeleton, "connected", reconnection->reason);
}

static void
on_client_reconfigured (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  SvpnService *service = user_data;

  g_clear_pointer (&service->assignment, g_variant_unref);
  service->assignment = g_variant_ref_sink (svpn_config_assignment (welcome, remote_address));
  svpn_dbus_worker_emit_config_changed (service->skeleton, svpn_config_changeable (welcome));
}

static void
on_client_health_changed (const char *new_health, const char *old_health, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_health_changed (service->skeleton, new_health, old_health);
}

static void
on_client_ended (const char *reason, gpointer user_data)
{
  SvpnService *service = user_data;

  if (service->stopping == NULL && !service->terminated)
    svpn_dbus_worker_emit_ended (service->skeleton, reason);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  svpn_service_finish (service);
}

static const SvpnClientEvents client_events = {
  .connected = on_client_connected,
  .failed = on_client_failed,
  .reconnecting = on_client_reconnecting,
  .retrying = on_client_retrying,
  .reconnected = on_client_reconnected,
  .reconfigured = on_client_reconfigured,
  .health_changed = on_client_health_changed,
  .ended = on_client_ended,
};

static gboolean
on_start_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
                 SvpnService *service)
{
  SvpnClientConfig *config;
  GError *error = NULL;

  if (!svpn_service_take_role (service, settings, invocation))
    return TRUE;
  config = svpn_config_client (settings, &error);
  if (config == NULL) {
    g_dbus_method_invocation_take_error (invocation, error);
    svpn_service_finish (service);
    return TRUE;
  }
  service->starting = invocation;
  service->vpn_client = svpn_client_new (config, service->clock, &client_events, service);
  return TRUE;
}

static gboolean
on_set_networks (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *const *routes,
                 const char *const *local, SvpnService *service)
{
  if (service->vpn_client == NULL) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, "not connected");
    return TRUE;
  }
  svpn_client_set_networks (service->vpn_client, routes, local);
  svpn_dbus_worker_complete_set_networks (skeleton, invocation);
  return TRUE;
}

static gboolean
on_network_changed (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *change,
                    SvpnService *service)
{
  static const char *const changes[]
      = { [SVPN_NETWORK_CHECK] = "check", [SVPN_NETWORK_MOVED] = "moved", [SVPN_NETWORK_LOST] = "lost" };

  for (guint i = 0; service->vpn_client != NULL && i < G_N_ELEMENTS (changes); i++)
    if (g_str_equal (change, changes[i]))
      svpn_client_network_changed (service->vpn_client, (SvpnNetworkChange) i);
  svpn_dbus_worker_complete_network_changed (skeleton, invocation);
  return TRUE;
}

void
svpn_service_client_state (SvpnService *service, GVariantDict *dict)
{
  const char *health = svpn_client_get_health (service->vpn_client);
  const char *state = service->assignment == NULL ? "connecting"
                      : *health != '\0'           ? "connected"
                                                  : "reconnecting";

  SvpnRetry retry;

  if (svpn_client_get_retry (service->vpn_client, &retry))
    g_variant_dict_insert_value (dict, "retry", describe_retry (&retry));
  g_variant_dict_insert (dict, "state", "s", state);
  g_variant_dict_insert (dict, "health", "s", health);
}

/* Answers with what @get adds to a dictionary, or that there is no session. */
static GVariant *
ask_client (SvpnService *service, GDBusMethodInvocation *invocation,
            gboolean (*get) (SvpnClient *, GVariantDict *))
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  if (service->vpn_client != NULL && get (service->vpn_client, &dict))
    return g_variant_dict_end (&dict);
  g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED,
                                         "there is no session");
  return NULL;
}

static gboolean
on_get_connection_quality (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  GVariant *quality = ask_client (service, invocation, svpn_client_quality);

  if (quality != NULL)
    svpn_dbus_worker_complete_get_connection_quality (skeleton, invocation, quality);
  return TRUE;
}

static gboolean
on_get_history (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, guint span_s,
                SvpnService *service)
{
  GVariant *history
      = service->vpn_client != NULL
            ? svpn_client_get_history (service->vpn_client, CLAMP (span_s, 1, SVPN_HISTORY_SPAN_MAX_S))
            : NULL;

  if (history != NULL)
    g_dbus_method_invocation_return_value (invocation, history);
  else
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED,
                                           "there was no session");
  return TRUE;
}

static gboolean
on_get_mtu_info (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  GVariant *info = ask_client (service, invocation, svpn_client_mtu_info);

  if (info != NULL)
    svpn_dbus_worker_complete_get_mtu_info (skeleton, invocation, info);
  return TRUE;
}

void
svpn_service_connect_client (SvpnService *service)
{
  g_signal_connect (service->skeleton, "handle-network-changed", G_CALLBACK (on_network_changed), service);
  g_signal_connect (service->skeleton, "handle-set-networks", G_CALLBACK (on_set_networks), service);
  g_signal_connect (service->skeleton, "handle-get-connection-quality",
                    G_CALLBACK (on_get_connection_quality), service);
  g_signal_connect (service->skeleton, "handle-get-history", G_CALLBACK (on_get_history), service);
  g_signal_connect (service->skeleton, "handle-get-mtu-info", G_CALLBACK (on_get_mtu_info), service);
  g_signal_connect (service->skeleton, "handle-start-client", G_CALLBACK (on_start_client), service);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Worker that a server's worker answers. */
#include "config.h"
#include "error.h"
#include "service-private.h"

#include <gio/gunixfdlist.h>

#define LISTENERS_MAX 16

static void
on_vpn_client_connected (const char *id, GVariant *client, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_client_connected (service->skeleton, id, client);
}

static void
on_vpn_client_disconnected (const char *id, const char *reason, GVariant *telemetry, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_client_disconnected (service->skeleton, id, reason, telemetry);
}

static void
on_vpn_server_stopped (gpointer user_data)
{
  svpn_service_finish (user_data);
}

static const SvpnServerEvents server_events = {
  .client_connected = on_vpn_client_connected,
  .client_disconnected = on_vpn_client_disconnected,
  .stopped = on_vpn_server_stopped,
};

static gboolean
start_server (SvpnService *service, GVariant *settings, GUnixFDList *fds, gint32 tun_index,
              GVariant *listeners, GError **error)
{
  g_autoptr (SvpnServerConfig) config = svpn_config_server (settings, error);
  g_autoptr (GVariant) authorized = NULL;
  gsize n_listeners = g_variant_n_children (listeners);
  int tun;

  if (config == NULL)
    return FALSE;
  tun = svpn_service_take_fd (fds, tun_index);
  if (tun < 0 || n_listeners < 1 || n_listeners > LISTENERS_MAX) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "tun, listeners: no fds came");
    return FALSE;
  }
  service->vpn_server
      = svpn_server_new (g_steal_pointer (&config), service->clock, tun, &server_events, service, error);
  if (service->vpn_server == NULL)
    return FALSE;
  authorized = g_variant_lookup_value (settings, "authorized-clients", G_VARIANT_TYPE ("aa{sv}"));
  if (authorized != NULL && !svpn_server_set_authorized (service->vpn_server, authorized, error))
    return FALSE;
  for (gsize i = 0; i < n_listeners; i++) {
    gint32 index;

    g_variant_get_child (listeners, i, "h", &index);
    if (!svpn_server_listen (service->vpn_server, svpn_service_take_fd (fds, index), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_start_server (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                 GVariant *settings, GVariant *tun, GVariant *listeners, SvpnService *service)
{
  GError *error = NULL;

  if (!svpn_service_take_role (service, settings, invocation))
    return TRUE;
  if (start_server (service, settings, fds, g_variant_get_handle (tun), listeners, &error)) {
    svpn_dbus_worker_complete_start_server (skeleton, invocation, NULL);
    return TRUE;
  }
  g_dbus_method_invocation_take_error (invocation, error);
  svpn_service_finish (service);
  return TRUE;
}

/* Answers with an error and returns FALSE if there is no server. */
static gboolean
need_server (SvpnService *service, GDBusMethodInvocation *invocation)
{
  if (service->vpn_server != NULL)
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_RUNNING,
                                         "no server runs here");
  return FALSE;
}

static gboolean
on_list_clients (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  if (need_server (service, invocation))
    svpn_dbus_worker_complete_list_clients (skeleton, invocation,
                                            svpn_server_list_clients (service->vpn_server));
  return TRUE;
}

static gboolean
on_list_clients_page (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, guint offset, guint count,
                      SvpnService *service)
{
  GVariant *clients;
  guint total;

  if (!need_server (service, invocation))
    return TRUE;
  clients = svpn_server_list_page (service->vpn_server, offset, count, &total);
  svpn_dbus_worker_complete_list_clients_page (skeleton, invocation, clients, total);
  return TRUE;
}

static gboolean
on_disconnect_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *id,
                      const char *reason, SvpnService *service)
{
  GError *error = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_disconnect_client (service->vpn_server, id, reason, &error))
    svpn_dbus_worker_complete_disconnect_client (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
on_pause_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *id,
                 const char *reason, SvpnService *service)
{
  GError *error = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_pause_client (service->vpn_server, id, reason, &error))
    svpn_dbus_worker_complete_pause_client (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
on_get_client_telemetry (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *id,
                         SvpnService *service)
{
  GError *error = NULL;
  GVariant *telemetry;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_client_telemetry (service->vpn_server, id, &telemetry, &error))
    svpn_dbus_worker_complete_get_client_telemetry (skeleton, invocation, telemetry);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
on_set_client_rate_limit (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *id,
                          guint64 bytes_per_s, guint64 burst_bytes, SvpnService *service)
{
  GError *error = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_set_limit (service->vpn_server, id, bytes_per_s, burst_bytes, &error))
    svpn_dbus_worker_complete_set_client_rate_limit (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
on_set_authorized_clients (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GVariant *clients,
                           SvpnService *service)
{
  GError *error = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_set_authorized (service->vpn_server, clients, &error))
    svpn_dbus_worker_complete_set_authorized_clients (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
on_set_certificate (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *certificate_pem,
                    const char *key_pem, SvpnService *service)
{
  GError *error = NULL;
  g_autoptr (SvpnTlsContext) tls = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  tls = svpn_config_tls (certificate_pem, key_pem, &error);
  if (tls == NULL) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  svpn_server_set_tls (service->vpn_server, tls);
  svpn_dbus_worker_complete_set_certificate (skeleton, invocation);
  return TRUE;
}

static gboolean
on_reconfigure (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
                SvpnService *service)
{
  GError *error = NULL;
  SvpnServerConfig *config;

  if (!need_server (service, invocation))
    return TRUE;
  config = svpn_config_server_changeable (settings, &error);
  if (config != NULL && svpn_server_reconfigure (service->vpn_server, config, &error))
    svpn_dbus_worker_complete_reconfigure (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

void
svpn_service_connect_server (SvpnService *service)
{
  g_signal_connect (service->skeleton, "handle-disconnect-client", G_CALLBACK (on_disconnect_client),
                    service);
  g_signal_connect (service->skeleton, "handle-get-client-telemetry", G_CALLBACK (on_get_client_telemetry),
                    service);
  g_signal_connect (service->skeleton, "handle-list-clients", G_CALLBACK (on_list_clients), service);
  g_signal_connect (service->skeleton, "handle-list-clients-page", G_CALLBACK (on_list_clients_page),
                    service);
  g_signal_connect (service->skeleton, "handle-pause-client", G_CALLBACK (on_pause_client), service);
  g_signal_connect (service->skeleton, "handle-reconfigure", G_CALLBACK (on_reconfigure), service);
  g_signal_connect (service->skeleton, "handle-set-authorized-clients",
                    G_CALLBACK (on_set_authorized_clients), service);
  g_signal_connect (service->skeleton, "handle-set-certificate", G_CALLBACK (on_set_certificate), service);
  g_signal_connect (service->skeleton, "handle-set-client-rate-limit", G_CALLBACK (on_set_client_rate_limit),
                    service);
  g_signal_connect (service->skeleton, "handle-start-server", G_CALLBACK (on_start_server), service);
}

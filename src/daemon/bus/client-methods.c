/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Client, and its writable property. */
#include "calls.h"
#include "client-lockdown.h"
#include "client-network.h"
#include "client-private.h"
#include "error.h"

#define SCOPE SVPN_SCOPE_CLIENT

static gboolean
check_required (GVariant *settings, GError **error)
{
  static const char *const required[] = { "server-url", "server-public-key" };

  for (gsize i = 0; i < G_N_ELEMENTS (required); i++) {
    if (svpn_settings_get_string (SCOPE, settings, required[i]) != NULL)
      continue;
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: needed to connect", required[i]);
    return FALSE;
  }
  return TRUE;
}

gboolean
svpn_client_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error)
{
  SvpnClientObject *self = owner;
  GVariant *settings = svpn_call_settings (self->store, SCOPE, self->name, options, error);

  start->settings = settings;
  if (settings == NULL || !check_required (settings, error))
    return FALSE;
  start->timeout_s = svpn_settings_get_uint (SCOPE, settings, "connect-timeout-s");
  start->timeout_error
      = g_strdup_printf ("Connecting to %s took longer than %u s",
                         svpn_settings_get_string (SCOPE, settings, "server-url"), start->timeout_s);
  start->wait = svpn_settings_get_bool (SCOPE, settings, "wait");
  start->attempts_max = svpn_settings_get_bool (SCOPE, settings, "auto-reconnect")
                            ? svpn_settings_get_uint (SCOPE, settings, "max-reconnect-attempts")
                            : 1;
  return TRUE;
}

static gboolean
on_connect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, GVariant *options,
            SvpnClientObject *self)
{
  svpn_call_start (self->tunnel, invocation, options);
  return TRUE;
}

static gboolean
on_disconnect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  /* One that a failure has left closed: there is nothing else to disconnect. */
  if (svpn_tunnel_is_down (self->tunnel) && svpn_client_lockdown_end (self)) {
    svpn_dbus_client_complete_disconnect (skeleton, invocation);
    return TRUE;
  }
  self->released = !svpn_tunnel_is_down (self->tunnel);
  svpn_call_stop (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_reconnect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "NetworkChanged", g_variant_new ("(s)", "moved"),
                     SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_get_status (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_status (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_statistics (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_statistics (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_connection_quality (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation,
                           SvpnClientObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "GetConnectionQuality", NULL, SVPN_REPLY_QUALITY);
  return TRUE;
}

typedef struct {
  SvpnClientObject *self;
  GDBusMethodInvocation *invocation;
} MtuCall;

/* Called when the worker has answered. */
static void
on_mtu_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MtuCall *call = user_data;
  g_autoptr (SvpnClientObject) self = call->self;
  g_autoptr (GVariant) said = NULL;
  GError *error = NULL;
  GVariantDict dict;

  if (!svpn_dbus_worker_call_get_mtu_info_finish (SVPN_DBUS_WORKER (source), &said, result, &error)) {
    g_dbus_method_invocation_take_error (call->invocation, svpn_worker_error (error));
    return;
  }
  g_autoptr (GVariant) info = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_MTU_INFO, said));
  g_variant_dict_init (&dict, info);
  if (self->assignment != NULL)
    svpn_client_network_add_link_mtu (self->tunnel, self->assignment, &dict);
  svpn_dbus_client_complete_get_mtu_info (self->skeleton, call->invocation, g_variant_dict_end (&dict));
}

static gboolean
on_get_mtu_info (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  SvpnDbusWorker *worker = svpn_call_worker (self->tunnel, invocation);

  if (worker == NULL)
    return TRUE;
  MtuCall *call = g_new0 (MtuCall, 1);
  call->self = g_object_ref (self);
  call->invocation = invocation;
  svpn_dbus_worker_call_get_mtu_info (worker, NULL, on_mtu_info, call);
  return TRUE;
}

static gboolean
on_get_settings (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_settings (self->store, SCOPE, self->name, invocation);
  return TRUE;
}

static void
follow_lockdown (SvpnClientObject *self, GVariant *changes, const char *const *unset)
{
  g_autoptr (GVariant) changed = g_variant_lookup_value (changes, "lockdown", NULL);
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, NULL);

  if (profile != NULL && (changed != NULL || g_strv_contains (unset, "lockdown")))
    svpn_client_lockdown_set (self, profile);
}

static gboolean
on_update (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
           const char *const *unset, SvpnClientObject *self)
{
  GError *error = NULL;

  if (!svpn_call_update (self->store, SCOPE, self->name, settings, unset, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  svpn_client_object_reload (self);
  follow_lockdown (self, settings, unset);
  svpn_dbus_client_complete_update (skeleton, invocation);
  return TRUE;
}

/* Called when TelemetryInterval has been set. A smartvpnd that takes over goes on with it. */
static void
on_telemetry_interval (SvpnDbusClient *skeleton, GParamSpec *property, SvpnClientObject *self)
{
  guint interval_s = svpn_dbus_client_get_telemetry_interval (skeleton);

  if (!svpn_tunnel_is_down (self->tunnel))
    svpn_tunnel_record_detail (self->tunnel, SVPN_CLIENT_TELEMETRY_DETAIL, g_variant_new_uint32 (interval_s));
}

void
svpn_client_methods_connect (SvpnClientObject *self)
{
  g_signal_connect (self->skeleton, "handle-connect", G_CALLBACK (on_connect), self);
  g_signal_connect (self->skeleton, "handle-disconnect", G_CALLBACK (on_disconnect), self);
  g_signal_connect (self->skeleton, "handle-reconnect", G_CALLBACK (on_reconnect), self);
  g_signal_connect (self->skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (self->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), self);
  g_signal_connect (self->skeleton, "handle-get-connection-quality", G_CALLBACK (on_get_connection_quality),
                    self);
  g_signal_connect (self->skeleton, "handle-get-mtu-info", G_CALLBACK (on_get_mtu_info), self);
  g_signal_connect (self->skeleton, "handle-get-settings", G_CALLBACK (on_get_settings), self);
  g_signal_connect (self->skeleton, "handle-update", G_CALLBACK (on_update), self);
  g_signal_connect (self->skeleton, "notify::telemetry-interval", G_CALLBACK (on_telemetry_interval), self);
}

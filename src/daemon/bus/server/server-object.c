/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Server: a profile and, while it runs, its tunnel. The methods about authorized clients are in
 * server-authorized-clients.c. */
#include "server-object.h"
#include "access.h"
#include "calls.h"
#include "error.h"
#include "object-path.h"
#include "server-check.h"
#include "server-object-private.h"

#define SCOPE SVPN_SCOPE_SERVER
#define PAGE_MAX 100 /* clients; some milliseconds of the worker */

G_DEFINE_FINAL_TYPE (SvpnServerObject, svpn_server_object, SVPN_DBUS_TYPE_OBJECT_SKELETON)

SvpnTunnel *
svpn_server_object_get_tunnel (SvpnServerObject *self)
{
  return self->tunnel;
}

void
svpn_server_object_reload (SvpnServerObject *self)
{
  svpn_server_tunnel_show_profile (self);
}

/* ---- Methods ---- */

static gboolean
on_start (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, GVariant *options,
          SvpnServerObject *self)
{
  svpn_call_start (self->tunnel, invocation, options);
  return TRUE;
}

static gboolean
on_stop (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_stop (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_status (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_get_status (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_check (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  g_auto (GStrv) findings = svpn_server_check (self);

  svpn_dbus_server_complete_check (skeleton, invocation, (const char *const *) findings);
  return TRUE;
}

static gboolean
on_get_statistics (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_get_statistics (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_subscribe_server_telemetry (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, guint interval_ms,
                               GVariant *options, SvpnServerObject *self)
{
  svpn_subscriptions_add (self->subscriptions, self->tunnel, invocation, interval_ms, options);
  return TRUE;
}

static gboolean
on_list_clients (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "ListClients", NULL, SVPN_REPLY_SESSION_LIST);
  return TRUE;
}

static gboolean
on_disconnect_client (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                      SvpnServerObject *self)
{
  svpn_call_forward (
      self->tunnel, invocation, "DisconnectClient",
      g_variant_new ("(ss)", id, "server-ended: The server's administrator has ended the session"),
      SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_reconnect_client (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                     SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "PauseClient",
                     g_variant_new ("(ss)", id, "The server's administrator asks for another session"),
                     SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_get_client_telemetry (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                         SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "GetClientTelemetry", g_variant_new ("(s)", id),
                     SVPN_REPLY_SESSION_TELEMETRY);
  return TRUE;
}

static gboolean
check_range (const char *what, guint64 value, guint64 min, guint64 max, GDBusMethodInvocation *invocation)
{
  if (value >= min && value <= max)
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                                         "%s: %" G_GUINT64_FORMAT " is out of range (%" G_GUINT64_FORMAT
                                         " to %" G_GUINT64_FORMAT ")",
                                         what, value, min, max);
  return FALSE;
}

static gboolean
on_list_clients_page (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, guint offset, guint count,
                      SvpnServerObject *self)
{
  if (check_range ("count", count, 1, PAGE_MAX, invocation))
    svpn_call_forward (self->tunnel, invocation, "ListClientsPage", g_variant_new ("(uu)", offset, count),
                       SVPN_REPLY_SESSION_LIST);
  return TRUE;
}

static gboolean
on_set_client_rate_limit (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                          guint64 bytes_per_s, guint64 burst_bytes, SvpnServerObject *self)
{
  if (check_range ("bytes_per_s", bytes_per_s, SVPN_RATE_MIN, SVPN_RATE_MAX, invocation)
      && check_range ("burst_bytes", burst_bytes, SVPN_BURST_MIN, SVPN_BURST_MAX, invocation))
    svpn_call_forward (self->tunnel, invocation, "SetClientRateLimit",
                       g_variant_new ("(stt)", id, bytes_per_s, burst_bytes), SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_remove_client_rate_limit (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                             SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "SetClientRateLimit",
                     g_variant_new ("(stt)", id, (guint64) 0, (guint64) 0), SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_reload (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_server_reload (self, invocation);
  return TRUE;
}

static gboolean
on_get_settings (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_get_settings (self->store, SCOPE, self->name, invocation);
  return TRUE;
}

static gboolean
on_update (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
           const char *const *unset, SvpnServerObject *self)
{
  GError *error = NULL;

  if (!svpn_call_update (self->store, SCOPE, self->name, settings, unset, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  svpn_server_object_reload (self);
  svpn_dbus_server_complete_update (skeleton, invocation);
  return TRUE;
}

static void
connect_methods (SvpnServerObject *self)
{
  g_signal_connect (self->skeleton, "handle-start", G_CALLBACK (on_start), self);
  g_signal_connect (self->skeleton, "handle-stop", G_CALLBACK (on_stop), self);
  g_signal_connect (self->skeleton, "handle-check", G_CALLBACK (on_check), self);
  g_signal_connect (self->skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (self->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), self);
  g_signal_connect (self->skeleton, "handle-subscribe-telemetry", G_CALLBACK (on_subscribe_server_telemetry),
                    self);
  g_signal_connect (self->skeleton, "handle-list-clients", G_CALLBACK (on_list_clients), self);
  g_signal_connect (self->skeleton, "handle-disconnect-client", G_CALLBACK (on_disconnect_client), self);
  g_signal_connect (self->skeleton, "handle-reconnect-client", G_CALLBACK (on_reconnect_client), self);
  g_signal_connect (self->skeleton, "handle-list-clients-page", G_CALLBACK (on_list_clients_page), self);
  g_signal_connect (self->skeleton, "handle-get-client-telemetry", G_CALLBACK (on_get_client_telemetry),
                    self);
  g_signal_connect (self->skeleton, "handle-set-client-rate-limit", G_CALLBACK (on_set_client_rate_limit),
                    self);
  g_signal_connect (self->skeleton, "handle-remove-client-rate-limit",
                    G_CALLBACK (on_remove_client_rate_limit), self);
  g_signal_connect (self->skeleton, "handle-reload", G_CALLBACK (on_reload), self);
  g_signal_connect (self->skeleton, "handle-get-settings", G_CALLBACK (on_get_settings), self);
  g_signal_connect (self->skeleton, "handle-update", G_CALLBACK (on_update), self);
}

/* ---- The object ---- */

SvpnServerObject *
svpn_server_object_new (const SvpnEnvironment *environment, SvpnStore *store,
                        SvpnSubscriptions *subscriptions, const char *name)
{
  g_autofree char *path = svpn_object_path_from_name (SCOPE, name);
  SvpnServerObject *self = g_object_new (SVPN_TYPE_SERVER_OBJECT, "g-object-path", path, NULL);

  self->store = store;
  self->subscriptions = subscriptions;
  self->config_dir = environment->config_dir;
  self->name = g_strdup (name);
  self->skeleton = svpn_access_skeleton_new (SVPN_DBUS_TYPE_SERVER_SKELETON, environment);
  self->tunnel = svpn_tunnel_new (environment, &svpn_server_tunnel_ops, name, G_OBJECT (self));
  connect_methods (self);
  svpn_server_authorized_clients_connect (self);
  svpn_dbus_object_skeleton_set_server (SVPN_DBUS_OBJECT_SKELETON (self), self->skeleton);
  svpn_dbus_server_set_name (self->skeleton, name);
  svpn_dbus_server_set_state (self->skeleton, svpn_tunnel_get_state_name (self->tunnel));
  svpn_dbus_server_set_last_error (self->skeleton, "");
  svpn_dbus_server_set_last_reason (self->skeleton, svpn_tunnel_get_last_reason (self->tunnel));
  svpn_server_tunnel_show_down (self);
  return self;
}

static void
svpn_server_object_finalize (GObject *object)
{
  SvpnServerObject *self = SVPN_SERVER_OBJECT (object);

  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->tunnel);
  g_clear_pointer (&self->parts, svpn_server_parts_free);
  g_strfreev (self->findings);
  g_free (self->name);
  G_OBJECT_CLASS (svpn_server_object_parent_class)->finalize (object);
}

static void
svpn_server_object_init (SvpnServerObject *self)
{
}

static void
svpn_server_object_class_init (SvpnServerObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_server_object_finalize;
}

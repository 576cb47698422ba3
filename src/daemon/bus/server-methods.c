/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Server, but for those about who is authorized. */
#include "calls.h"
#include "error.h"
#include "keys.h"
#include "server-private.h"
#include "worker-reply.h"

#define SCOPE SVPN_SCOPE_SERVER
#define START_TIMEOUT_S 20

/* A certificate needs its key and the reverse. */
static gboolean
check_pair (GVariant *settings, GError **error)
{
  static const char *const keys[] = { "tls-certificate-file", "tls-key-file" };
  gboolean given[2];

  for (gsize i = 0; i < 2; i++)
    given[i] = svpn_settings_get_string (SCOPE, settings, keys[i]) != NULL;
  if (given[0] == given[1])
    return TRUE;
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: needed with %s",
               given[0] ? keys[1] : keys[0], given[0] ? keys[0] : keys[1]);
  return FALSE;
}

gboolean
svpn_server_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error)
{
  SvpnServerObject *self = owner;

  start->settings = svpn_call_settings (self->store, SCOPE, self->name, options, error);
  start->timeout_s = START_TIMEOUT_S;
  start->timeout_error = g_strdup ("The worker does not start the server");
  start->wait = TRUE;
  return start->settings != NULL && check_pair (start->settings, error);
}

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
on_get_statistics (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_get_statistics (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_list_clients (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "ListClients", NULL, SVPN_REPLY_CLIENT_LIST);
  return TRUE;
}

static gboolean
on_disconnect_client (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                      SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "DisconnectClient",
                     g_variant_new ("(ss)", id, "The server's administrator has ended the session"),
                     SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_get_client_telemetry (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *id,
                         SvpnServerObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "GetClientTelemetry", g_variant_new ("(s)", id),
                     SVPN_REPLY_CLIENT_TELEMETRY);
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

/* Without TLS there is nothing to read anew. */
static gboolean
on_reload (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, SvpnServerObject *self)
{
  g_autofree char *certificate = NULL;
  char *key = NULL;
  GError *error = NULL;

  if (svpn_call_worker (self->tunnel, invocation) == NULL)
    return TRUE;
  if (!svpn_server_parts_load_certificate (svpn_tunnel_get_settings (self->tunnel), &certificate, &key,
                                           &error))
    g_dbus_method_invocation_take_error (invocation, error);
  else if (certificate == NULL)
    svpn_dbus_server_complete_reload (skeleton, invocation);
  else
    svpn_call_forward (self->tunnel, invocation, "SetCertificate", g_variant_new ("(ss)", certificate, key),
                       SVPN_REPLY_NOTHING);
  svpn_key_free (key);
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

void
svpn_server_methods_connect (SvpnServerObject *self)
{
  g_signal_connect (self->skeleton, "handle-start", G_CALLBACK (on_start), self);
  g_signal_connect (self->skeleton, "handle-stop", G_CALLBACK (on_stop), self);
  g_signal_connect (self->skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (self->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), self);
  g_signal_connect (self->skeleton, "handle-list-clients", G_CALLBACK (on_list_clients), self);
  g_signal_connect (self->skeleton, "handle-disconnect-client", G_CALLBACK (on_disconnect_client), self);
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

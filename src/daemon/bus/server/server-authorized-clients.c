/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Server about authorized clients. */
#include "authorized-clients.h"
#include "calls.h"
#include "server-object-private.h"

#define SCOPE SVPN_SCOPE_SERVER

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Those of the running server, else of its profile. */
static gboolean
find_pools (SvpnServerObject *self, SvpnPools *pools, GError **error)
{
  GVariant *running = svpn_tunnel_get_settings (self->tunnel);
  g_autoptr (GVariant) settings
      = running != NULL ? g_variant_ref (running) : svpn_store_load (self->store, SCOPE, self->name, error);

  if (settings == NULL)
    return FALSE;
  *pools = svpn_authorized_clients_pools (settings);
  return TRUE;
}

static GVariant *
clients_for_worker (SvpnServerObject *self, GVariant *clients)
{
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  guint burst_bytes = svpn_settings_get_uint (SCOPE, settings, "rate-limit-burst-bytes");

  return svpn_authorized_clients_for_worker (clients, burst_bytes);
}

/* Called when the worker has answered. */
static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *id = user_data;
  g_autoptr (GError) error = NULL;

  if (!svpn_dbus_worker_call_set_authorized_clients_finish (SVPN_DBUS_WORKER (source), result, &error))
    g_warning ("%s: the worker refuses the authorized clients: %s", id, error->message);
}

void
svpn_server_tell_authorized_clients (SvpnServerObject *self, SvpnDbusWorker *worker)
{
  const char *id = svpn_tunnel_get_id (self->tunnel);
  SvpnPools pools = svpn_authorized_clients_pools (svpn_tunnel_get_settings (self->tunnel));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) clients = svpn_authorized_clients_load (self->config_dir, self->name, &error);

  if (clients == NULL || !svpn_authorized_clients_check (clients, &pools, &error))
    g_warning ("%s keeps the authorized clients that it had: %s", id, error->message);
  else
    svpn_dbus_worker_call_set_authorized_clients (worker, clients_for_worker (self, clients), NULL, on_told,
                                                  g_strdup (id));
}

/* Saves @clients, tells the worker and answers. @clients NULL: answers with @error. */
static void
commit_clients (SvpnServerObject *self, GDBusMethodInvocation *invocation, GVariant *clients, GError *error)
{
  if (clients == NULL || !svpn_authorized_clients_save (self->config_dir, self->name, clients, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
  } else if (svpn_tunnel_is_up (self->tunnel)) {
    svpn_call_forward (self->tunnel, invocation, "SetAuthorizedClients",
                       g_variant_new ("(@aa{sv})", clients_for_worker (self, clients)), SVPN_REPLY_NOTHING);
  } else {
    self->clients_changed = TRUE;
    g_dbus_method_invocation_return_value (invocation, NULL);
  }
}

static gboolean
on_authorize_client (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, GVariant *client,
                     SvpnServerObject *self)
{
  GError *error = NULL;
  SvpnPools pools;
  g_autoptr (GVariant) old = svpn_authorized_clients_load (self->config_dir, self->name, &error);
  g_autoptr (GVariant) clients = old != NULL && find_pools (self, &pools, &error)
                                     ? svpn_authorized_clients_add (old, client, &pools, now_s (), &error)
                                     : NULL;

  commit_clients (self, invocation, clients, error);
  return TRUE;
}

static gboolean
on_revoke_client (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation, const char *client,
                  SvpnServerObject *self)
{
  GError *error = NULL;
  g_autoptr (GVariant) old = svpn_authorized_clients_load (self->config_dir, self->name, &error);
  g_autoptr (GVariant) clients = old != NULL ? svpn_authorized_clients_revoke (old, client, &error) : NULL;

  commit_clients (self, invocation, clients, error);
  return TRUE;
}

static gboolean
on_list_authorized_clients (SvpnDbusServer *skeleton, GDBusMethodInvocation *invocation,
                            SvpnServerObject *self)
{
  GError *error = NULL;
  g_autoptr (GVariant) clients = svpn_authorized_clients_load (self->config_dir, self->name, &error);

  if (clients != NULL)
    svpn_dbus_server_complete_list_authorized_clients (skeleton, invocation,
                                                       svpn_authorized_clients_describe (clients, now_s ()));
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

void
svpn_server_authorized_clients_connect (SvpnServerObject *self)
{
  g_signal_connect (self->skeleton, "handle-authorize-client", G_CALLBACK (on_authorize_client), self);
  g_signal_connect (self->skeleton, "handle-revoke-client", G_CALLBACK (on_revoke_client), self);
  g_signal_connect (self->skeleton, "handle-list-authorized-clients", G_CALLBACK (on_list_authorized_clients),
                    self);
}

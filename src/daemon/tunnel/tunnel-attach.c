/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a tunnel finds a worker again that an earlier smartvpnd has started. */
#include "tunnel-private.h"
#include "tunnel-record.h"

#include <net/if.h>

/* Whether this is the worker of the record, and is up; then *@found is the state of the tunnel. */
static gboolean
check_found (SvpnTunnel *self, GVariant *state, const SvpnTunnelRecord *record, SvpnTunnelState *found,
             GError **error)
{
  const char *const *names = self->ops->state_names;
  const char *role = "", *at = "", *hash = "", *interface = svpn_network_get_interface (self->network);

  g_variant_lookup (state, "role", "&s", &role);
  g_variant_lookup (state, "state", "&s", &at);
  g_variant_lookup (state, "settings-hash", "&s", &hash);
  *found = g_strcmp0 (at, names[SVPN_TUNNEL_RECONNECTING]) == 0 ? SVPN_TUNNEL_RECONNECTING : SVPN_TUNNEL_UP;
  if (strcmp (role, self->ops->role) != 0 || g_strcmp0 (at, names[*found]) != 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "The start was interrupted when smartvpnd ended");
  else if (record == NULL || strcmp (hash, record->hash) != 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "The worker that was found runs with other settings than those recorded");
  else if (interface == NULL || if_nametoindex (interface) == 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "The network interface of the worker that was found is gone");
  else
    return TRUE;
  return FALSE;
}

static void
take_record (SvpnTunnel *self, const SvpnTunnelRecord *record)
{
  self->settings = g_variant_ref (record->settings);
  self->options = g_variant_ref (record->options);
  self->wanted = record->wanted != NULL ? g_variant_ref (record->wanted) : NULL;
}

/* Called when the worker that was found has told its state. */
static void
on_found_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  SvpnDbusWorker *worker = SVPN_DBUS_WORKER (source);
  g_autoptr (GVariant) state = NULL;
  GError *error = NULL;

  if (!svpn_dbus_worker_call_get_state_finish (worker, &state, result, &error)) {
    svpn_tunnel_fail_call (self, error);
    return;
  }
  g_autoptr (SvpnTunnelRecord) record
      = svpn_tunnel_record_load (self->environment->state_dir, self->ops->scope, self->id);
  gint64 since = 0;
  SvpnTunnelState found;

  if (record != NULL)
    take_record (self, record);
  if (!check_found (self, state, record, &found, &error)
      || !self->ops->adopt (self->owner, worker, state, record->details, &error)) {
    svpn_tunnel_fail (self, error);
    return;
  }
  self->hash = g_strdup (record->hash);
  g_variant_lookup (record->details, SVPN_TUNNEL_SINCE_DETAIL, "x", &since);
  svpn_tunnel_set_since (self, since);
  g_autofree char *reason
      = svpn_reason_text (found == SVPN_TUNNEL_UP ? SVPN_REASON_ESTABLISHED : SVPN_REASON_CONNECTION_LOST,
                          "found so when smartvpnd started");
  svpn_tunnel_enter_state (self, found, reason);
  svpn_tunnel_answer_start (self, NULL);
}

/* A tunnel that was up is started again if it is to be; then nobody waits for that. */
static void
mend (SvpnTunnel *self, const SvpnTunnelRecord *record)
{
  gint64 since;

  if (!g_variant_lookup (record->details, SVPN_TUNNEL_SINCE_DETAIL, "x", &since))
    return;
  take_record (self, record);
  svpn_tunnel_set_since (self, since);
  svpn_tunnel_on_death (self, -1);
  if (self->persistent)
    svpn_tunnel_answer_start (self, NULL);
}

/* @error: why no worker was found. Without a record there was none to find. */
static void
no_worker_found (SvpnTunnel *self, const GError *error)
{
  g_autoptr (SvpnTunnelRecord) record
      = svpn_tunnel_record_load (self->environment->state_dir, self->ops->scope, self->id);

  if (error->domain == SVPN_ERROR) {
    g_warning ("%s", error->message);
    self->failure = g_error_copy (error);
  } else if (record != NULL) {
    self->failure
        = g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker died while smartvpnd was not running");
    self->reason = svpn_reason_text (SVPN_REASON_WORKER_DIED, self->failure->message);
    mend (self, record);
  }
  svpn_tunnel_wind_down (self, NULL);
}

/* Called when the worker is connected, or there is none. */
static void
on_worker_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  g_autoptr (GError) error = NULL;

  if (svpn_tunnel_take_worker (self, source, result, &error)) {
    svpn_dbus_worker_call_get_state (svpn_worker_connection_get_proxy (self->worker), self->cancellable,
                                     on_found_state, g_object_ref (self));
  } else if (error != NULL) {
    no_worker_found (self, error);
  }
}

void
svpn_tunnel_attach_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (svpn_tunnel_is_down (self) && self->network == NULL);
  svpn_tunnel_begin (self);
  self->start_task = g_task_new (self, NULL, callback, user_data);
  svpn_network_adopt (self->network);
  svpn_tunnel_open_worker (self, SVPN_WORKER_ATTACH, on_worker_attached);
}

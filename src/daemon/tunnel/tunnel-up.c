/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way up of a tunnel: prepare, record, worker, ops->start(), up. */
#include "tunnel-private.h"
#include "tunnel-record.h"

void
svpn_tunnel_begin (SvpnTunnel *self)
{
  g_object_ref (self->owner);
  self->network = svpn_network_new (self->id, self->environment->state_dir, self->environment->bus);
  svpn_tunnel_watch_network (self);
  self->cancellable = g_cancellable_new ();
}

void
svpn_tunnel_open_worker (SvpnTunnel *self, SvpnWorkerOpening opening, GAsyncReadyCallback callback)
{
  self->worker = svpn_worker_connection_new (self->environment, self->id);
  svpn_tunnel_watch_worker (self);
  svpn_worker_connection_open_async (self->worker, opening, callback, g_object_ref (self));
}

gboolean
svpn_tunnel_take_worker (SvpnTunnel *self, GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean ok = svpn_worker_connection_open_finish (SVPN_WORKER_CONNECTION (source), result, &local_error);

  if (self->worker != SVPN_WORKER_CONNECTION (source) || self->winding_down)
    return FALSE;
  if (ok)
    svpn_tunnel_watch_end (self);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

/* Puts @key = @value (floating is taken) into the details of the record; not while down. */
static void
record_detail (SvpnTunnel *self, const char *key, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GError) error = NULL;

  if (!svpn_tunnel_record_put (self->environment->state_dir, self->ops->scope, self->id, key, owned, &error))
    g_warning ("%s: %s", self->id, error->message);
}

void
svpn_tunnel_set_since (SvpnTunnel *self, gint64 since)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  self->since = since > 0 && since < now ? since : now;
  self->since_us = g_get_monotonic_time () - (now - self->since) * G_USEC_PER_SEC;
}

void
svpn_tunnel_set_up (SvpnTunnel *self)
{
  g_autoptr (GVariant) settings = g_steal_pointer (&self->settings);

  self->settings = svpn_settings_without_secrets (self->ops->scope, settings);
  self->persistent = FALSE;
  svpn_tunnel_last_set_error (&self->last, NULL); /* of an earlier attempt */
  g_clear_handle_id (&self->deadline_source, g_source_remove);
  svpn_tunnel_set_since (self, 0);
  record_detail (self, SVPN_TUNNEL_SINCE_DETAIL, g_variant_new_int64 (self->since));
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_UP, svpn_reason_code (SVPN_REASON_ESTABLISHED));
  if (self->lost != NULL) /* while starting */
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_RECONNECTING, self->lost);
  svpn_tunnel_answer_start (self, NULL);
}

void
svpn_tunnel_set_reconnecting (SvpnTunnel *self, gboolean reconnecting, const char *reason)
{
  g_clear_pointer (&self->lost, g_free);
  self->lost = reconnecting ? g_strdup (reason) : NULL;
  if (svpn_tunnel_is_up (self) && !self->winding_down)
    svpn_tunnel_enter_state (self, reconnecting ? SVPN_TUNNEL_RECONNECTING : SVPN_TUNNEL_UP,
                             reconnecting ? reason : svpn_reason_code (SVPN_REASON_ESTABLISHED));
}

void
svpn_tunnel_set_loss (SvpnTunnel *self, const char *reason)
{
  g_free (self->lost);
  self->lost = g_strdup (reason);
}

static void
on_worker_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  GError *error = NULL;

  if (svpn_tunnel_take_worker (self, source, result, &error))
    self->ops->start (self->owner, svpn_worker_connection_get_proxy (self->worker));
  else if (error != NULL)
    svpn_tunnel_fail (self, error);
}

static gboolean
on_deadline (gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->deadline_source = 0;
  svpn_tunnel_fail (self, g_error_new_literal (SVPN_ERROR, SVPN_ERROR_TIMEOUT, self->timeout_error));
  return G_SOURCE_REMOVE;
}

static gboolean
prepare (SvpnTunnel *self, GError **error)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (SvpnTunnelRecord) record = NULL;

  if (!self->ops->prepare (self->owner, &self->settings, &details, error))
    return FALSE;
  self->hash = svpn_settings_hash (self->settings);
  record = g_new0 (SvpnTunnelRecord, 1);
  record->hash = g_strdup (self->hash);
  record->settings = svpn_settings_without_secrets (self->ops->scope, self->settings);
  record->options = g_variant_ref (self->options);
  record->wanted = g_variant_ref (self->wanted);
  record->details = g_variant_ref_sink (g_variant_dict_end (&details));
  return svpn_tunnel_record_save (self->environment->state_dir, self->id, record, error);
}

void
svpn_tunnel_go_up (SvpnTunnel *self, const SvpnStart *start)
{
  GError *error = NULL;

  self->settings = g_variant_ref (start->settings);
  self->options = svpn_settings_without_secrets (self->ops->scope, start->options);
  self->wanted = svpn_settings_without_secrets (self->ops->scope, start->settings);
  self->timeout_error = g_strdup (start->timeout_error);
  self->deadline_source = g_timeout_add (start->timeout_s * 1000, on_deadline, self);
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_STARTING,
                           svpn_reason_code (self->persistent ? SVPN_REASON_BOOT : SVPN_REASON_USER));
  if (prepare (self, &error))
    svpn_tunnel_open_worker (self, SVPN_WORKER_START, on_worker_started);
  else
    svpn_tunnel_fail (self, error);
}

GError *
svpn_tunnel_not_down (SvpnTunnel *self)
{
  const char *state = svpn_tunnel_get_state_name (self);

  if (svpn_tunnel_is_up (self))
    return g_error_new (SVPN_ERROR, self->ops->error_up, "%s is already %s", self->title, state);
  if (!svpn_tunnel_is_down (self))
    return g_error_new (SVPN_ERROR, SVPN_ERROR_BUSY, "%s is %s; try again when that is done", self->title,
                        state);
  return NULL;
}

gboolean
svpn_tunnel_take_start (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = svpn_tunnel_not_down (self);

  if (error != NULL) {
    g_task_return_error (task, error);
    return FALSE;
  }
  svpn_tunnel_begin (self);
  self->start_task = g_steal_pointer (&task);
  self->persistent = FALSE;
  g_clear_pointer (&self->reason, g_free);
  svpn_tunnel_forget_last_run (self);
  return TRUE;
}

void
svpn_tunnel_start_async (SvpnTunnel *self, const SvpnStart *start, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  if (svpn_tunnel_take_start (self, callback, user_data))
    svpn_tunnel_go_up (self, start);
}

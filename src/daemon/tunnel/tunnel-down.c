/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way down of a tunnel.
 *
 * How it works: svpn_tunnel_wind_down(), from whatever state, cancels what is under way and ends the worker. Once the worker
 * has ended, finish() undoes the network, removes the record, enters the last state and answers everyone who waits. */
#include "journal.h"
#include "tunnel-private.h"
#include "tunnel-record.h"

#include <signal.h>

static void
answer_stops (SvpnTunnel *self)
{
  for (guint i = 0; i < self->stop_tasks->len; i++)
    g_task_return_boolean (self->stop_tasks->pdata[i], TRUE);
  g_ptr_array_set_size (self->stop_tasks, 0);
}

void
svpn_tunnel_answer_start (SvpnTunnel *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->start_task);

  if (task == NULL)
    g_clear_error (&error);
  else if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Called when the worker has ended, or there was none. */
static void
finish (SvpnTunnel *self)
{
  g_autoptr (GObject) owner = self->owner; /* takes over the reference of svpn_tunnel_begin() */
  g_autoptr (SvpnTunnel) keep = g_object_ref (self);
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);
  g_autofree char *reason = g_steal_pointer (&self->reason);

  svpn_network_undo (self->network);
  svpn_tunnel_record_remove (self->environment->state_dir, self->id);
  svpn_tunnel_forget (self);
  if (failure != NULL) {
    if (reason == NULL)
      reason = svpn_reason_of_error (failure);
    svpn_tunnel_last_set_error (&self->last, failure);
    if (svpn_tunnel_try_again (self, failure, reason))
      return;
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_FAILED, reason);
  } else {
    if (self->state != SVPN_TUNNEL_DOWN) /* not if nothing was found */
      svpn_tunnel_last_set_reason (&self->last, reason);
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_DOWN,
                             reason != NULL ? reason : svpn_reason_code (SVPN_REASON_USER));
  }
  svpn_tunnel_answer_start (self, failure != NULL
                                      ? g_steal_pointer (&failure)
                                      : g_error_new (SVPN_ERROR, self->ops->error_down,
                                                     "%s was stopped before it had started", self->title));
  answer_stops (self);
  g_signal_emit_by_name (self, "down");
}

static void
on_worker_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;

  finish (self);
}

void
svpn_tunnel_wind_down (SvpnTunnel *self, const char *goodbye)
{
  if (self->winding_down)
    return;
  self->winding_down = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->deadline_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->worker != NULL)
    svpn_worker_connection_stop_async (self->worker, goodbye, on_worker_stopped, g_object_ref (self));
  else
    finish (self);
}

void
svpn_tunnel_fail (SvpnTunnel *self, GError *error)
{
  if (self->winding_down || self->network == NULL) {
    g_error_free (error);
    return;
  }
  if (error->domain == SVPN_ERROR) {
    self->failure = error;
  } else {
    self->failure = g_error_new_literal (SVPN_ERROR, SVPN_ERROR_FAILED, error->message);
    g_error_free (error);
  }
  svpn_tunnel_wind_down (self, self->ops->goodbye);
}

void
svpn_tunnel_fail_call (SvpnTunnel *self, GError *error)
{
  /* Cancelled: we wind down already. Closed, or without a task: the end of the worker comes next and tells more. */
  if (svpn_worker_error_is_silence (error) || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED))
    g_error_free (error);
  else
    svpn_tunnel_fail (self, svpn_worker_error (error));
}

static GError *
worker_died (int status)
{
  if (status > 128)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker was killed by signal %d%s", status - 128,
                        status - 128 == SIGKILL ? "; if nobody did that, memory ran out: see journalctl -k"
                                                : "");
  if (status < 0)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has died");
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has ended with status %d", status);
}

/* Called when the worker has ended, whatever the reason. */
static void
on_worker_exited (SvpnWorkerConnection *worker, int status, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->ops->exited (self->owner, status);
  if (self->winding_down)
    return;
  if (self->state != SVPN_TUNNEL_UP || status != 0) {
    SvpnJournalEntry entry = { SVPN_EVENT_WORKER_DIED, self->id };
    self->failure = worker_died (status);
    self->reason = svpn_reason_text (SVPN_REASON_WORKER_DIED, self->failure->message);
    svpn_journal (G_LOG_LEVEL_WARNING, &entry, "%s: %s", self->id, self->failure->message);
    if (svpn_tunnel_is_up (self))
      svpn_tunnel_on_death (self, status);
  }
  svpn_tunnel_wind_down (self, NULL);
}

/* Called when the worker says that its task is over, and why; its process ends by itself. */
static void
on_worker_ended (SvpnDbusWorker *worker, const char *reason, gpointer user_data)
{
  SvpnTunnel *self = user_data;
  g_autofree char *text = svpn_worker_text (reason);

  if (self->winding_down)
    return;
  if (self->state == SVPN_TUNNEL_UP) {
    self->reason = g_strdup (text);
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_STOPPING, text);
  } else {
    self->failure = svpn_reason_to_error (text);
  }
  svpn_tunnel_wind_down (self, NULL);
}

/* Called when the worker has told its state, in place of the lost signals. */
static void
on_state_after_loss (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  g_autoptr (GVariant) state = NULL;

  if (svpn_dbus_worker_call_get_state_finish (SVPN_DBUS_WORKER (source), &state, result, NULL)
      && svpn_tunnel_is_up (self))
    self->ops->signals_lost (self->owner, state);
}

/* Called when signals of the worker were dropped. */
static void
on_signals_lost (SvpnWorkerConnection *worker, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  if (svpn_tunnel_is_up (self) && self->ops->signals_lost != NULL)
    svpn_dbus_worker_call_get_state (svpn_worker_connection_get_proxy (worker), self->cancellable,
                                     on_state_after_loss, g_object_ref (self));
}

void
svpn_tunnel_watch_worker (SvpnTunnel *self)
{
  g_signal_connect (self->worker, "exited", G_CALLBACK (on_worker_exited), self);
  g_signal_connect (self->worker, "signals-lost", G_CALLBACK (on_signals_lost), self);
}

void
svpn_tunnel_watch_end (SvpnTunnel *self)
{
  g_signal_connect (svpn_worker_connection_get_proxy (self->worker), "ended", G_CALLBACK (on_worker_ended),
                    self);
}

void
svpn_tunnel_stop_async (SvpnTunnel *self, SvpnReason reason, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (svpn_tunnel_is_down (self)) {
    g_task_return_error (task, svpn_tunnel_not_up (self));
    return;
  }
  g_ptr_array_add (self->stop_tasks, g_steal_pointer (&task));
  self->persistent = FALSE;
  if (!self->winding_down)
    self->reason = svpn_reason_text (reason, NULL);
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_STOPPING, svpn_reason_code (reason));
  svpn_tunnel_wind_down (self, self->ops->goodbye);
}

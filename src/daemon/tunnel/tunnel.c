/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of one tunnel, client or server: its worker, its network and its record, from start to end.
 *
 * How it works. There is one way up and one way down. Up: prepare, record, worker, role (ops->start), up. (The other
 * beginning, with a worker that is there already, is in tunnel-attach.c; the next attempt after one that has failed, in
 * tunnel-retry.c.) Down, from wherever it is:
 * svpn_tunnel_wind_down() cancels what is under way and ends the worker; finish(), once the worker has ended, undoes the
 * network, forgets the record, enters the last state and answers everybody who waits. */
#include "tunnel.h"
#include "journal.h"
#include "object-path.h"
#include "tunnel-private.h"
#include "tunnel-record.h"
#include "worker-reply.h"

G_DEFINE_FINAL_TYPE (SvpnTunnel, svpn_tunnel, G_TYPE_OBJECT)

enum { SIGNAL_DOWN, SIGNAL_STATE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- State ---- */

const SvpnTunnelOps *
svpn_tunnel_get_ops (SvpnTunnel *self)
{
  return self->ops;
}

const char *
svpn_tunnel_get_id (SvpnTunnel *self)
{
  return self->id;
}

SvpnTunnelState
svpn_tunnel_get_state (SvpnTunnel *self)
{
  return self->state;
}

const char *
svpn_tunnel_get_state_name (SvpnTunnel *self)
{
  return self->ops->state_names[self->state];
}

gboolean
svpn_tunnel_is_down (SvpnTunnel *self)
{
  return self->state == SVPN_TUNNEL_DOWN || self->state == SVPN_TUNNEL_FAILED;
}

gboolean
svpn_tunnel_is_up (SvpnTunnel *self)
{
  return self->state == SVPN_TUNNEL_UP || self->state == SVPN_TUNNEL_RECONNECTING;
}

const char *
svpn_tunnel_get_last_error (SvpnTunnel *self)
{
  const char *error = self->last_error;

  if (self->profile_error != NULL && svpn_tunnel_is_down (self))
    error = self->profile_error;
  return error != NULL ? error : "";
}

void
svpn_tunnel_set_profile_error (SvpnTunnel *self, const GError *error)
{
  const char *message = error != NULL ? error->message : NULL;

  if (g_strcmp0 (message, self->profile_error) == 0)
    return;
  if (message != NULL)
    g_warning ("%s: %s", self->id, message);
  g_free (self->profile_error);
  self->profile_error = g_strdup (message);
}

SvpnNetwork *
svpn_tunnel_get_network (SvpnTunnel *self)
{
  return self->network;
}

GVariant *
svpn_tunnel_get_settings (SvpnTunnel *self)
{
  return self->settings;
}

const char *
svpn_tunnel_get_hash (SvpnTunnel *self)
{
  return self->hash;
}

SvpnDbusWorker *
svpn_tunnel_get_worker (SvpnTunnel *self)
{
  return svpn_tunnel_is_up (self) ? svpn_worker_link_get_proxy (self->link) : NULL;
}

uid_t
svpn_tunnel_get_worker_uid (SvpnTunnel *self)
{
  return svpn_worker_link_get_uid (self->link);
}

GCancellable *
svpn_tunnel_get_cancellable (SvpnTunnel *self)
{
  return self->cancellable;
}

void
svpn_tunnel_describe (SvpnTunnel *self, GVariantDict *dict)
{
  self->ops->describe (self->owner, dict);
}

static guint64
uptime_s (SvpnTunnel *self)
{
  return (guint64) (g_get_monotonic_time () - self->since_us) / G_USEC_PER_SEC;
}

void
svpn_tunnel_describe_status (SvpnTunnel *self, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "state", "s", svpn_tunnel_get_state_name (self));
  if (*svpn_tunnel_get_last_error (self) != '\0')
    g_variant_dict_insert (dict, "last-error", "s", svpn_tunnel_get_last_error (self));
  if (self->ops->describe_always != NULL)
    self->ops->describe_always (self->owner, dict);
  if (!svpn_tunnel_is_up (self))
    return;
  g_variant_dict_insert (dict, "since", "t", (guint64) self->since);
  g_variant_dict_insert (dict, "uptime-s", "t", uptime_s (self));
  self->ops->describe (self->owner, dict);
  self->ops->describe_status (self->owner, dict);
}

/* NULL: a step on the way, or a tunnel that was there before us. */
static const char *
event_of (SvpnTunnelState old, SvpnTunnelState state)
{
  switch (state) {
  case SVPN_TUNNEL_UP:
    return old == SVPN_TUNNEL_RECONNECTING ? SVPN_EVENT_RECONNECTED
           : old == SVPN_TUNNEL_STARTING   ? SVPN_EVENT_UP
                                           : NULL;
  case SVPN_TUNNEL_RECONNECTING:
    return old == SVPN_TUNNEL_UP ? SVPN_EVENT_LOST : NULL;
  case SVPN_TUNNEL_DOWN:
    return SVPN_EVENT_DOWN;
  case SVPN_TUNNEL_FAILED:
    return SVPN_EVENT_FAILED;
  case SVPN_TUNNEL_STARTING:
  case SVPN_TUNNEL_STOPPING:
    return NULL;
  }
  g_return_val_if_reached (NULL);
}

GVariant *
svpn_tunnel_check_reply (SvpnTunnel *self, SvpnReply reply, GVariant *said)
{
  GVariantDict dict;
  guint64 drops;

  if (reply != self->ops->statistics)
    return svpn_worker_reply (reply, said);
  g_autoptr (GVariant) checked = g_variant_ref_sink (svpn_worker_reply (reply, said));
  g_variant_dict_init (&dict, checked);
  g_variant_dict_insert (&dict, "uptime-s", "t", uptime_s (self));
  if (self->network != NULL && svpn_network_get_drops (self->network, &drops))
    g_variant_dict_insert (&dict, "drops-device", "t", drops);
  return g_variant_dict_end (&dict);
}

void
svpn_tunnel_enter_state (SvpnTunnel *self, SvpnTunnelState state, const char *reason)
{
  SvpnTunnelState old = self->state;
  const char *const *names = self->ops->state_names;
  gboolean has_reason = *reason != '\0';
  SvpnJournalEntry entry = { event_of (old, state), self->id, names[state], has_reason ? reason : NULL };

  if (state == old)
    return;
  svpn_journal (G_LOG_LEVEL_MESSAGE, &entry, "%s: %s -> %s%s%s", self->id, names[old], names[state],
                has_reason ? ": " : "", reason);
  self->state = state;
  self->ops->state_changed (self->owner, state, names[old], reason);
  g_signal_emit (self, signals[SIGNAL_STATE], 0);
}

/* ---- Down ---- */

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

static void
forget (SvpnTunnel *self)
{
  if (self->link != NULL) {
    g_signal_handlers_disconnect_by_data (self->link, self);
    if (svpn_worker_link_get_proxy (self->link) != NULL)
      g_signal_handlers_disconnect_by_data (svpn_worker_link_get_proxy (self->link), self);
  }
  g_clear_object (&self->link);
  g_clear_pointer (&self->network, svpn_network_free);
  g_clear_pointer (&self->settings, g_variant_unref);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->timeout_error, g_free);
  g_clear_pointer (&self->lost, g_free);
  g_clear_object (&self->cancellable);
  self->winding_down = FALSE;
}

/* Nothing of the worker is left. */
static void
finish (SvpnTunnel *self)
{
  g_autoptr (GObject) owner = self->owner; /* the reference taken by begin() */
  g_autoptr (SvpnTunnel) keep = g_object_ref (self);
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);
  g_autofree char *reason = g_steal_pointer (&self->reason);

  svpn_network_undo (self->network);
  svpn_tunnel_record_remove (self->environment->record_dir, self->id);
  forget (self);
  if (failure != NULL) {
    g_free (self->last_error);
    self->last_error = g_strdup (failure->message);
    if (svpn_tunnel_try_again (self, failure))
      return;
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_FAILED, failure->message);
  } else {
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_DOWN, reason != NULL ? reason : "");
  }
  svpn_tunnel_answer_start (self, failure != NULL
                                      ? g_steal_pointer (&failure)
                                      : g_error_new (SVPN_ERROR, self->ops->error_down,
                                                     "%s was stopped before it had started", self->id));
  answer_stops (self);
  g_signal_emit (self, signals[SIGNAL_DOWN], 0);
}

static void
on_link_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
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
  if (self->link != NULL)
    svpn_worker_link_stop_async (self->link, goodbye, on_link_stopped, g_object_ref (self));
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
  /* Cancelled: we are winding down already. Closed: the worker's end comes next and says more. */
  if (svpn_worker_error_is_silence (error))
    g_error_free (error);
  else
    svpn_tunnel_fail (self, svpn_worker_error (error));
}

static GError *
worker_died (int status)
{
  if (status > 128)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker was killed by signal %d", status - 128);
  if (status < 0)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has died");
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has ended with status %d", status);
}

/* Called when the worker has ended, for whatever reason. */
static void
on_worker_exited (SvpnWorkerLink *link, int status, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->ops->exited (self->owner, status);
  if (self->winding_down)
    return;
  if (self->state != SVPN_TUNNEL_UP || status != 0) {
    SvpnJournalEntry entry = { SVPN_EVENT_WORKER_DIED, self->id };
    self->failure = worker_died (status);
    svpn_journal (G_LOG_LEVEL_WARNING, &entry, "%s: %s", self->id, self->failure->message);
  }
  svpn_tunnel_wind_down (self, NULL);
}

/* Called when the worker says that its role is over, and why; it ends by itself. */
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
    self->failure = g_error_new_literal (SVPN_ERROR, SVPN_ERROR_FAILED, text);
  }
  svpn_tunnel_wind_down (self, NULL);
}

/* Called when the worker has answered what it was asked instead. */
static void
on_state_instead (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  g_autoptr (GVariant) state = NULL;

  if (svpn_dbus_worker_call_get_state_finish (SVPN_DBUS_WORKER (source), &state, result, NULL)
      && svpn_tunnel_is_up (self))
    self->ops->signals_lost (self->owner, state);
}

/* Called when signals of the worker were dropped. */
static void
on_signals_lost (SvpnWorkerLink *link, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  if (svpn_tunnel_is_up (self) && self->ops->signals_lost != NULL)
    svpn_dbus_worker_call_get_state (svpn_worker_link_get_proxy (link), self->cancellable, on_state_instead,
                                     g_object_ref (self));
}

void
svpn_tunnel_stop_async (SvpnTunnel *self, const char *reason, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (svpn_tunnel_is_down (self)) {
    g_task_return_new_error (task, SVPN_ERROR, self->ops->error_down, "%s is %s", self->id,
                             svpn_tunnel_get_state_name (self));
    return;
  }
  g_ptr_array_add (self->stop_tasks, g_steal_pointer (&task));
  self->persistent = FALSE;
  if (!self->winding_down)
    self->reason = g_strdup (reason);
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_STOPPING, reason);
  svpn_tunnel_wind_down (self, self->ops->goodbye);
}

/* ---- Up ---- */

void
svpn_tunnel_begin (SvpnTunnel *self)
{
  g_object_ref (self->owner);
  self->network = svpn_network_new (self->id, self->environment->record_dir, self->environment->bus);
  svpn_tunnel_watch_network (self);
  self->cancellable = g_cancellable_new ();
}

void
svpn_tunnel_make_link (SvpnTunnel *self, SvpnWorkerOpening opening, GAsyncReadyCallback callback)
{
  self->link = svpn_worker_link_new (self->environment, self->id);
  g_signal_connect (self->link, "exited", G_CALLBACK (on_worker_exited), self);
  g_signal_connect (self->link, "signals-lost", G_CALLBACK (on_signals_lost), self);
  svpn_worker_link_open_async (self->link, opening, callback, g_object_ref (self));
}

gboolean
svpn_tunnel_take_link (SvpnTunnel *self, GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean ok = svpn_worker_link_open_finish (SVPN_WORKER_LINK (source), result, &local_error);

  if (self->link != SVPN_WORKER_LINK (source) || self->winding_down)
    return FALSE;
  if (ok)
    g_signal_connect (svpn_worker_link_get_proxy (self->link), "ended", G_CALLBACK (on_worker_ended), self);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

void
svpn_tunnel_record_detail (SvpnTunnel *self, const char *key, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GError) error = NULL;

  if (!svpn_tunnel_record_put (self->environment->record_dir, self->ops->scope, self->id, key, owned, &error))
    g_warning ("%s: %s", self->id, error->message);
}

void
svpn_tunnel_set_since (SvpnTunnel *self, guint64 since)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  self->since = since > 0 && since < (guint64) now ? (gint64) since : now;
  self->since_us = g_get_monotonic_time () - (now - self->since) * G_USEC_PER_SEC;
}

void
svpn_tunnel_set_up (SvpnTunnel *self)
{
  g_autoptr (GVariant) settings = g_steal_pointer (&self->settings);

  self->settings = svpn_settings_without_secrets (self->ops->scope, settings);
  self->persistent = FALSE;
  g_clear_pointer (&self->last_error, g_free); /* of an earlier attempt */
  g_clear_handle_id (&self->deadline_source, g_source_remove);
  svpn_tunnel_set_since (self, 0);
  svpn_tunnel_record_detail (self, SVPN_TUNNEL_SINCE_DETAIL, g_variant_new_uint64 ((guint64) self->since));
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_UP, "");
  if (self->lost != NULL) /* in the meantime */
    svpn_tunnel_enter_state (self, SVPN_TUNNEL_RECONNECTING, self->lost);
  svpn_tunnel_answer_start (self, NULL);
}

void
svpn_tunnel_set_reconnecting (SvpnTunnel *self, gboolean reconnecting, const char *reason)
{
  g_clear_pointer (&self->lost, g_free);
  self->lost = reconnecting ? g_strdup (reason) : NULL;
  if (svpn_tunnel_is_up (self) && !self->winding_down)
    svpn_tunnel_enter_state (self, reconnecting ? SVPN_TUNNEL_RECONNECTING : SVPN_TUNNEL_UP, reason);
}

static void
on_link_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  GError *error = NULL;

  if (svpn_tunnel_take_link (self, source, result, &error))
    self->ops->start (self->owner, svpn_worker_link_get_proxy (self->link));
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
  record->details = g_variant_ref_sink (g_variant_dict_end (&details));
  return svpn_tunnel_record_save (self->environment->record_dir, self->id, record, error);
}

void
svpn_tunnel_go_up (SvpnTunnel *self, const SvpnStart *start)
{
  GError *error = NULL;

  self->settings = g_variant_ref (start->settings);
  self->timeout_error = g_strdup (start->timeout_error);
  self->deadline_source = g_timeout_add (start->timeout_s * 1000, on_deadline, self);
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_STARTING, "");
  if (prepare (self, &error))
    svpn_tunnel_make_link (self, SVPN_WORKER_START, on_link_started);
  else
    svpn_tunnel_fail (self, error);
}

gboolean
svpn_tunnel_take_start (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (!svpn_tunnel_is_down (self)) {
    g_task_return_new_error (task, SVPN_ERROR,
                             svpn_tunnel_is_up (self) ? self->ops->error_up : SVPN_ERROR_BUSY, "%s is %s",
                             self->id, svpn_tunnel_get_state_name (self));
    return FALSE;
  }
  svpn_tunnel_begin (self);
  self->start_task = g_steal_pointer (&task);
  g_clear_pointer (&self->last_error, g_free);
  return TRUE;
}

void
svpn_tunnel_start_async (SvpnTunnel *self, const SvpnStart *start, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  if (svpn_tunnel_take_start (self, callback, user_data))
    svpn_tunnel_go_up (self, start);
}

gboolean
svpn_tunnel_load (SvpnTunnel *self, GVariant *options, SvpnStart *start, GError **error)
{
  return self->ops->load (self->owner, options, start, error);
}

void
svpn_start_clear (SvpnStart *start)
{
  g_clear_pointer (&start->settings, g_variant_unref);
  g_clear_pointer (&start->timeout_error, g_free);
}

/* ---- Beside that ---- */

gboolean
svpn_tunnel_finish (SvpnTunnel *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- The object ---- */

SvpnTunnel *
svpn_tunnel_new (const SvpnEnvironment *environment, const SvpnTunnelOps *ops, const char *name,
                 GObject *owner)
{
  SvpnTunnel *self = g_object_new (SVPN_TYPE_TUNNEL, NULL);

  self->environment = environment;
  self->ops = ops;
  self->id = svpn_worker_id_from_name (ops->scope, name);
  self->owner = owner;
  return self;
}

static void
svpn_tunnel_finalize (GObject *object)
{
  SvpnTunnel *self = SVPN_TUNNEL (object);

  g_clear_handle_id (&self->deadline_source, g_source_remove);
  forget (self);
  g_ptr_array_unref (self->stop_tasks);
  g_free (self->last_error);
  g_free (self->profile_error);
  g_free (self->id);
  G_OBJECT_CLASS (svpn_tunnel_parent_class)->finalize (object);
}

static void
svpn_tunnel_init (SvpnTunnel *self)
{
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
svpn_tunnel_class_init (SvpnTunnelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_tunnel_finalize;
  signals[SIGNAL_DOWN]
      = g_signal_new ("down", SVPN_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STATE]
      = g_signal_new ("state", SVPN_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

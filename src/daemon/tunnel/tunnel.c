/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of one tunnel, client or server: its worker, its network and its record, from start to end.
 *
 * How it works: one object in several files. This one has its state. There is one way up (tunnel-up.c): prepare, record,
 * worker, ops->start(), up. It has two other beginnings, with a worker that runs already (tunnel-attach.c) and after an
 * attempt that has failed (tunnel-retry.c). There is one way down from everywhere (tunnel-down.c). */
#include "journal.h"
#include "object-path.h"
#include "tunnel-private.h"

G_DEFINE_FINAL_TYPE (SvpnTunnel, svpn_tunnel, G_TYPE_OBJECT)

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

const char *
svpn_tunnel_get_title (SvpnTunnel *self)
{
  return self->title;
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
  if (self->profile_error != NULL && svpn_tunnel_is_down (self))
    return self->profile_error;
  if (self->state == SVPN_TUNNEL_RECONNECTING && self->lost != NULL)
    return svpn_reason_message (self->lost);
  return self->last.error_message != NULL ? self->last.error_message : "";
}

const GError *
svpn_tunnel_get_failure (SvpnTunnel *self)
{
  return self->failure;
}

const char *
svpn_tunnel_get_last_error_name (SvpnTunnel *self)
{
  if (self->profile_error != NULL && svpn_tunnel_is_down (self))
    return "Failed";
  if (self->state == SVPN_TUNNEL_RECONNECTING && self->lost != NULL)
    return svpn_reason_error_name (self->lost);
  return self->last.error_name != NULL ? self->last.error_name : "";
}

const char *
svpn_tunnel_get_last_reason (SvpnTunnel *self)
{
  return self->last.reason != NULL ? self->last.reason : "";
}

void
svpn_tunnel_forget_last_run (SvpnTunnel *self)
{
  svpn_tunnel_last_remove (&self->last, self->environment->state_dir, self->id);
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

GError *
svpn_tunnel_not_up (SvpnTunnel *self)
{
  const char *reason = svpn_tunnel_get_last_error (self), *up = self->ops->state_names[SVPN_TUNNEL_UP];

  return g_error_new (SVPN_ERROR, self->ops->error_down, "%s is not %s%s%s", self->title, up,
                      *reason != '\0' ? ": " : "", reason);
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
  return svpn_tunnel_is_up (self) ? svpn_worker_connection_get_proxy (self->worker) : NULL;
}

uid_t
svpn_tunnel_get_worker_uid (SvpnTunnel *self)
{
  return svpn_worker_connection_get_uid (self->worker);
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

/* Workers of older versions do not say. */
static void
describe_aead (SvpnTunnel *self, GVariantDict *dict)
{
  SvpnDbusWorker *worker = svpn_tunnel_get_worker (self);
  const char *aead = worker != NULL ? svpn_worker_aead (svpn_dbus_worker_get_aead (worker)) : NULL;

  if (aead != NULL)
    g_variant_dict_insert (dict, "aead", "s", aead);
}

void
svpn_tunnel_describe_status (SvpnTunnel *self, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "state", "s", svpn_tunnel_get_state_name (self));
  g_variant_dict_insert (dict, "last-reason", "s", svpn_tunnel_get_last_reason (self));
  if (*svpn_tunnel_get_last_error (self) != '\0')
    g_variant_dict_insert (dict, "last-error", "s", svpn_tunnel_get_last_error (self));
  if (self->ops->describe_always != NULL)
    self->ops->describe_always (self->owner, dict);
  if (!svpn_tunnel_is_up (self))
    return;
  if (self->state == SVPN_TUNNEL_UP) {
    g_variant_dict_insert (dict, "since", "t", (guint64) self->since);
    g_variant_dict_insert (dict, "uptime-s", "t", uptime_s (self));
  }
  self->ops->describe (self->owner, dict);
  self->ops->describe_status (self->owner, dict);
  describe_aead (self, dict);
}

/* The journal's event; NULL for a step on the way, and for a tunnel that was up before we started. */
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
svpn_tunnel_check_reply (SvpnTunnel *self, SvpnReply reply, GVariant *answer)
{
  GVariantDict dict;
  guint64 drops;

  if (reply != self->ops->statistics)
    return svpn_worker_reply (reply, answer);
  g_autoptr (GVariant) checked = g_variant_ref_sink (svpn_worker_reply (reply, answer));
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
  SvpnReason otherwise
      = state == SVPN_TUNNEL_RECONNECTING ? SVPN_REASON_CONNECTION_LOST : SVPN_REASON_SERVER_ENDED;
  const char *message, *code = svpn_reason_split (reason, otherwise, &message);
  SvpnJournalEntry entry = { event_of (old, state), self->id, names[state], reason };

  if (state == old)
    return;
  svpn_journal (G_LOG_LEVEL_MESSAGE, &entry, "%s: %s -> %s: %s", self->id, names[old], names[state], reason);
  self->state = state;
  self->last.reason = code;
  if (svpn_tunnel_is_down (self))
    svpn_tunnel_last_save (&self->last, self->environment->state_dir, self->id);
  self->ops->state_changed (self->owner, state, names[old], code, message);
  g_signal_emit_by_name (self, "state");
}

void
svpn_tunnel_forget (SvpnTunnel *self)
{
  if (self->worker != NULL) {
    g_signal_handlers_disconnect_by_data (self->worker, self);
    if (svpn_worker_connection_get_proxy (self->worker) != NULL)
      g_signal_handlers_disconnect_by_data (svpn_worker_connection_get_proxy (self->worker), self);
  }
  g_clear_object (&self->worker);
  g_clear_pointer (&self->network, svpn_network_free);
  g_clear_pointer (&self->settings, g_variant_unref);
  g_clear_pointer (&self->options, g_variant_unref);
  g_clear_pointer (&self->wanted, g_variant_unref);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->timeout_error, g_free);
  g_clear_pointer (&self->lost, g_free);
  g_clear_object (&self->cancellable);
  self->winding_down = FALSE;
}

gboolean
svpn_tunnel_load (SvpnTunnel *self, GVariant *options, SvpnStart *start, GError **error)
{
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  start->options = svpn_settings_validate (self->ops->scope, options != NULL ? options : none, error);
  return start->options != NULL && self->ops->load (self->owner, options, start, error);
}

void
svpn_start_clear (SvpnStart *start)
{
  g_clear_pointer (&start->settings, g_variant_unref);
  g_clear_pointer (&start->options, g_variant_unref);
  g_clear_pointer (&start->timeout_error, g_free);
}

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
  self->id = svpn_tunnel_id_from_name (ops->scope, name);
  self->title = g_strdup_printf ("%s '%s'", ops->role, name);
  self->owner = owner;
  svpn_tunnel_last_load (&self->last, environment->state_dir, self->id);
  return self;
}

static void
svpn_tunnel_finalize (GObject *object)
{
  SvpnTunnel *self = SVPN_TUNNEL (object);

  g_clear_handle_id (&self->deadline_source, g_source_remove);
  svpn_tunnel_forget (self);
  g_ptr_array_unref (self->stop_tasks);
  g_free (self->reason);
  svpn_tunnel_last_clear (&self->last);
  g_free (self->profile_error);
  g_clear_pointer (&self->retry_options, g_variant_unref);
  g_free (self->title);
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
  g_signal_new ("down", SVPN_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("state", SVPN_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

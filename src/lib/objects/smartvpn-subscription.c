/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A subscription to telemetry.
 *
 * How it works: smartvpnd ends a subscription when either of the two leaves the bus. So this object follows the bus name of
 * smartvpnd, and subscribes again when that is back. It listens to Updated() of all its program's subscriptions from the
 * beginning, since the first one may come right behind the answer that tells the path. */
#include "smartvpn-subscription.h"
#include "call.h"
#include "names.h"
#include "smartvpn-profile-private.h"
#include "smartvpn-record-private.h"
#include "variant-value.h"

#define INTERFACE "org.smartvpn.Telemetry"

struct _SmartvpnSubscription {
  GObject parent_instance;
  SmartvpnProfile *profile;
  guint interval_ms;
  GVariant *options;
  char *path; /* NULL: smartvpnd does not have it */
  guint signal_id, watch_id;
  gboolean is_followed; /* smartvpnd is; not after closing */
  gboolean was_seen;    /* a smartvpnd, since then: the first one has the subscription from the call itself */
};

struct _SmartvpnSubscriptionClass {
  GObjectClass parent_class;
};

G_DEFINE_FINAL_TYPE (SmartvpnSubscription, smartvpn_subscription, G_TYPE_OBJECT)

enum { PROP_PROFILE = 1, PROP_INTERVAL_MS, N_PROPERTIES };

static guint updated_signal;

static const SvpnMethod subscribe_method = { .name = "SubscribeTelemetry", .reply_type = "(o)" };
static const SvpnMethod close_method = { .name = "Close", .reply_type = "()" };

/* ---- Following smartvpnd ---- */

static void
on_dbus_updated (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                 const char *name, GVariant *arguments, gpointer user_data)
{
  g_autoptr (SmartvpnSubscription) self = g_weak_ref_get (user_data);

  if (self == NULL || g_strcmp0 (path, self->path) != 0)
    return;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(a{sv})"))) {
    svpn_variant_warn (self, name, arguments, "(a{sv})");
    return;
  }
  g_autoptr (GVariant) values = g_variant_get_child_value (arguments, 0);
  g_autoptr (SmartvpnRecord) telemetry = svpn_record_new (SMARTVPN_TYPE_TELEMETRY, values);
  g_signal_emit (self, updated_signal, 0, telemetry);
}

/* Takes the answer to SubscribeTelemetry(). */
static gboolean
take_path (SmartvpnSubscription *self, GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  if (owned == NULL)
    return FALSE;
  g_free (self->path);
  g_variant_get (owned, "(o)", &self->path);
  svpn_call_set_target_beside (self, self->profile, self->path, INTERFACE);
  return TRUE;
}

static GVariant *
pack_subscribe (SmartvpnSubscription *self)
{
  return g_variant_new ("(u@a{sv})", self->interval_ms, self->options);
}

/* Tells smartvpnd, if it has the subscription, and does not wait. */
static void
close_quietly (SmartvpnSubscription *self)
{
  if (self->path != NULL)
    g_dbus_connection_call (svpn_call_get_connection (self->profile), SVPN_BUS_NAME, self->path, INTERFACE,
                            close_method.name, NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                            NULL);
  g_clear_pointer (&self->path, g_free);
}

/* Called when a smartvpnd that has come back has answered. */
static void
on_subscribed_again (GObject *profile, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmartvpnSubscription) self = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *reply = svpn_call_finish (profile, &subscribe_method, result, &error);

  if (!take_path (self, reply))
    g_debug ("no telemetry: %s", error->message);
  else if (!self->is_followed)
    close_quietly (self);
}

/* Called when smartvpnd is there. */
static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  g_autoptr (SmartvpnSubscription) self = g_weak_ref_get (user_data);

  if (self == NULL || !self->is_followed)
    return;
  if (!self->was_seen) {
    self->was_seen = TRUE;
    return;
  }
  svpn_call_async (self->profile, &subscribe_method, pack_subscribe (self), NULL, on_subscribed_again,
                   g_object_ref (self));
}

/* Called when smartvpnd has left the bus, or is not there at first. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (SmartvpnSubscription) self = g_weak_ref_get (user_data);

  if (self != NULL && self->was_seen)
    g_clear_pointer (&self->path, g_free);
}

static GWeakRef *
weak_ref_new (SmartvpnSubscription *self)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

static void
weak_ref_free (gpointer weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
follow (SmartvpnSubscription *self)
{
  GDBusConnection *connection = svpn_call_get_connection (self->profile);

  if (connection == NULL) /* a program has made the profile itself; the call has the error */
    return;
  self->is_followed = TRUE;
  self->signal_id = g_dbus_connection_signal_subscribe (connection, SVPN_BUS_NAME, INTERFACE, "Updated", NULL,
                                                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_dbus_updated,
                                                        weak_ref_new (self), weak_ref_free);
  self->watch_id
      = g_bus_watch_name_on_connection (connection, SVPN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                        on_vanished, weak_ref_new (self), weak_ref_free);
}

static void
stop_following (SmartvpnSubscription *self)
{
  if (!self->is_followed)
    return;
  self->is_followed = FALSE;
  g_dbus_connection_signal_unsubscribe (svpn_call_get_connection (self->profile), self->signal_id);
  g_bus_unwatch_name (self->watch_id);
}

/* ---- Subscribing ---- */

static SmartvpnSubscription *
subscription_new (SmartvpnProfile *profile, guint interval_ms, GVariant *options)
{
  SmartvpnSubscription *self = g_object_new (SMARTVPN_TYPE_SUBSCRIPTION, NULL);

  self->profile = g_object_ref (profile);
  self->interval_ms = interval_ms;
  self->options = g_variant_ref_sink (svpn_call_dictionary (options));
  follow (self);
  return self;
}

/* Called when smartvpnd has answered. */
static void
on_subscribed (GObject *profile, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SmartvpnSubscription *self = g_task_get_task_data (task);
  GError *error = NULL;
  GVariant *reply = svpn_call_finish (profile, &subscribe_method, result, &error);

  if (take_path (self, reply))
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
  else
    g_task_return_error (task, error);
}

void
smartvpn_profile_subscribe_telemetry_async (SmartvpnProfile *self, guint interval_ms, GVariant *options,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_PROFILE (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  SmartvpnSubscription *subscription = subscription_new (self, interval_ms, options);

  g_task_set_source_tag (task, smartvpn_profile_subscribe_telemetry_async);
  g_task_set_task_data (task, subscription, g_object_unref);
  /* Not cancelled itself: who cancels leaves no subscription behind, since the task then drops it with the answer. */
  svpn_call_async (self, &subscribe_method, pack_subscribe (subscription), NULL, on_subscribed, task);
}

SmartvpnSubscription *
smartvpn_profile_subscribe_telemetry_finish (SmartvpnProfile *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

SmartvpnSubscription *
smartvpn_profile_subscribe_telemetry_sync (SmartvpnProfile *self, guint interval_ms, GVariant *options,
                                           GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  g_autoptr (SmartvpnSubscription) subscription = subscription_new (self, interval_ms, options);
  GVariant *reply
      = svpn_call_sync (self, &subscribe_method, pack_subscribe (subscription), cancellable, error);

  return take_path (subscription, reply) ? g_steal_pointer (&subscription) : NULL;
}

/* ---- Closing ---- */

void
smartvpn_subscription_close_async (SmartvpnSubscription *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SUBSCRIPTION (self));
  stop_following (self);
  if (self->path != NULL) {
    svpn_call_async (self, &close_method, NULL, cancellable, callback, user_data);
  } else {
    g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
    g_task_set_source_tag (task, (gpointer) &close_method);
    g_task_return_pointer (task, g_variant_ref_sink (g_variant_new_tuple (NULL, 0)),
                           (GDestroyNotify) g_variant_unref);
  }
  g_clear_pointer (&self->path, g_free);
}

gboolean
smartvpn_subscription_close_finish (SmartvpnSubscription *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &close_method, result, error));
}

gboolean
smartvpn_subscription_close_sync (SmartvpnSubscription *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SUBSCRIPTION (self), FALSE);
  g_autofree char *path = g_steal_pointer (&self->path);

  stop_following (self);
  return path == NULL || svpn_reply_discard (svpn_call_sync (self, &close_method, NULL, cancellable, error));
}

/* ---- The object ---- */

static void
smartvpn_subscription_dispose (GObject *object)
{
  SmartvpnSubscription *self = SMARTVPN_SUBSCRIPTION (object);

  stop_following (self);
  close_quietly (self);
  g_clear_pointer (&self->options, g_variant_unref);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (smartvpn_subscription_parent_class)->dispose (object);
}

static void
smartvpn_subscription_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SmartvpnSubscription *self = SMARTVPN_SUBSCRIPTION (object);

  if (id == PROP_PROFILE)
    g_value_set_object (value, self->profile);
  else
    g_value_set_uint (value, self->interval_ms);
}

static void
smartvpn_subscription_class_init (SmartvpnSubscriptionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = { NULL };

  object_class->dispose = smartvpn_subscription_dispose;
  object_class->get_property = smartvpn_subscription_get_property;

  /**
   * SmartvpnSubscription:profile: (getter get_profile)
   *
   * The client or the server that the telemetry is of.
   *
   * Since: 0.1
   */
  properties[PROP_PROFILE]
      = g_param_spec_object ("profile", NULL, NULL, SMARTVPN_TYPE_PROFILE, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnSubscription:interval-ms: (getter get_interval_ms)
   *
   * Milliseconds between two [signal@Subscription::updated].
   *
   * Since: 0.1
   */
  properties[PROP_INTERVAL_MS]
      = g_param_spec_uint ("interval-ms", NULL, NULL, 0, G_MAXUINT, 0, SVPN_PROFILE_READABLE);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SmartvpnSubscription::updated:
   * @self: the subscription
   * @telemetry: the counters, and of a client also the quality of the line
   *
   * Comes every [property@Subscription:interval-ms] while the client is connected or the server runs.
   *
   * Since: 0.1
   */
  updated_signal = g_signal_new ("updated", SMARTVPN_TYPE_SUBSCRIPTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, SMARTVPN_TYPE_TELEMETRY);
}

static void
smartvpn_subscription_init (SmartvpnSubscription *self)
{
}

SmartvpnProfile *
smartvpn_subscription_get_profile (SmartvpnSubscription *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SUBSCRIPTION (self), NULL);
  return self->profile;
}

guint
smartvpn_subscription_get_interval_ms (SmartvpnSubscription *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SUBSCRIPTION (self), 0);
  return self->interval_ms;
}

const char *
smartvpn_subscription_get_object_path (SmartvpnSubscription *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SUBSCRIPTION (self), NULL);
  return self->path;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Subscriptions to telemetry.
 *
 * How it works: a subscription belongs to the bus name that has asked for it, and ends with that name. Its signal is sent to
 * that name alone. While there is a subscription, one match rule tells of all names that leave the bus: a rule for each
 * would use up what the bus allows a connection. */
#include "subscriptions.h"
#include "access.h"
#include "caller.h"
#include "calls.h"
#include "error.h"
#include "smartvpn-dbus.h"
#include "telemetry-feed.h"

#define INTERFACE "org.smartvpn.Telemetry"
#define INTERVAL_MIN_MS 100
#define INTERVAL_MAX_MS 3600000
#define PER_NAME_MAX 16
#define PER_USER_MAX 64 /* but for root */
#define TOTAL_MAX 512

struct _SvpnSubscriptions {
  const SvpnEnvironment *environment;
  GPtrArray *all;      /* of Subscription */
  GHashTable *feeds;   /* SvpnTunnel -> SvpnTelemetryFeed */
  GHashTable *pending; /* of Request: the bus has not told the user yet */
  guint64 last_number;
  guint names_signal; /* 0: nobody is there whose end matters */
};

typedef struct {
  SvpnSubscriptions *set;
  char *subscriber; /* its unique bus name */
  guint32 uid;
  char *path;
  SvpnDbusTelemetry *skeleton;
  SvpnTelemetryListener listener;
} Subscription;

/* A call that waits for the user of its caller. */
typedef struct {
  SvpnSubscriptions *set; /* NULL: it is gone */
  SvpnTunnel *tunnel;     /* NULL: its object is gone */
  GDBusMethodInvocation *invocation;
  guint interval_ms;
} Request;

/* ---- Subscribers that leave ---- */

static void
end_subscription (Subscription *subscription)
{
  SvpnTelemetryFeed *feed = subscription->listener.feed;

  svpn_telemetry_feed_remove (&subscription->listener);
  if (svpn_telemetry_feed_is_idle (feed))
    g_hash_table_remove (subscription->set->feeds, svpn_telemetry_feed_get_tunnel (feed));
  g_ptr_array_remove_fast (subscription->set->all, subscription);
}

static void
subscription_free (gpointer data)
{
  Subscription *subscription = data;

  g_signal_handlers_disconnect_by_data (subscription->skeleton, subscription);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (subscription->skeleton));
  g_object_unref (subscription->skeleton);
  g_free (subscription->subscriber);
  g_free (subscription->path);
  g_free (subscription);
}

static void follow_names (SvpnSubscriptions *self);

/* Called when a name on the bus has another owner, or none. */
static void
on_name_owner_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *arguments, gpointer user_data)
{
  SvpnSubscriptions *self = user_data;
  const char *name, *owner;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (arguments, "(&s&s&s)", &name, NULL, &owner);
  if (*name != ':' || *owner != '\0')
    return;
  for (guint i = self->all->len; i > 0; i--) {
    Subscription *subscription = self->all->pdata[i - 1];
    if (g_str_equal (subscription->subscriber, name))
      end_subscription (subscription);
  }
  follow_names (self);
}

/* Listens for names while one of them matters. Called before the bus is asked for a caller's user, so that a caller that leaves
 * after that answer is noticed. */
static void
follow_names (SvpnSubscriptions *self)
{
  gboolean wanted = self->all->len > 0 || g_hash_table_size (self->pending) > 0;
  GDBusConnection *bus = self->environment->bus;

  if (wanted == (self->names_signal != 0))
    return;
  if (wanted)
    self->names_signal = g_dbus_connection_signal_subscribe (
        bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner_changed, self, NULL);
  else
    g_dbus_connection_signal_unsubscribe (bus, self->names_signal);
  if (!wanted)
    self->names_signal = 0;
}

/* ---- A subscription ---- */

static void
send_telemetry (GVariant *telemetry, gpointer user_data)
{
  Subscription *subscription = user_data;

  g_dbus_connection_emit_signal (subscription->set->environment->bus, subscription->subscriber,
                                 subscription->path, INTERFACE, "Updated",
                                 g_variant_new ("(@a{sv})", telemetry), NULL);
}

static gboolean
on_close (SvpnDbusTelemetry *skeleton, GDBusMethodInvocation *invocation, Subscription *subscription)
{
  SvpnSubscriptions *set = subscription->set;

  if (!g_str_equal (g_dbus_method_invocation_get_sender (invocation), subscription->subscriber)) {
    g_dbus_method_invocation_return_error (
        invocation, SVPN_ERROR, SVPN_ERROR_NOT_AUTHORIZED,
        "Close is not allowed: the subscription is that of another program on the bus");
    return TRUE;
  }
  end_subscription (subscription);
  follow_names (set);
  svpn_dbus_telemetry_complete_close (skeleton, invocation);
  return TRUE;
}

static SvpnTelemetryFeed *
ensure_feed (SvpnSubscriptions *self, SvpnTunnel *tunnel)
{
  SvpnTelemetryFeed *feed = g_hash_table_lookup (self->feeds, tunnel);

  if (feed == NULL) {
    feed = svpn_telemetry_feed_new (tunnel);
    g_hash_table_insert (self->feeds, tunnel, feed);
  }
  return feed;
}

static gboolean
export_subscription (Subscription *subscription, const char *profile, GError **error)
{
  const SvpnEnvironment *environment = subscription->set->environment;

  subscription->path
      = g_strdup_printf ("/org/smartvpn/telemetry/%" G_GUINT64_FORMAT, ++subscription->set->last_number);
  subscription->skeleton = svpn_access_skeleton_new (SVPN_DBUS_TYPE_TELEMETRY_SKELETON, environment);
  svpn_dbus_telemetry_set_profile (subscription->skeleton, profile);
  svpn_dbus_telemetry_set_interval_ms (subscription->skeleton, subscription->listener.interval_ms);
  g_signal_connect (subscription->skeleton, "handle-close", G_CALLBACK (on_close), subscription);
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (subscription->skeleton),
                                           environment->bus, subscription->path, error);
}

/* ---- Bounds ---- */

static gboolean
check_bounds (SvpnSubscriptions *self, const char *subscriber, guint32 uid, GError **error)
{
  guint of_name = 0, of_user = 0;

  for (guint i = 0; i < self->all->len; i++) {
    Subscription *subscription = self->all->pdata[i];

    of_name += g_str_equal (subscription->subscriber, subscriber) ? 1 : 0;
    of_user += subscription->uid == uid ? 1 : 0;
  }
  if (of_name < PER_NAME_MAX && (of_user < PER_USER_MAX || uid == 0) && self->all->len < TOTAL_MAX)
    return TRUE;
  g_set_error (
      error, SVPN_ERROR, SVPN_ERROR_LIMIT_EXCEEDED,
      "There are too many subscriptions to telemetry: %u of this program (at most %d), %u of user %u "
      "(at most %d), %u in all (at most %d); close some",
      of_name, PER_NAME_MAX, of_user, uid, PER_USER_MAX, self->all->len, TOTAL_MAX);
  return FALSE;
}

static gboolean
check_arguments (guint interval_ms, GVariant *options, GError **error)
{
  if (interval_ms < INTERVAL_MIN_MS || interval_ms > INTERVAL_MAX_MS)
    return svpn_error_refuse_argument (error, "interval_ms", "%u is out of range (%d to %d)", interval_ms,
                                       INTERVAL_MIN_MS, INTERVAL_MAX_MS);
  return svpn_call_refuse_options (options, error);
}

/* ---- SubscribeTelemetry() ---- */

static void
request_free (Request *request)
{
  g_clear_object (&request->tunnel);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* Answers @request; @uid: of its caller. */
static void
begin_subscription (SvpnSubscriptions *self, const Request *request, guint32 uid)
{
  GDBusMethodInvocation *invocation = request->invocation;
  const char *subscriber = g_dbus_method_invocation_get_sender (invocation);
  GError *error = NULL;

  if (!check_bounds (self, subscriber, uid, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return;
  }
  Subscription *subscription = g_new0 (Subscription, 1);
  subscription->set = self;
  subscription->subscriber = g_strdup (subscriber);
  subscription->uid = uid;
  subscription->listener.interval_ms = request->interval_ms;
  subscription->listener.take = send_telemetry;
  subscription->listener.user_data = subscription;
  if (!export_subscription (subscription, g_dbus_method_invocation_get_object_path (invocation), &error)) {
    subscription_free (subscription);
    g_dbus_method_invocation_take_error (invocation, error);
    return;
  }
  g_ptr_array_add (self->all, subscription);
  svpn_telemetry_feed_add (ensure_feed (self, request->tunnel), &subscription->listener);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", subscription->path));
}

/* Called when the bus has told the user of the caller. */
static void
on_subscriber_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  SvpnSubscriptions *self = request->set;
  GDBusMethodInvocation *invocation = request->invocation;
  guint32 uid;
  GError *error = NULL;

  if (!svpn_caller_user_finish (G_DBUS_CONNECTION (source), result, &uid, &error))
    g_dbus_method_invocation_take_error (invocation, error);
  else if (self == NULL || request->tunnel == NULL)
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NO_SUCH_PROFILE,
                                           "%s was removed before the call was answered",
                                           g_dbus_method_invocation_get_object_path (invocation));
  else
    begin_subscription (self, request, uid);
  if (self == NULL)
    return;
  g_hash_table_remove (self->pending, request);
  follow_names (self);
}

void
svpn_subscriptions_add (SvpnSubscriptions *self, SvpnTunnel *tunnel, GDBusMethodInvocation *invocation,
                        guint interval_ms, GVariant *options)
{
  GError *error = NULL;

  if (!check_arguments (interval_ms, options, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return;
  }
  Request *request = g_new0 (Request, 1);
  request->set = self;
  request->tunnel = g_object_ref (tunnel);
  request->invocation = invocation;
  request->interval_ms = interval_ms;
  g_hash_table_add (self->pending, request);
  follow_names (self);
  svpn_caller_user_async (self->environment->bus, invocation, on_subscriber_user, request);
}

void
svpn_subscriptions_drop (SvpnSubscriptions *self, SvpnTunnel *tunnel)
{
  GHashTableIter iter;
  gpointer request;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &request, NULL))
    if (((Request *) request)->tunnel == tunnel)
      g_clear_object (&((Request *) request)->tunnel);
  for (guint i = self->all->len; i > 0; i--) {
    Subscription *subscription = self->all->pdata[i - 1];
    if (svpn_telemetry_feed_get_tunnel (subscription->listener.feed) == tunnel)
      end_subscription (subscription);
  }
  follow_names (self);
}

SvpnSubscriptions *
svpn_subscriptions_new (const SvpnEnvironment *environment)
{
  SvpnSubscriptions *self = g_new0 (SvpnSubscriptions, 1);

  self->environment = environment;
  self->all = g_ptr_array_new_with_free_func (subscription_free);
  self->feeds = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) svpn_telemetry_feed_free);
  self->pending = g_hash_table_new (NULL, NULL);
  return self;
}

void
svpn_subscriptions_free (SvpnSubscriptions *self)
{
  GHashTableIter iter;
  gpointer request;

  while (self->all->len > 0)
    end_subscription (self->all->pdata[0]);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &request, NULL))
    ((Request *) request)->set = NULL;
  g_hash_table_remove_all (self->pending);
  follow_names (self);
  g_ptr_array_unref (self->all);
  g_hash_table_unref (self->feeds);
  g_hash_table_unref (self->pending);
  g_free (self);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client: a profile and, while it is connected, its tunnel. */
#include "client-object.h"
#include "access.h"
#include "calls.h"
#include "client-check.h"
#include "client-lockdown.h"
#include "client-network.h"
#include "client-object-private.h"
#include "error.h"
#include "object-path.h"

#define SCOPE SVPN_SCOPE_CLIENT
#define HISTORY_SPAN_MAX_S 3600

G_DEFINE_FINAL_TYPE (SvpnClientObject, svpn_client_object, SVPN_DBUS_TYPE_OBJECT_SKELETON)

SvpnTunnel *
svpn_client_object_get_tunnel (SvpnClientObject *self)
{
  return self->tunnel;
}

void
svpn_client_object_reload (SvpnClientObject *self)
{
  svpn_client_tunnel_show_profile (self);
}

void
svpn_client_object_open_lockdown (SvpnClientObject *self)
{
  svpn_lockdown_open (self->lockdown);
}

/* ---- Methods ---- */

static gboolean
on_connect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, GVariant *options,
            SvpnClientObject *self)
{
  svpn_call_start (self->tunnel, invocation, options);
  return TRUE;
}

static gboolean
on_disconnect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  /* A failure may have left it closed: there is nothing else to disconnect. */
  if (svpn_tunnel_is_down (self->tunnel) && svpn_client_lockdown_end (self)) {
    svpn_dbus_client_complete_disconnect (skeleton, invocation);
    return TRUE;
  }
  self->released = !svpn_tunnel_is_down (self->tunnel);
  svpn_call_stop (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_reconnect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "NetworkChanged", g_variant_new ("(s)", "moved"),
                     SVPN_REPLY_NOTHING);
  return TRUE;
}

static gboolean
on_get_status (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_status (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_check (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  g_auto (GStrv) findings = svpn_client_check (self);

  svpn_dbus_client_complete_check (skeleton, invocation, (const char *const *) findings);
  return TRUE;
}

static gboolean
on_get_statistics (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_statistics (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_connection_quality (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation,
                           SvpnClientObject *self)
{
  svpn_call_forward (self->tunnel, invocation, "GetConnectionQuality", NULL, SVPN_REPLY_QUALITY);
  return TRUE;
}

/* A GetMtuInfo() that waits for the worker. */
typedef struct {
  SvpnClientObject *self;
  GDBusMethodInvocation *invocation;
} MtuCall;

/* Called when the worker has answered. */
static void
on_mtu_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree MtuCall *call = user_data;
  g_autoptr (SvpnClientObject) self = call->self;
  g_autoptr (GVariant) answer = NULL;
  GError *error = NULL;
  GVariantDict dict;

  if (!svpn_dbus_worker_call_get_mtu_info_finish (SVPN_DBUS_WORKER (source), &answer, result, &error)) {
    g_dbus_method_invocation_take_error (call->invocation, svpn_worker_error (error));
    return;
  }
  g_autoptr (GVariant) info = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_MTU_INFO, answer));
  g_variant_dict_init (&dict, info);
  if (self->assignment != NULL)
    svpn_client_network_add_link_mtu (self->tunnel, self->assignment, &dict);
  svpn_dbus_client_complete_get_mtu_info (self->skeleton, call->invocation, g_variant_dict_end (&dict));
}

static gboolean
on_get_mtu_info (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  SvpnDbusWorker *worker = svpn_call_worker (self->tunnel, invocation);

  if (worker == NULL)
    return TRUE;
  MtuCall *call = g_new0 (MtuCall, 1);
  call->self = g_object_ref (self);
  call->invocation = invocation;
  svpn_dbus_worker_call_get_mtu_info (worker, NULL, on_mtu_info, call);
  return TRUE;
}

static gboolean
on_get_settings (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_settings (self->store, SCOPE, self->name, invocation);
  return TRUE;
}

/* A change of the setting counts at once. */
static void
follow_lockdown (SvpnClientObject *self, GVariant *changes, const char *const *unset)
{
  g_autoptr (GVariant) changed = g_variant_lookup_value (changes, "lockdown", NULL);
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, NULL);

  if (profile != NULL && (changed != NULL || g_strv_contains (unset, "lockdown")))
    svpn_client_lockdown_set (self, profile);
}

static gboolean
on_update (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
           const char *const *unset, SvpnClientObject *self)
{
  GError *error = NULL;

  if (!svpn_call_update (self->store, SCOPE, self->name, settings, unset, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  svpn_client_object_reload (self);
  follow_lockdown (self, settings, unset);
  svpn_dbus_client_complete_update (skeleton, invocation);
  return TRUE;
}

/* Called when the worker has answered. */
static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autoptr (GVariant) history = NULL;

  if (answer == NULL)
    error = svpn_worker_error (error);
  else
    history = svpn_worker_history (answer, &error);
  if (history != NULL)
    g_dbus_method_invocation_return_value (invocation, history);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
check_history_arguments (guint span_s, GVariant *options, GError **error)
{
  if (span_s < 1 || span_s > HISTORY_SPAN_MAX_S)
    return svpn_error_refuse_argument (error, "span_s", "%u is out of range (1 to %d)", span_s,
                                       HISTORY_SPAN_MAX_S);
  return svpn_call_refuse_options (options, error);
}

static gboolean
on_get_history (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, guint span_s, GVariant *options,
                SvpnClientObject *self)
{
  GError *error = NULL;

  if (!check_history_arguments (span_s, options, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  SvpnDbusWorker *worker = svpn_call_worker (self->tunnel, invocation);
  if (worker != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (worker), "GetHistory", g_variant_new ("(u)", span_s),
                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_history, invocation);
  return TRUE;
}

static gboolean
on_subscribe_telemetry (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, guint interval_ms,
                        GVariant *options, SvpnClientObject *self)
{
  svpn_subscriptions_add (self->subscriptions, self->tunnel, invocation, interval_ms, options);
  return TRUE;
}

static void
connect_methods (SvpnClientObject *self)
{
  g_signal_connect (self->skeleton, "handle-connect", G_CALLBACK (on_connect), self);
  g_signal_connect (self->skeleton, "handle-disconnect", G_CALLBACK (on_disconnect), self);
  g_signal_connect (self->skeleton, "handle-reconnect", G_CALLBACK (on_reconnect), self);
  g_signal_connect (self->skeleton, "handle-check", G_CALLBACK (on_check), self);
  g_signal_connect (self->skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (self->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), self);
  g_signal_connect (self->skeleton, "handle-get-connection-quality", G_CALLBACK (on_get_connection_quality),
                    self);
  g_signal_connect (self->skeleton, "handle-get-mtu-info", G_CALLBACK (on_get_mtu_info), self);
  g_signal_connect (self->skeleton, "handle-get-settings", G_CALLBACK (on_get_settings), self);
  g_signal_connect (self->skeleton, "handle-update", G_CALLBACK (on_update), self);
  g_signal_connect (self->skeleton, "handle-get-history", G_CALLBACK (on_get_history), self);
  g_signal_connect (self->skeleton, "handle-subscribe-telemetry", G_CALLBACK (on_subscribe_telemetry), self);
}

/* ---- The object ---- */

SvpnClientObject *
svpn_client_object_new (const SvpnEnvironment *environment, SvpnStore *store,
                        SvpnSubscriptions *subscriptions, const char *name)
{
  g_autofree char *path = svpn_object_path_from_name (SCOPE, name);
  SvpnClientObject *self = g_object_new (SVPN_TYPE_CLIENT_OBJECT, "g-object-path", path, NULL);

  self->store = store;
  self->name = g_strdup (name);
  self->skeleton = svpn_access_skeleton_new (SVPN_DBUS_TYPE_CLIENT_SKELETON, environment);
  self->tunnel = svpn_tunnel_new (environment, &svpn_client_tunnel_ops, name, G_OBJECT (self));
  self->subscriptions = subscriptions;
  self->worker_uid = environment->worker_uid;
  self->lockdown = svpn_lockdown_new (environment->state_dir, svpn_tunnel_get_id (self->tunnel));
  svpn_dbus_client_set_name (self->skeleton, name);
  svpn_dbus_client_set_state (self->skeleton, svpn_tunnel_get_state_name (self->tunnel));
  svpn_dbus_client_set_assigned_ip (self->skeleton, "");
  svpn_dbus_client_set_interface (self->skeleton, "");
  svpn_dbus_client_set_health (self->skeleton, "");
  svpn_dbus_client_set_last_error (self->skeleton, "");
  svpn_dbus_client_set_last_reason (self->skeleton, svpn_tunnel_get_last_reason (self->tunnel));
  connect_methods (self);
  svpn_dbus_object_skeleton_set_client (SVPN_DBUS_OBJECT_SKELETON (self), self->skeleton);
  svpn_client_object_reload (self);
  return self;
}

static void
svpn_client_object_finalize (GObject *object)
{
  SvpnClientObject *self = SVPN_CLIENT_OBJECT (object);

  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_clear_pointer (&self->lockdown, svpn_lockdown_free);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->tunnel);
  g_clear_pointer (&self->assignment, svpn_assignment_free);
  g_hash_table_unref (self->leases);
  g_free (self->ca_pem);
  g_free (self->name);
  G_OBJECT_CLASS (svpn_client_object_parent_class)->finalize (object);
}

static void
svpn_client_object_init (SvpnClientObject *self)
{
  self->leases
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) svpn_secret_text_free);
}

static void
svpn_client_object_class_init (SvpnClientObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_client_object_finalize;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The tunnel of an org.smartvpn.Client: how it starts, is adopted and ends, and what the object shows of it. */
#include "calls.h"
#include "client-lockdown.h"
#include "client-network.h"
#include "client-object-private.h"
#include "error.h"
#include "pem.h"
#include "worker-settings.h"

#include <gio/gunixfdlist.h>

#define SCOPE SVPN_SCOPE_CLIENT
#define HEALTH_AT_FIRST "healthy"

/* ---- What the server has assigned ---- */

static const char *
server_key (SvpnClientObject *self)
{
  return svpn_settings_get_string (SCOPE, svpn_tunnel_get_settings (self->tunnel), "server-public-key");
}

/* The results of Connect(). */
static void
client_describe (gpointer owner, GVariantDict *dict)
{
  SvpnClientObject *self = owner;

  svpn_client_network_describe (self->tunnel, self->assignment, dict);
}

/* The most that the server may give. */
static guint
wished_mtu (SvpnClientObject *self)
{
  return svpn_settings_get_uint (SCOPE, svpn_tunnel_get_settings (self->tunnel), "mtu");
}

/* Takes the assignment that the worker tells, and keeps the lease for the next connection. */
static gboolean
take_assignment (SvpnClientObject *self, GVariant *dictionary, GError **error)
{
  SvpnAssignment *assignment = svpn_assignment_parse (dictionary, wished_mtu (self), error);

  if (assignment == NULL)
    return FALSE;
  g_clear_pointer (&self->assignment, svpn_assignment_free);
  self->assignment = assignment;
  if (assignment->lease != NULL)
    g_hash_table_replace (self->leases, g_strdup (server_key (self)), g_strdup (assignment->lease));
  return TRUE;
}

/* ---- The way up: settings -> StartClient() -> network -> AttachTun() ---- */

static gboolean
check_required (GVariant *settings, GError **error)
{
  static const char *const required[] = { "server-url", "server-public-key" };

  for (gsize i = 0; i < G_N_ELEMENTS (required); i++) {
    if (svpn_settings_get_string (SCOPE, settings, required[i]) != NULL)
      continue;
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING,
                 "%s: is not set; import an invitation or set it", required[i]);
    return FALSE;
  }
  return TRUE;
}

/* Called before a start. */
static gboolean
client_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error)
{
  SvpnClientObject *self = owner;
  GVariant *settings = svpn_call_effective_settings (self->store, SCOPE, self->name, options, error);

  start->settings = settings;
  if (settings == NULL || !check_required (settings, error))
    return FALSE;
  start->timeout_s = svpn_settings_get_uint (SCOPE, settings, "connect-timeout-s");
  start->timeout_error
      = g_strdup_printf ("Connecting to %s took longer than %u s",
                         svpn_settings_get_string (SCOPE, settings, "server-url"), start->timeout_s);
  start->wait = svpn_settings_get_bool (SCOPE, settings, "wait");
  start->attempts_max = svpn_settings_get_bool (SCOPE, settings, "auto-reconnect")
                            ? svpn_settings_get_uint (SCOPE, settings, "max-reconnect-attempts")
                            : 1;
  return TRUE;
}

/* Called at the beginning of a start. */
static gboolean
client_prepare (gpointer owner, GVariant **settings, GVariantDict *details, GError **error)
{
  SvpnClientObject *self = owner;
  const char *ca_pem = svpn_settings_get_string (SCOPE, *settings, "tls-ca-pem");
  const char *ca_file = svpn_settings_get_string (SCOPE, *settings, "tls-ca-file");

  g_clear_pointer (&self->ca_pem, g_free);
  if (!svpn_client_lockdown_begin (self, *settings, error))
    return FALSE;
  if (ca_pem == NULL && ca_file == NULL)
    return TRUE;
  self->ca_pem = ca_pem != NULL ? g_strdup (ca_pem) : svpn_pem_read ("tls-ca-file", ca_file, error);
  return self->ca_pem != NULL;
}

static GVariant *
client_settings_for_worker (SvpnClientObject *self)
{
  static const char *const keys[] = { "server-url",
                                      "server-public-key",
                                      "private-key",
                                      "tls-verify",
                                      "mtu",
                                      "connect-timeout-s",
                                      "auto-reconnect",
                                      "max-reconnect-attempts",
                                      "rekey-interval-s",
                                      "rekey-mib",
                                      "link-mtu",
                                      NULL };
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  const char *lease = g_hash_table_lookup (self->leases, server_key (self));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  svpn_worker_settings_add (&dict, SCOPE, settings, keys);
  svpn_worker_settings_add_session (&dict, SCOPE, settings);
  if (self->ca_pem != NULL)
    g_variant_dict_insert (&dict, "tls-ca-pem", "s", self->ca_pem);
  if (lease != NULL)
    g_variant_dict_insert (&dict, "lease", "s", lease);
  g_variant_dict_insert (&dict, "settings-hash", "s", svpn_tunnel_get_hash (self->tunnel));
  return g_variant_dict_end (&dict);
}

/* Called when the worker has the TUN device. */
static void
on_tun_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnClientObject) self = user_data;
  GError *error = NULL;

  if (svpn_dbus_worker_call_attach_tun_finish (SVPN_DBUS_WORKER (source), NULL, result, &error))
    svpn_tunnel_set_up (self->tunnel);
  else
    svpn_tunnel_fail_call (self->tunnel, error);
}

static void
attach_tun (SvpnClientObject *self, SvpnDbusWorker *worker, int tun)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&tun, 1);

  svpn_dbus_worker_call_attach_tun (worker, g_variant_new_handle (0), fds,
                                    svpn_tunnel_get_cancellable (self->tunnel), on_tun_attached,
                                    g_object_ref (self));
}

/* Called when the worker has connected, and has the server's answer. */
static void
on_assigned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnClientObject) self = user_data;
  SvpnDbusWorker *worker = SVPN_DBUS_WORKER (source);
  g_autoptr (GVariant) answer = NULL;
  GError *error = NULL;

  if (!svpn_dbus_worker_call_start_client_finish (worker, &answer, result, &error)) {
    svpn_tunnel_fail_call (self->tunnel, error);
    return;
  }
  int tun = take_assignment (self, answer, &error)
                ? svpn_client_network_create (self->tunnel, self->assignment, &error)
                : -1;
  if (tun < 0) {
    svpn_tunnel_fail (self->tunnel, error);
    return;
  }
  svpn_client_network_tell_worker (self->tunnel, self->assignment, worker);
  attach_tun (self, worker, tun);
}

/* ---- Signals of the worker while the tunnel is up ---- */

static void
show_address (SvpnClientObject *self)
{
  g_autofree char *ip = svpn_address_to_string (&self->assignment->ipv4);

  svpn_dbus_client_set_assigned_ip (self->skeleton, ip);
}

/* Changes the network unless its fingerprint is @old; *@changed: whether it did. */
static gboolean
follow_assignment (SvpnClientObject *self, const char *old, gboolean *changed, GError **error)
{
  g_autofree char *fingerprint = svpn_client_network_fingerprint (self->tunnel, self->assignment);

  *changed = strcmp (fingerprint, old) != 0;
  if (!*changed)
    return TRUE;
  if (!svpn_client_network_apply (self->tunnel, self->assignment, error))
    return FALSE;
  if (svpn_tunnel_get_worker (self->tunnel) != NULL)
    svpn_client_network_tell_worker (self->tunnel, self->assignment, svpn_tunnel_get_worker (self->tunnel));
  return TRUE;
}

/* Whether another assignment can follow: there is one, and the tunnel is not about to end. */
static gboolean
is_assigned (SvpnClientObject *self)
{
  return self->assignment != NULL && svpn_tunnel_get_state (self->tunnel) != SVPN_TUNNEL_STOPPING;
}

static void
announce_reconnection (SvpnClientObject *self, GVariant *told, const char *old_ip)
{
  g_autofree char *ip = svpn_address_to_string (&self->assignment->ipv4);
  g_autoptr (GVariant) details = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_RECONNECTION, told));
  const char *text = "";
  GVariantDict dict;

  g_variant_lookup (details, "reason", "&s", &text);
  g_variant_dict_init (&dict, details);
  svpn_call_add_reason (&dict, text, SVPN_REASON_CONNECTION_LOST);
  g_variant_dict_insert (&dict, "assigned-ip", "s", ip);
  g_variant_dict_insert (&dict, "same-address", "b", strcmp (ip, old_ip) == 0);
  svpn_dbus_client_emit_reconnected (self->skeleton, g_variant_dict_end (&dict));
}

/* Called when the worker says that it has a session again. */
static void
on_reconnected (SvpnDbusWorker *worker, GVariant *details, GVariant *assignment, SvpnClientObject *self)
{
  gboolean changed;
  GError *error = NULL;

  if (!is_assigned (self))
    return;
  g_autofree char *old = svpn_client_network_fingerprint (self->tunnel, self->assignment);
  g_autofree char *old_ip = svpn_address_to_string (&self->assignment->ipv4);
  if (!take_assignment (self, assignment, &error) || !follow_assignment (self, old, &changed, &error)) {
    svpn_tunnel_fail (self->tunnel, error);
    return;
  }
  if (svpn_tunnel_is_up (self->tunnel))
    show_address (self);
  if (!changed && svpn_tunnel_is_up (self->tunnel))
    svpn_network_check (svpn_tunnel_get_network (self->tunnel));
  announce_reconnection (self, details, old_ip);
}

/* Called when the worker says that the server has changed MTU, DNS servers or routes. */
static void
on_config_changed (SvpnDbusWorker *worker, GVariant *config, SvpnClientObject *self)
{
  gboolean changed;
  GError *error = NULL;
  GVariantDict dict;

  if (!is_assigned (self))
    return;
  g_autofree char *old = svpn_client_network_fingerprint (self->tunnel, self->assignment);
  if (!svpn_assignment_update (self->assignment, config, wished_mtu (self), &error)
      || !follow_assignment (self, old, &changed, &error)) {
    svpn_tunnel_fail (self->tunnel, error);
    return;
  }
  if (!changed)
    return;
  g_variant_dict_init (&dict, NULL);
  svpn_client_network_describe_config (self->tunnel, self->assignment, &dict);
  g_autoptr (GVariant) used = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autofree char *text = g_variant_print (used, FALSE);
  g_message ("%s: the server has changed the configuration: %s", svpn_tunnel_get_id (self->tunnel), text);
  svpn_dbus_client_emit_config_changed (self->skeleton, used);
}

/* Called when the worker says that it has lost its session, or has one again. */
static void
on_worker_state_changed (SvpnDbusWorker *worker, const char *state, const char *reason,
                         SvpnClientObject *self)
{
  g_autofree char *text = svpn_worker_text (reason);

  if (strcmp (state, "reconnecting") == 0) {
    svpn_client_loss_begin (&self->loss);
    svpn_tunnel_set_reconnecting (self->tunnel, TRUE, text);
  } else if (strcmp (state, "connected") == 0)
    svpn_tunnel_set_reconnecting (self->tunnel, FALSE, text);
}

static void
take_retry (SvpnClientObject *self, GVariant *told)
{
  g_autoptr (GVariant) retry = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_RETRY, told));
  const char *error;

  svpn_client_loss_take (&self->loss, retry);
  if (g_variant_lookup (retry, "last-error", "&s", &error))
    svpn_tunnel_set_loss (self->tunnel, error);
}

/* Called when the worker says when it tries again, and why it has to. */
static void
on_retrying (SvpnDbusWorker *worker, GVariant *told, SvpnClientObject *self)
{
  if (svpn_tunnel_get_state (self->tunnel) != SVPN_TUNNEL_RECONNECTING)
    return;
  take_retry (self, told);
  svpn_dbus_client_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
}

/* Called when the worker says how the line is. Its old value is ignored; we track our own. */
static void
on_health_changed (SvpnDbusWorker *worker, const char *new_health, const char *old_health,
                   SvpnClientObject *self)
{
  const char *health = svpn_worker_health (new_health);
  g_autofree char *old = g_strdup (svpn_dbus_client_get_health (self->skeleton));

  if (health == NULL || strcmp (health, old) == 0 || svpn_tunnel_get_state (self->tunnel) != SVPN_TUNNEL_UP)
    return;
  g_info ("%s: the line is %s, was %s", svpn_tunnel_get_id (self->tunnel), health, old);
  svpn_dbus_client_set_health (self->skeleton, health);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  svpn_dbus_client_emit_health_changed (self->skeleton, health, old);
}

static void
listen_to_client_worker (SvpnClientObject *self, SvpnDbusWorker *worker)
{
  g_signal_connect_object (worker, "reconnected", G_CALLBACK (on_reconnected), self, 0);
  g_signal_connect_object (worker, "config-changed", G_CALLBACK (on_config_changed), self, 0);
  g_signal_connect_object (worker, "state-changed", G_CALLBACK (on_worker_state_changed), self, 0);
  g_signal_connect_object (worker, "retrying", G_CALLBACK (on_retrying), self, 0);
  g_signal_connect_object (worker, "health-changed", G_CALLBACK (on_health_changed), self, 0);
}

/* ---- The worker is connected ---- */

/* Called when the worker is connected. */
static void
client_start (gpointer owner, SvpnDbusWorker *worker)
{
  SvpnClientObject *self = owner;

  listen_to_client_worker (self, worker);
  /* Only the tunnel's own deadline counts. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (worker), G_MAXINT);
  svpn_dbus_worker_call_start_client (worker, client_settings_for_worker (self),
                                      svpn_tunnel_get_cancellable (self->tunnel), on_assigned,
                                      g_object_ref (self));
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (worker), SVPN_WORKER_CALL_TIMEOUT_MS);
}

/* Called when the worker of an earlier smartvpnd was found up. It may have reconnected since, with another assignment. */
static gboolean
client_adopt (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details, GError **error)
{
  SvpnClientObject *self = owner;
  g_autoptr (GVariant) assignment = g_variant_lookup_value (state, "assignment", G_VARIANT_TYPE_VARDICT);
  const char *health = "";

  if (assignment == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "The worker that was found does not tell its assignment");
    return FALSE;
  }
  if (!take_assignment (self, assignment, error)
      || !svpn_client_network_apply (self->tunnel, self->assignment, error))
    return FALSE;
  svpn_client_network_tell_worker (self->tunnel, self->assignment, worker);
  svpn_client_loss_begin (&self->loss);
  g_autoptr (GVariant) retry = g_variant_lookup_value (state, "retry", G_VARIANT_TYPE_VARDICT);
  if (retry != NULL)
    take_retry (self, retry);
  g_variant_lookup (state, "health", "&s", &health);
  svpn_dbus_client_set_health (self->skeleton, svpn_worker_health (health));
  listen_to_client_worker (self, worker);
  return TRUE;
}

/* ---- What the object shows ---- */

static void
show_url (SvpnClientObject *self, GVariant *settings)
{
  const char *url = settings != NULL ? svpn_settings_get_string (SCOPE, settings, "server-url") : NULL;

  svpn_dbus_client_set_server_url (self->skeleton, url != NULL ? url : "");
}

void
svpn_client_tunnel_show_profile (SvpnClientObject *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, &error);

  svpn_tunnel_set_profile_error (self->tunnel, error);
  svpn_dbus_client_set_title (self->skeleton, svpn_call_get_title (SCOPE, profile));
  if (svpn_tunnel_is_down (self->tunnel))
    show_url (self, profile);
  svpn_client_lockdown_follow (self, profile);
  svpn_dbus_client_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
}

static void
show_connection (SvpnClientObject *self)
{
  const char *health = svpn_dbus_client_get_health (self->skeleton);

  g_clear_pointer (&self->ca_pem, g_free);
  if (svpn_tunnel_get_state (self->tunnel) == SVPN_TUNNEL_RECONNECTING)
    svpn_dbus_client_set_health (self->skeleton, "");
  else if (health == NULL || *health == '\0') /* a session begins healthy */
    svpn_dbus_client_set_health (self->skeleton, HEALTH_AT_FIRST);
  show_address (self);
  svpn_dbus_client_set_interface (self->skeleton,
                                  svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
  show_url (self, svpn_tunnel_get_settings (self->tunnel));
}

static void
show_client_down (SvpnClientObject *self)
{
  g_clear_pointer (&self->assignment, svpn_assignment_free);
  g_clear_pointer (&self->ca_pem, g_free);
  svpn_dbus_client_set_assigned_ip (self->skeleton, "");
  svpn_dbus_client_set_interface (self->skeleton, "");
  svpn_dbus_client_set_health (self->skeleton, "");
  svpn_client_tunnel_show_profile (self);
}

/* Called when the state of the tunnel has changed. */
static void
client_state_changed (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason,
                      const char *message)
{
  SvpnClientObject *self = owner;
  const char *name = svpn_tunnel_get_state_name (self->tunnel);

  switch (state) {
  case SVPN_TUNNEL_STARTING:
    show_url (self, svpn_tunnel_get_settings (self->tunnel));
    break;
  case SVPN_TUNNEL_UP:
  case SVPN_TUNNEL_RECONNECTING:
    show_connection (self);
    break;
  case SVPN_TUNNEL_STOPPING:
    break;
  case SVPN_TUNNEL_DOWN:
  case SVPN_TUNNEL_FAILED:
    if (self->released)
      svpn_client_lockdown_end (self);
    self->released = FALSE;
    show_client_down (self);
    break;
  }
  svpn_dbus_client_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
  svpn_dbus_client_set_last_reason (self->skeleton, reason);
  svpn_dbus_client_set_state (self->skeleton, name);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  svpn_dbus_client_emit_state_changed (self->skeleton, name, old_name, reason, svpn_call_details (message));
}

/* Called when another attempt follows. */
static void
client_tried (gpointer owner)
{
  show_client_down (owner);
}

/* Called when the worker has ended. */
static void
client_exited (gpointer owner, int status)
{
  SvpnClientObject *self = owner;

  svpn_dbus_client_emit_exited (self->skeleton, status);
}

static void
client_network_restored (gpointer owner, const char *const *what)
{
  SvpnClientObject *self = owner;

  svpn_dbus_client_emit_network_restored (self->skeleton, what);
}

static void
client_network_changed (gpointer owner)
{
  SvpnClientObject *self = owner;

  if (!svpn_tunnel_is_up (self->tunnel))
    return;
  svpn_dbus_client_set_interface (self->skeleton,
                                  svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
  svpn_client_network_tell_worker (self->tunnel, self->assignment, svpn_tunnel_get_worker (self->tunnel));
}

/* Called when the worker's packets take another way to the server, or have none. */
static void
client_way_changed (gpointer owner, gboolean reachable)
{
  SvpnClientObject *self = owner;

  g_message ("%s: %s", svpn_tunnel_get_id (self->tunnel),
             reachable ? "the way to the server has changed" : "there is no way to the server");
  svpn_dbus_worker_call_network_changed (svpn_tunnel_get_worker (self->tunnel), reachable ? "moved" : "lost",
                                         NULL, NULL, NULL);
}

static void
client_describe_always (gpointer owner, GVariantDict *dict)
{
  SvpnClientObject *self = owner;

  g_variant_dict_insert (dict, "lockdown", "b", svpn_lockdown_is_closed (self->lockdown));
}

static void
client_describe_status (gpointer owner, GVariantDict *dict)
{
  SvpnClientObject *self = owner;

  g_variant_dict_insert (dict, "remote-address", "s", self->assignment->remote_address);
  if (svpn_tunnel_get_state (self->tunnel) == SVPN_TUNNEL_RECONNECTING)
    svpn_client_loss_describe (&self->loss, dict);
}

const SvpnTunnelOps svpn_client_tunnel_ops = {
  .scope = SCOPE,
  .role = "client",
  .state_names = {
    [SVPN_TUNNEL_DOWN] = "disconnected",
    [SVPN_TUNNEL_STARTING] = "connecting",
    [SVPN_TUNNEL_UP] = "connected",
    [SVPN_TUNNEL_RECONNECTING] = "reconnecting",
    [SVPN_TUNNEL_STOPPING] = "disconnecting",
    [SVPN_TUNNEL_FAILED] = "failed",
  },
  .goodbye = "client-left: The client disconnects",
  .error_up = SVPN_ERROR_ALREADY_CONNECTED,
  .error_down = SVPN_ERROR_NOT_CONNECTED,
  .load = client_load,
  .prepare = client_prepare,
  .start = client_start,
  .adopt = client_adopt,
  .state_changed = client_state_changed,
  .tried = client_tried,
  .exited = client_exited,
  .network_restored = client_network_restored,
  .network_changed = client_network_changed,
  .way_changed = client_way_changed,
  .describe = client_describe,
  .describe_status = client_describe_status,
  .describe_always = client_describe_always,
  .statistics = SVPN_REPLY_CLIENT_STATISTICS,
};

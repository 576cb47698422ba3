/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client: a profile and, while it is connected, its tunnel. */
#include "client-object.h"
#include "calls.h"
#include "error.h"
#include "object-path.h"
#include "pem.h"
#include "worker-reply.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#define SCOPE SVPN_SCOPE_CLIENT

struct _SvpnClientObject {
  SvpnDbusObjectSkeleton parent_instance;
  SvpnStore *store;
  char *name;
  SvpnDbusClient *skeleton;
  SvpnTunnel *tunnel;
  char *ca_pem;               /* while connecting; NULL: the system's authorities */
  SvpnAssignment *assignment; /* since the server's answer, until the end */
};

G_DEFINE_FINAL_TYPE (SvpnClientObject, svpn_client_object, SVPN_DBUS_TYPE_OBJECT_SKELETON)

SvpnTunnel *
svpn_client_object_get_tunnel (SvpnClientObject *self)
{
  return self->tunnel;
}

/* ---- What is in use ---- */

/* The user's list if there is one, else the server's. */
static char **
choose_list (SvpnClientObject *self, const char *key, char **of_server)
{
  g_autoptr (GVariant) of_user
      = g_variant_lookup_value (svpn_tunnel_get_settings (self->tunnel), key, G_VARIANT_TYPE_STRING_ARRAY);

  return of_user != NULL ? g_variant_dup_strv (of_user, NULL) : g_strdupv (of_server);
}

/* What Connect() returns. */
static void
client_describe (gpointer owner, GVariantDict *dict)
{
  SvpnClientObject *self = owner;
  const SvpnAssignment *assignment = self->assignment;
  g_auto (GStrv) dns = choose_list (self, "dns", assignment->dns);
  g_auto (GStrv) routes = choose_list (self, "routes", assignment->routes);
  g_autofree char *ipv4 = svpn_address_to_string (&assignment->ipv4);
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);

  g_variant_dict_insert (dict, "assigned-ip", "s", ipv4);
  g_variant_dict_insert (dict, "prefix", "u", assignment->ipv4.prefix);
  g_variant_dict_insert (dict, "gateway", "s", assignment->gateway);
  if (assignment->ipv6.family != 0) {
    g_autofree char *ipv6 = svpn_address_to_string (&assignment->ipv6);
    g_variant_dict_insert (dict, "assigned-ipv6", "s", ipv6);
    g_variant_dict_insert (dict, "prefix6", "u", assignment->ipv6.prefix);
    g_variant_dict_insert (dict, "gateway6", "s", assignment->gateway6);
  }
  g_variant_dict_insert (dict, "mtu", "u", assignment->mtu);
  g_variant_dict_insert (dict, "dns", "^as", dns);
  g_variant_dict_insert (dict, "routes", "^as", routes);
  g_variant_dict_insert (dict, "interface", "s",
                         svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
  g_variant_dict_insert (dict, "client-id", "s", assignment->client_id);
  g_variant_dict_insert (dict, "server-url", "s", svpn_settings_get_string (SCOPE, settings, "server-url"));
}

/* ---- The way up: settings -> StartClient() -> network -> AttachTun() ---- */

/* Called first. */
static gboolean
client_prepare (gpointer owner, GVariant **settings, GVariantDict *details, GError **error)
{
  SvpnClientObject *self = owner;
  const char *ca_file = svpn_settings_get_string (SCOPE, *settings, "tls-ca-file");

  g_clear_pointer (&self->ca_pem, g_free);
  if (ca_file == NULL)
    return TRUE;
  self->ca_pem = svpn_pem_read ("tls-ca-file", ca_file, error);
  return self->ca_pem != NULL;
}

static GVariant *
settings_for_worker (SvpnClientObject *self)
{
  static const char *const strings[] = { "server-url", "server-public-key", "private-key", "tls-verify" };
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++) {
    const char *value = svpn_settings_get_string (SCOPE, settings, strings[i]);
    if (value != NULL)
      g_variant_dict_insert (&dict, strings[i], "s", value);
  }
  if (self->ca_pem != NULL)
    g_variant_dict_insert (&dict, "tls-ca-pem", "s", self->ca_pem);
  g_variant_dict_insert (&dict, "mtu", "u", svpn_settings_get_uint (SCOPE, settings, "mtu"));
  g_variant_dict_insert (&dict, "connect-timeout-s", "u",
                         svpn_settings_get_uint (SCOPE, settings, "connect-timeout-s"));
  g_variant_dict_insert (&dict, "settings-hash", "s", svpn_tunnel_get_hash (self->tunnel));
  return g_variant_dict_end (&dict);
}

static int
set_up_network (SvpnClientObject *self, GError **error)
{
  SvpnNetwork *network = svpn_tunnel_get_network (self->tunnel);
  g_auto (GStrv) dns = choose_list (self, "dns", self->assignment->dns);
  g_auto (GStrv) routes = choose_list (self, "routes", self->assignment->routes);
  g_autofree SvpnPrefix *prefixes = g_new0 (SvpnPrefix, g_strv_length (routes) + 1);
  SvpnClientNetwork config = {
    .ipv4 = self->assignment->ipv4,
    .ipv6 = self->assignment->ipv6,
    .peer = self->assignment->remote,
    .mtu = self->assignment->mtu,
    .routes = prefixes,
    .dns = (const char *const *) dns,
    .worker_uid = svpn_tunnel_get_worker_uid (self->tunnel),
  };

  for (char **route = routes; *route != NULL; route++)
    config.n_routes += svpn_prefix_parse (*route, &prefixes[config.n_routes]) ? 1 : 0;
  int tun = svpn_network_create_tun (network, error);
  if (tun >= 0 && !svpn_network_apply_client (network, &config, error)) {
    close (tun);
    return -1;
  }
  return tun;
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

/* Called when the worker has connected and the server has answered. */
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
  guint mtu = svpn_settings_get_uint (SCOPE, svpn_tunnel_get_settings (self->tunnel), "mtu");
  self->assignment = svpn_assignment_parse (answer, mtu, &error);
  int tun = self->assignment != NULL ? set_up_network (self, &error) : -1;
  if (tun >= 0)
    attach_tun (self, worker, tun);
  else
    svpn_tunnel_fail (self->tunnel, error);
}

/* Called when the worker is there. */
static void
client_start (gpointer owner, SvpnDbusWorker *worker)
{
  SvpnClientObject *self = owner;

  /* The tunnel's own deadline counts. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (worker), G_MAXINT);
  svpn_dbus_worker_call_start_client (worker, settings_for_worker (self),
                                      svpn_tunnel_get_cancellable (self->tunnel), on_assigned,
                                      g_object_ref (self));
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (worker), SVPN_WORKER_CALL_TIMEOUT_MS);
}

/* Called when a connected worker was found. */
static gboolean
client_adopt (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details, GError **error)
{
  SvpnClientObject *self = owner;
  g_autoptr (GVariant) assignment = g_variant_lookup_value (state, "assignment", G_VARIANT_TYPE_VARDICT);
  guint mtu = svpn_settings_get_uint (SCOPE, svpn_tunnel_get_settings (self->tunnel), "mtu");

  if (assignment == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "The worker found does not tell its assignment");
    return FALSE;
  }
  self->assignment = svpn_assignment_parse (assignment, mtu, error);
  return self->assignment != NULL;
}

/* ---- State ---- */

static void
show_url (SvpnClientObject *self, GVariant *settings)
{
  const char *url = settings != NULL ? svpn_settings_get_string (SCOPE, settings, "server-url") : NULL;

  svpn_dbus_client_set_server_url (self->skeleton, url != NULL ? url : "");
}

void
svpn_client_object_reload (SvpnClientObject *self)
{
  if (svpn_tunnel_is_down (self->tunnel)) {
    g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, NULL);
    show_url (self, profile);
  }
}

static void
show_connection (SvpnClientObject *self)
{
  g_autofree char *ip = svpn_address_to_string (&self->assignment->ipv4);

  g_clear_pointer (&self->ca_pem, g_free);
  svpn_dbus_client_set_assigned_ip (self->skeleton, ip);
  svpn_dbus_client_set_interface (self->skeleton,
                                  svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
  show_url (self, svpn_tunnel_get_settings (self->tunnel));
}

static void
show_nothing (SvpnClientObject *self)
{
  g_clear_pointer (&self->assignment, svpn_assignment_free);
  g_clear_pointer (&self->ca_pem, g_free);
  svpn_dbus_client_set_assigned_ip (self->skeleton, "");
  svpn_dbus_client_set_interface (self->skeleton, "");
  svpn_client_object_reload (self);
}

/* Called by the tunnel. */
static void
client_state_changed (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason)
{
  SvpnClientObject *self = owner;
  const char *name = svpn_tunnel_get_state_name (self->tunnel);

  switch (state) {
  case SVPN_TUNNEL_STARTING:
    show_url (self, svpn_tunnel_get_settings (self->tunnel));
    break;
  case SVPN_TUNNEL_UP:
    show_connection (self);
    break;
  case SVPN_TUNNEL_STOPPING:
    break;
  case SVPN_TUNNEL_DOWN:
  case SVPN_TUNNEL_FAILED:
    show_nothing (self);
    break;
  }
  svpn_dbus_client_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
  svpn_dbus_client_set_state (self->skeleton, name);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  svpn_dbus_client_emit_state_changed (self->skeleton, name, old_name, reason);
}

/* Called when the worker has ended. */
static void
client_exited (gpointer owner, int status)
{
  SvpnClientObject *self = owner;

  svpn_dbus_client_emit_exited (self->skeleton, status);
}

static void
client_describe_status (gpointer owner, GVariantDict *dict)
{
  SvpnClientObject *self = owner;

  g_variant_dict_insert (dict, "remote-address", "s", self->assignment->remote_address);
}

static const SvpnTunnelOps client_ops = {
  .scope = SCOPE,
  .role = "client",
  .up_state = "connected",
  .state_names = {
    [SVPN_TUNNEL_DOWN] = "disconnected",
    [SVPN_TUNNEL_STARTING] = "connecting",
    [SVPN_TUNNEL_UP] = "connected",
    [SVPN_TUNNEL_STOPPING] = "disconnecting",
    [SVPN_TUNNEL_FAILED] = "failed",
  },
  .goodbye = "The client disconnects",
  .error_up = SVPN_ERROR_ALREADY_CONNECTED,
  .error_down = SVPN_ERROR_NOT_CONNECTED,
  .prepare = client_prepare,
  .start = client_start,
  .adopt = client_adopt,
  .state_changed = client_state_changed,
  .exited = client_exited,
  .describe = client_describe,
  .describe_status = client_describe_status,
  .statistics = svpn_worker_client_statistics,
};

/* ---- Methods ---- */

static gboolean
check_required (GVariant *settings, GError **error)
{
  static const char *const required[] = { "server-url", "server-public-key" };

  for (gsize i = 0; i < G_N_ELEMENTS (required); i++) {
    if (svpn_settings_get_string (SCOPE, settings, required[i]) != NULL)
      continue;
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: needed to connect", required[i]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
on_connect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, GVariant *options,
            SvpnClientObject *self)
{
  GError *error = NULL;
  g_autoptr (GVariant) settings = svpn_call_settings (self->store, SCOPE, self->name, options, &error);

  if (settings == NULL || !check_required (settings, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  guint timeout_s = svpn_settings_get_uint (SCOPE, settings, "connect-timeout-s");
  g_autofree char *timeout_error
      = g_strdup_printf ("Connecting to %s took longer than %u s",
                         svpn_settings_get_string (SCOPE, settings, "server-url"), timeout_s);
  svpn_call_start (self->tunnel, invocation, settings, timeout_s, timeout_error,
                   svpn_settings_get_bool (SCOPE, settings, "wait"));
  return TRUE;
}

static gboolean
on_disconnect (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_stop (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_status (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_status (self->tunnel, invocation);
  return TRUE;
}

static gboolean
on_get_statistics (SvpnDbusClient *skeleton, GDBusMethodInvocation *invocation, SvpnClientObject *self)
{
  svpn_call_get_statistics (self->tunnel, invocation);
  return TRUE;
}

/* ---- The object ---- */

SvpnClientObject *
svpn_client_object_new (const SvpnEnvironment *environment, SvpnStore *store, const char *name)
{
  g_autofree char *path = svpn_object_path_from_name (SCOPE, name);
  SvpnClientObject *self = g_object_new (SVPN_TYPE_CLIENT_OBJECT, "g-object-path", path, NULL);

  self->store = store;
  self->name = g_strdup (name);
  self->tunnel = svpn_tunnel_new (environment, &client_ops, name, G_OBJECT (self));
  svpn_dbus_client_set_name (self->skeleton, name);
  svpn_dbus_client_set_state (self->skeleton, svpn_tunnel_get_state_name (self->tunnel));
  svpn_client_object_reload (self);
  return self;
}

static void
svpn_client_object_finalize (GObject *object)
{
  SvpnClientObject *self = SVPN_CLIENT_OBJECT (object);

  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->tunnel);
  g_clear_pointer (&self->assignment, svpn_assignment_free);
  g_free (self->ca_pem);
  g_free (self->name);
  G_OBJECT_CLASS (svpn_client_object_parent_class)->finalize (object);
}

static void
svpn_client_object_init (SvpnClientObject *self)
{
  self->skeleton = svpn_dbus_client_skeleton_new ();
  svpn_dbus_client_set_assigned_ip (self->skeleton, "");
  svpn_dbus_client_set_interface (self->skeleton, "");
  svpn_dbus_client_set_last_error (self->skeleton, "");
  g_signal_connect (self->skeleton, "handle-connect", G_CALLBACK (on_connect), self);
  g_signal_connect (self->skeleton, "handle-disconnect", G_CALLBACK (on_disconnect), self);
  g_signal_connect (self->skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (self->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), self);
  svpn_dbus_object_skeleton_set_client (SVPN_DBUS_OBJECT_SKELETON (self), self->skeleton);
}

static void
svpn_client_object_class_init (SvpnClientObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_client_object_finalize;
}

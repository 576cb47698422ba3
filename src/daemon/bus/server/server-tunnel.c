/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The tunnel of an org.smartvpn.Server: how it starts, is adopted and ends, and what the object shows of it. */
#include "authorized-clients.h"
#include "calls.h"
#include "error.h"
#include "journal.h"
#include "pool-check.h"
#include "server-check.h"
#include "server-object-private.h"
#include "worker-settings.h"
#include "x25519.h"

#include <unistd.h>

#define SCOPE SVPN_SCOPE_SERVER
#define START_TIMEOUT_S 20

/* ---- The way up: parts -> network -> StartServer() ---- */

/* A certificate needs its key, and a key its certificate. */
static gboolean
check_pair (GVariant *settings, GError **error)
{
  static const char *const keys[] = { "tls-certificate-file", "tls-key-file" };
  gboolean given[2];

  for (gsize i = 0; i < 2; i++)
    given[i] = svpn_settings_get_string (SCOPE, settings, keys[i]) != NULL;
  if (given[0] == given[1])
    return TRUE;
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "%s: needed with %s; set both or neither",
               given[0] ? keys[1] : keys[0], given[0] ? keys[0] : keys[1]);
  return FALSE;
}

/* The default of listen is all addresses. Without TLS, everybody on the way would see a VPN there. */
static gboolean
check_not_plain_by_default (GVariant *settings, GError **error)
{
  g_autoptr (GVariant) listen = g_variant_lookup_value (settings, "listen", NULL);

  if (listen != NULL || svpn_settings_get_string (SCOPE, settings, "tls-certificate-file") != NULL)
    return TRUE;
  return svpn_error_refuse (
      error, "tls-certificate-file",
      "without it and tls-key-file, the server would speak plain WebSocket with everybody on port "
      "443; set both, or, behind a proxy that terminates the TLS, set listen, such as "
      "127.0.0.1:8080");
}

/* The PROXY protocol is for a web server. */
static gboolean
check_decoy_proxy_protocol (GVariant *settings, GError **error)
{
  const char *decoy = svpn_settings_get_string (SCOPE, settings, "decoy");
  const char *version = svpn_settings_get_string (SCOPE, settings, "decoy-proxy-protocol");

  if (g_str_equal (version, "none") || (decoy != NULL && !g_path_is_absolute (decoy)))
    return TRUE;
  svpn_error_refuse (error, "decoy-proxy-protocol", "%s needs a web server as decoy, http://IP:port",
                     version);
  return FALSE;
}

/* Called before a start. */
static gboolean
server_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error)
{
  SvpnServerObject *self = owner;

  start->settings = svpn_call_effective_settings (self->store, SCOPE, self->name, options, error);
  start->timeout_s = START_TIMEOUT_S;
  start->timeout_error
      = g_strdup_printf ("The worker did not start the server within %u s", start->timeout_s);
  start->wait = TRUE;
  return start->settings != NULL && check_pair (start->settings, error)
         && check_not_plain_by_default (start->settings, error)
         && check_decoy_proxy_protocol (start->settings, error);
}

/* Whether the pools can be networks of this machine. */
static gboolean
check_pools (GVariant *settings, GError **error)
{
  static const char *const keys[] = { "ipv4-pool", "ipv6-pool" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *text = svpn_settings_get_string (SCOPE, settings, keys[i]);
    SvpnPrefix pool;

    if (text != NULL && svpn_prefix_parse (text, &pool) && !svpn_pool_check (keys[i], &pool, error))
      return FALSE;
  }
  return TRUE;
}

/* Called at the beginning of a start. */
static gboolean
server_prepare (gpointer owner, GVariant **settings, GVariantDict *details, GError **error)
{
  SvpnServerObject *self = owner;

  self->clients_changed = FALSE;
  if (!check_pools (*settings, error))
    return FALSE;
  self->parts = svpn_server_parts_new (self->store, self->config_dir, self->name, settings, error);
  if (self->parts == NULL)
    return FALSE;
  g_autofree char *public_key
      = svpn_x25519_to_public (svpn_settings_get_string (SCOPE, *settings, "private-key"));
  svpn_dbus_server_set_public_key (self->skeleton, public_key);
  g_variant_dict_insert (details, "public-key", "s", public_key);
  return TRUE;
}

static GVariant *
server_settings_for_worker (SvpnServerObject *self)
{
  static const char *const keys[]
      = { "path", "private-key", "ipv4-pool", "ipv6-pool", "mtu", "client-to-client", NULL };
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  guint burst_bytes = svpn_settings_get_uint (SCOPE, settings, "rate-limit-burst-bytes");
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  svpn_worker_settings_add (&dict, SCOPE, settings, keys);
  svpn_worker_settings_add_changeable (&dict, settings);
  if (self->parts->certificate_pem != NULL) {
    g_variant_dict_insert (&dict, "tls-certificate-pem", "s", self->parts->certificate_pem);
    g_variant_dict_insert (&dict, "tls-key-pem", "s", self->parts->key_pem);
  }
  g_variant_dict_insert_value (&dict, "authorized-clients",
                               svpn_authorized_clients_for_worker (self->parts->authorized, burst_bytes));
  g_variant_dict_insert (&dict, "settings-hash", "s", svpn_tunnel_get_hash (self->tunnel));
  return g_variant_dict_end (&dict);
}

/* The networks of a setting. */
static SvpnPrefix *
parse_networks (GVariant *settings, const char *key, gsize *n)
{
  g_auto (GStrv) texts = svpn_settings_get_strings (SCOPE, settings, key);
  SvpnPrefix *networks = g_new0 (SvpnPrefix, g_strv_length (texts) + 1);

  *n = 0;
  for (char **text = texts; *text != NULL; text++)
    *n += svpn_prefix_parse (*text, &networks[*n]) ? 1 : 0;
  return networks;
}

gboolean
svpn_server_tunnel_apply_network (SvpnServerObject *self, GError **error)
{
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  const char *ipv6_pool = svpn_settings_get_string (SCOPE, settings, "ipv6-pool");
  SvpnServerNetwork config = {
    .mtu = svpn_settings_get_uint (SCOPE, settings, "mtu"),
    .nat = svpn_settings_get_bool (SCOPE, settings, "nat"),
    .client_to_client = svpn_settings_get_bool (SCOPE, settings, "client-to-client"),
    .enforce_routes = svpn_settings_get_bool (SCOPE, settings, "enforce-routes"),
    .local_services = svpn_settings_get_bool (SCOPE, settings, "local-services"),
  };
  g_autofree SvpnPrefix *routes = parse_networks (settings, "routes", &config.n_routes);
  g_autofree SvpnPrefix *inbound = parse_networks (settings, "reachable-from", &config.n_inbound);

  config.routes = routes;
  config.inbound = inbound;
  svpn_prefix_parse (svpn_settings_get_string (SCOPE, settings, "ipv4-pool"), &config.ipv4);
  if (ipv6_pool != NULL)
    svpn_prefix_parse (ipv6_pool, &config.ipv6);
  return svpn_network_apply_server (svpn_tunnel_get_network (self->tunnel), &config, error);
}

static int
set_up_network (SvpnServerObject *self, GError **error)
{
  int tun = svpn_network_create_tun (svpn_tunnel_get_network (self->tunnel), error);

  if (tun < 0 || svpn_server_tunnel_apply_network (self, error))
    return tun;
  close (tun);
  return -1;
}

/* Called when the worker accepts clients. */
static void
on_serving (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnServerObject) self = user_data;
  GError *error = NULL;

  if (!svpn_dbus_worker_call_start_server_finish (SVPN_DBUS_WORKER (source), NULL, result, &error)) {
    svpn_tunnel_fail_call (self->tunnel, error);
    return;
  }
  svpn_tunnel_set_up (self->tunnel);
  if (self->clients_changed) /* while starting */
    svpn_server_tell_authorized_clients (self, SVPN_DBUS_WORKER (source));
}

/* At once: a session that ends and one that begins in the same moment tell, too, although their number stays. */
static void
set_connected_clients (SvpnServerObject *self, guint n)
{
  svpn_dbus_server_set_connected_clients (self->skeleton, n);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
}

/* Called when the worker says that a session has begun. */
static void
on_client_connected (SvpnDbusWorker *worker, const char *id, GVariant *client, SvpnServerObject *self)
{
  g_autofree char *text = svpn_worker_text (id);
  guint n = svpn_dbus_server_get_connected_clients (self->skeleton);
  const char *id_of_server = svpn_tunnel_get_id (self->tunnel);
  SvpnJournalEntry entry = { SVPN_EVENT_CLIENT_CONNECTED, id_of_server, .session = text };

  svpn_journal (G_LOG_LEVEL_MESSAGE, &entry, "%s: session %s has begun", id_of_server, text);
  set_connected_clients (self, n + 1);
  svpn_dbus_server_emit_client_connected (self->skeleton, text,
                                          svpn_worker_reply (SVPN_REPLY_SESSION, client));
}

/* Called when the worker says that a session has ended. */
static void
on_client_disconnected (SvpnDbusWorker *worker, const char *id, const char *reason, GVariant *telemetry,
                        SvpnServerObject *self)
{
  g_autofree char *text = svpn_worker_text (id);
  g_autofree char *why = svpn_worker_text (reason);
  const char *message, *code = svpn_reason_split (why, SVPN_REASON_CONNECTION_LOST, &message);
  guint n = svpn_dbus_server_get_connected_clients (self->skeleton);
  const char *id_of_server = svpn_tunnel_get_id (self->tunnel);
  SvpnJournalEntry entry = { SVPN_EVENT_CLIENT_DISCONNECTED, id_of_server, .reason = why, .session = text };

  svpn_journal (G_LOG_LEVEL_MESSAGE, &entry, "%s: session %s has ended: %s", id_of_server, text, why);
  set_connected_clients (self, n > 0 ? n - 1 : 0);
  g_autoptr (GVariant) session = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_SESSION, telemetry));
  GVariantDict dict;
  g_variant_dict_init (&dict, session);
  if (*message != '\0')
    g_variant_dict_insert (&dict, "message", "s", message);
  svpn_dbus_server_emit_client_disconnected (self->skeleton, text, code, g_variant_dict_end (&dict));
}

static void
listen_to_server_worker (SvpnServerObject *self, SvpnDbusWorker *worker)
{
  g_signal_connect_object (worker, "client-connected", G_CALLBACK (on_client_connected), self, 0);
  g_signal_connect_object (worker, "client-disconnected", G_CALLBACK (on_client_disconnected), self, 0);
}

/* Called when the worker is connected. */
static void
server_start (gpointer owner, SvpnDbusWorker *worker)
{
  SvpnServerObject *self = owner;
  g_autoptr (GUnixFDList) fds = g_steal_pointer (&self->parts->listeners);
  GVariantBuilder handles = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ah"));
  int n = g_unix_fd_list_get_length (fds);
  GError *error = NULL;
  int tun = set_up_network (self, &error);
  int handle = tun >= 0 ? g_unix_fd_list_append (fds, tun, &error) : -1;

  if (tun >= 0)
    close (tun);
  if (handle < 0) {
    g_variant_builder_clear (&handles);
    svpn_tunnel_fail (self->tunnel, error);
    return;
  }
  for (int i = 0; i < n; i++)
    g_variant_builder_add (&handles, "h", i);
  listen_to_server_worker (self, worker);
  svpn_dbus_worker_call_start_server (worker, server_settings_for_worker (self),
                                      g_variant_new_handle (handle), g_variant_builder_end (&handles), fds,
                                      svpn_tunnel_get_cancellable (self->tunnel), on_serving,
                                      g_object_ref (self));
}

/* Called with the answer to GetState(): when the worker was found running, and when some of its signals were lost. */
static void
server_take_state (gpointer owner, GVariant *state)
{
  SvpnServerObject *self = owner;
  guint32 clients = 0;

  g_variant_lookup (state, "connected-clients", "u", &clients);
  svpn_dbus_server_set_connected_clients (self->skeleton, clients);
}

/* Called when the worker of an earlier smartvpnd was found up. */
static gboolean
server_adopt (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details, GError **error)
{
  SvpnServerObject *self = owner;
  const char *public_key;

  if (!svpn_server_tunnel_apply_network (self, error))
    return FALSE;
  if (g_variant_lookup (details, "public-key", "&s", &public_key))
    svpn_dbus_server_set_public_key (self->skeleton, public_key);
  server_take_state (self, state);
  listen_to_server_worker (self, worker);
  svpn_server_tell_authorized_clients (self, worker); /* the list may have changed since */
  return TRUE;
}

/* ---- What the object shows ---- */

static char **
subnets (SvpnServerObject *self)
{
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  const char *const pools[] = { svpn_settings_get_string (SCOPE, settings, "ipv4-pool"),
                                svpn_settings_get_string (SCOPE, settings, "ipv6-pool"), NULL };

  return g_strdupv ((char **) pools);
}

void
svpn_server_tunnel_take_findings (SvpnServerObject *self)
{
  g_strfreev (self->findings);
  self->findings = svpn_server_check (self);
}

static void
show_server_up (SvpnServerObject *self)
{
  g_auto (GStrv) listening
      = svpn_settings_get_strings (SCOPE, svpn_tunnel_get_settings (self->tunnel), "listen");
  g_auto (GStrv) pools = subnets (self);

  g_clear_pointer (&self->parts, svpn_server_parts_free);
  svpn_dbus_server_set_listen_address (self->skeleton, (const char *const *) listening);
  svpn_dbus_server_set_subnet (self->skeleton, (const char *const *) pools);
  svpn_dbus_server_set_interface (self->skeleton,
                                  svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
  svpn_server_tunnel_take_findings (self);
}

void
svpn_server_tunnel_show_down (SvpnServerObject *self)
{
  static const char *const none[] = { NULL };

  g_clear_pointer (&self->parts, svpn_server_parts_free);
  g_clear_pointer (&self->findings, g_strfreev);
  svpn_dbus_server_set_listen_address (self->skeleton, none);
  svpn_dbus_server_set_subnet (self->skeleton, none);
  svpn_dbus_server_set_interface (self->skeleton, "");
  svpn_dbus_server_set_connected_clients (self->skeleton, 0);
  svpn_server_tunnel_show_profile (self);
}

void
svpn_server_tunnel_show_profile (SvpnServerObject *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, &error);
  const char *private_key = profile != NULL ? svpn_settings_get_string (SCOPE, profile, "private-key") : NULL;
  const char *noted = profile != NULL ? svpn_settings_get_string (SCOPE, profile, "public-key") : NULL;
  g_autofree char *public_key = private_key != NULL ? svpn_x25519_to_public (private_key) : g_strdup (noted);

  svpn_tunnel_set_profile_error (self->tunnel, error);
  svpn_dbus_server_set_title (self->skeleton, svpn_call_get_title (SCOPE, profile));
  if (svpn_tunnel_is_down (self->tunnel))
    svpn_dbus_server_set_public_key (self->skeleton, public_key != NULL ? public_key : "");
  svpn_dbus_server_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
}

/* Called when the state of the tunnel has changed. */
static void
server_state_changed (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason,
                      const char *message)
{
  SvpnServerObject *self = owner;
  const char *name = svpn_tunnel_get_state_name (self->tunnel);
  gboolean was_up = *svpn_dbus_server_get_interface (self->skeleton) != '\0';

  switch (state) {
  case SVPN_TUNNEL_STARTING:
  case SVPN_TUNNEL_STOPPING:
    break;
  case SVPN_TUNNEL_UP:
  case SVPN_TUNNEL_RECONNECTING:
    show_server_up (self);
    break;
  case SVPN_TUNNEL_DOWN:
  case SVPN_TUNNEL_FAILED:
    svpn_server_tunnel_show_down (self);
    break;
  }
  svpn_dbus_server_set_last_error (self->skeleton, svpn_tunnel_get_last_error (self->tunnel));
  svpn_dbus_server_set_last_reason (self->skeleton, reason);
  svpn_dbus_server_set_state (self->skeleton, name);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  svpn_dbus_server_emit_state_changed (self->skeleton, name, old_name, reason, svpn_call_details (message));
  if (state == SVPN_TUNNEL_UP)
    svpn_dbus_server_emit_started (self->skeleton);
  else if (was_up && (svpn_tunnel_is_down (self->tunnel) || state == SVPN_TUNNEL_STARTING))
    svpn_dbus_server_emit_stopped (self->skeleton);
}

/* Called when another attempt follows. */
static void
server_tried (gpointer owner)
{
  svpn_server_tunnel_show_down (owner);
}

/* Called when the worker has ended. */
static void
server_exited (gpointer owner, int status)
{
  SvpnServerObject *self = owner;

  svpn_dbus_server_emit_exited (self->skeleton, status);
}

static void
server_network_restored (gpointer owner, const char *const *what)
{
  SvpnServerObject *self = owner;

  svpn_dbus_server_emit_network_restored (self->skeleton, what);
}

static void
server_network_changed (gpointer owner)
{
  SvpnServerObject *self = owner;

  if (svpn_tunnel_is_up (self->tunnel))
    svpn_dbus_server_set_interface (self->skeleton,
                                    svpn_network_get_interface (svpn_tunnel_get_network (self->tunnel)));
}

/* The warnings of the network, then the findings of the last check. A finding that can name authorized clients is left out,
 * because everybody may ask for the status. */
static void
describe_warnings (SvpnServerObject *self, GVariantDict *dict)
{
  g_autoptr (GStrvBuilder) warnings = g_strv_builder_new ();

  g_strv_builder_addv (warnings,
                       (const char **) svpn_network_get_warnings (svpn_tunnel_get_network (self->tunnel)));
  for (char **finding = self->findings; finding != NULL && *finding != NULL; finding++)
    if (!g_str_has_prefix (*finding, SVPN_FINDING_AUTHORIZED_CLIENTS ": "))
      g_strv_builder_add (warnings, *finding);
  g_auto (GStrv) all = g_strv_builder_end (warnings);
  g_variant_dict_insert (dict, "warnings", "^as", all);
}

/* The results of Start(). */
static void
server_describe (gpointer owner, GVariantDict *dict)
{
  SvpnServerObject *self = owner;
  SvpnDbusServer *skeleton = self->skeleton;
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);

  g_variant_dict_insert (dict, "public-key", "s", svpn_dbus_server_get_public_key (skeleton));
  g_variant_dict_insert (dict, "listen", "^as", svpn_dbus_server_get_listen_address (skeleton));
  g_variant_dict_insert (dict, "subnet", "^as", svpn_dbus_server_get_subnet (skeleton));
  g_variant_dict_insert (dict, "interface", "s", svpn_dbus_server_get_interface (skeleton));
  g_variant_dict_insert (dict, "mtu", "u", svpn_settings_get_uint (SCOPE, settings, "mtu"));
  describe_warnings (self, dict);
}

static void
server_describe_status (gpointer owner, GVariantDict *dict)
{
  SvpnServerObject *self = owner;
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  g_auto (GStrv) needs_restart = svpn_server_needs_restart (self);

  g_variant_dict_insert (dict, "connected-clients", "u",
                         svpn_dbus_server_get_connected_clients (self->skeleton));
  g_variant_dict_insert (dict, "max-clients", "u", svpn_settings_get_uint (SCOPE, settings, "max-clients"));
  g_variant_dict_insert (dict, "needs-restart", "^as", needs_restart);
}

const SvpnTunnelOps svpn_server_tunnel_ops = {
  .scope = SCOPE,
  .role = "server",
  .state_names = {
    [SVPN_TUNNEL_DOWN] = "stopped",
    [SVPN_TUNNEL_STARTING] = "starting",
    [SVPN_TUNNEL_UP] = "running",
    [SVPN_TUNNEL_STOPPING] = "stopping",
    [SVPN_TUNNEL_FAILED] = "failed",
  },
  .goodbye = "server-stopped: The server stops",
  .error_up = SVPN_ERROR_ALREADY_RUNNING,
  .error_down = SVPN_ERROR_NOT_RUNNING,
  .load = server_load,
  .prepare = server_prepare,
  .start = server_start,
  .adopt = server_adopt,
  .signals_lost = server_take_state,
  .state_changed = server_state_changed,
  .tried = server_tried,
  .exited = server_exited,
  .network_restored = server_network_restored,
  .network_changed = server_network_changed,
  .describe = server_describe,
  .describe_status = server_describe_status,
  .statistics = SVPN_REPLY_SERVER_STATISTICS,
};

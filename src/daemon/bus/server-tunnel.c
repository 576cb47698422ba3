/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The tunnel of an org.smartvpn.Server: how it starts, is adopted and ends, and what the object shows of it. */
#include "authorized-clients.h"
#include "calls.h"
#include "error.h"
#include "journal.h"
#include "server-private.h"
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
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "%s: needed with %s",
               given[0] ? keys[1] : keys[0], given[0] ? keys[0] : keys[1]);
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
  return start->settings != NULL && check_pair (start->settings, error);
}

/* Called at the beginning of a start. */
static gboolean
server_prepare (gpointer owner, GVariant **settings, GVariantDict *details, GError **error)
{
  SvpnServerObject *self = owner;

  self->clients_changed = FALSE;
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
  static const char *const keys[] = { "path",
                                      "private-key",
                                      "ipv4-pool",
                                      "ipv6-pool",
                                      "dns",
                                      "routes",
                                      "mtu",
                                      "max-clients",
                                      "client-to-client",
                                      "require-proof",
                                      "client-auth",
                                      "rate-limit-bytes-per-s",
                                      "rate-limit-burst-bytes",
                                      NULL };
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  guint burst_bytes = svpn_settings_get_uint (SCOPE, settings, "rate-limit-burst-bytes");
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  svpn_worker_settings_add (&dict, SCOPE, settings, keys);
  svpn_worker_settings_add_session (&dict, SCOPE, settings);
  if (self->parts->certificate_pem != NULL) {
    g_variant_dict_insert (&dict, "tls-certificate-pem", "s", self->parts->certificate_pem);
    g_variant_dict_insert (&dict, "tls-key-pem", "s", self->parts->key_pem);
  }
  g_variant_dict_insert_value (&dict, "authorized-clients",
                               svpn_authorized_clients_for_worker (self->parts->authorized, burst_bytes));
  g_variant_dict_insert (&dict, "settings-hash", "s", svpn_tunnel_get_hash (self->tunnel));
  return g_variant_dict_end (&dict);
}

static int
set_up_network (SvpnServerObject *self, GError **error)
{
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);
  SvpnNetwork *network = svpn_tunnel_get_network (self->tunnel);
  const char *ipv6_pool = svpn_settings_get_string (SCOPE, settings, "ipv6-pool");
  SvpnServerNetwork config = {
    .mtu = svpn_settings_get_uint (SCOPE, settings, "mtu"),
    .nat = svpn_settings_get_bool (SCOPE, settings, "nat"),
  };

  svpn_prefix_parse (svpn_settings_get_string (SCOPE, settings, "ipv4-pool"), &config.ipv4);
  if (ipv6_pool != NULL)
    svpn_prefix_parse (ipv6_pool, &config.ipv6);
  int tun = svpn_network_create_tun (network, error);
  if (tun >= 0 && !svpn_network_apply_server (network, &config, error)) {
    close (tun);
    return -1;
  }
  return tun;
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

/* Called when the worker says that a session has begun. */
static void
on_client_connected (SvpnDbusWorker *worker, const char *id, GVariant *client, SvpnServerObject *self)
{
  g_autofree char *text = svpn_worker_text (id);
  guint n = svpn_dbus_server_get_connected_clients (self->skeleton);
  const char *id_of_server = svpn_tunnel_get_id (self->tunnel);
  SvpnJournalEntry entry = { SVPN_EVENT_CLIENT_CONNECTED, id_of_server, .session = text };

  svpn_journal (G_LOG_LEVEL_MESSAGE, &entry, "%s: session %s has begun", id_of_server, text);
  svpn_dbus_server_set_connected_clients (self->skeleton, n + 1);
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
  svpn_dbus_server_set_connected_clients (self->skeleton, n > 0 ? n - 1 : 0);
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
}

void
svpn_server_tunnel_show_down (SvpnServerObject *self)
{
  static const char *const none[] = { NULL };

  g_clear_pointer (&self->parts, svpn_server_parts_free);
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
  g_autofree char *public_key = private_key != NULL ? svpn_x25519_to_public (private_key) : NULL;

  svpn_tunnel_set_profile_error (self->tunnel, error);
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
  else if (svpn_tunnel_is_down (self->tunnel) && was_up)
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
}

static void
server_describe_status (gpointer owner, GVariantDict *dict)
{
  SvpnServerObject *self = owner;
  GVariant *settings = svpn_tunnel_get_settings (self->tunnel);

  g_variant_dict_insert (dict, "connected-clients", "u",
                         svpn_dbus_server_get_connected_clients (self->skeleton));
  g_variant_dict_insert (dict, "max-clients", "u", svpn_settings_get_uint (SCOPE, settings, "max-clients"));
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
  .describe = server_describe,
  .describe_status = server_describe_status,
  .statistics = SVPN_REPLY_SERVER_STATISTICS,
};

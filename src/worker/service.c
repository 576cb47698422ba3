/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Worker on a socket of its own.
 *
 * How it works: smartvpnd connects as often as it likes (it may have been restarted); all connections see the same skeleton.
 * The worker has one role in its life. When that ends, for whatever reason, what is left to say is said on all
 * connections and the process quits. */
#include "service.h"
#include "client.h"
#include "config.h"
#include "error.h"
#include "names.h"
#include "server.h"
#include "smartvpn-worker-dbus.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define IDLE_TIMEOUT_S 30
#define LISTENERS_MAX 16

struct _SvpnService {
  void (*quit) (gpointer);
  gpointer user_data;
  uid_t peer_uid;
  char *socket_path;
  GDBusServer *server;
  GPtrArray *connections;
  SvpnDbusWorker *skeleton;
  guint idle_source, quit_source;

  SvpnClient *vpn_client;
  SvpnServer *vpn_server;
  char *settings_hash;
  GVariant *assignment;
  gint64 since_us;
  guint64 since_unix_s;
  GDBusMethodInvocation *starting, *stopping; /* StartClient(), Stop() under way */
};

/* --- the end --- */

static gboolean
on_quit (gpointer user_data)
{
  SvpnService *service = user_data;

  service->quit_source = 0;
  for (guint i = 0; i < service->connections->len; i++)
    g_dbus_connection_flush_sync (service->connections->pdata[i], NULL, NULL);
  service->quit (service->user_data);
  return G_SOURCE_REMOVE;
}

/* The role has ended. */
static void
finish (SvpnService *service)
{
  if (service->stopping != NULL)
    svpn_dbus_worker_complete_stop (service->skeleton, g_steal_pointer (&service->stopping));
  if (service->quit_source == 0)
    service->quit_source = g_idle_add (on_quit, service);
}

static gboolean
on_idle_timeout (gpointer user_data)
{
  SvpnService *service = user_data;

  service->idle_source = 0;
  g_message ("no task within %d s", IDLE_TIMEOUT_S);
  finish (service);
  return G_SOURCE_REMOVE;
}

/* Takes the one role a worker may have; FALSE, with the error returned, if it has one. */
static gboolean
take_role (SvpnService *service, GVariant *settings, GDBusMethodInvocation *invocation)
{
  if (service->idle_source == 0) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_BUSY,
                                           "this worker has its task");
    return FALSE;
  }
  g_clear_handle_id (&service->idle_source, g_source_remove);
  if (!g_variant_lookup (settings, "settings-hash", "s", &service->settings_hash))
    service->settings_hash = g_strdup ("");
  service->since_us = g_get_monotonic_time ();
  service->since_unix_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  return TRUE;
}

/* --- client --- */

static void
on_client_connected (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  SvpnService *service = user_data;

  service->assignment = g_variant_ref_sink (svpn_config_assignment (welcome, remote_address));
  service->since_us = g_get_monotonic_time ();
  service->since_unix_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  svpn_dbus_worker_complete_start_client (service->skeleton, g_steal_pointer (&service->starting),
                                          service->assignment);
}

static void
on_client_failed (const GError *error, gpointer user_data)
{
  SvpnService *service = user_data;

  g_dbus_method_invocation_return_gerror (g_steal_pointer (&service->starting), error);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  finish (service);
}

static void
on_client_ended (const char *reason, gpointer user_data)
{
  SvpnService *service = user_data;

  if (service->stopping == NULL)
    svpn_dbus_worker_emit_ended (service->skeleton, reason);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  finish (service);
}

static const SvpnClientEvents client_events = {
  .connected = on_client_connected,
  .failed = on_client_failed,
  .ended = on_client_ended,
};

static gboolean
on_start_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
                 SvpnService *service)
{
  SvpnClientConfig *config;
  GError *error = NULL;

  if (!take_role (service, settings, invocation))
    return TRUE;
  config = svpn_config_client (settings, &error);
  if (config == NULL) {
    g_dbus_method_invocation_take_error (invocation, error);
    finish (service);
    return TRUE;
  }
  service->starting = invocation;
  service->vpn_client = svpn_client_new (config, &client_events, service);
  return TRUE;
}

/* Fd number @index of @fds, which the caller then owns; -1 if there is none. */
static int
take_fd (GUnixFDList *fds, gint32 index)
{
  return fds != NULL && index >= 0 && index < g_unix_fd_list_get_length (fds)
             ? g_unix_fd_list_get (fds, index, NULL)
             : -1;
}

static gboolean
on_attach_tun (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *tun,
               SvpnService *service)
{
  int fd;

  if (service->vpn_client == NULL || service->assignment == NULL) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, "not connected");
    return TRUE;
  }
  fd = take_fd (fds, g_variant_get_handle (tun));
  if (fd < 0) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                                           "tun: no fd came");
    return TRUE;
  }
  svpn_client_attach_tun (service->vpn_client, fd);
  svpn_dbus_worker_complete_attach_tun (skeleton, invocation, NULL);
  return TRUE;
}

/* --- server --- */

static void
on_vpn_client_connected (const char *id, GVariant *client, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_client_connected (service->skeleton, id, client);
}

static void
on_vpn_client_disconnected (const char *id, const char *reason, GVariant *telemetry, gpointer user_data)
{
  SvpnService *service = user_data;

  svpn_dbus_worker_emit_client_disconnected (service->skeleton, id, reason, telemetry);
}

static void
on_vpn_server_stopped (gpointer user_data)
{
  finish (user_data);
}

static const SvpnServerEvents server_events = {
  .client_connected = on_vpn_client_connected,
  .client_disconnected = on_vpn_client_disconnected,
  .stopped = on_vpn_server_stopped,
};

static gboolean
start_server (SvpnService *service, GVariant *settings, GUnixFDList *fds, gint32 tun_index,
              GVariant *listeners, GError **error)
{
  g_autoptr (SvpnServerConfig) config = svpn_config_server (settings, error);
  gsize n_listeners = g_variant_n_children (listeners);
  int tun;

  if (config == NULL)
    return FALSE;
  tun = take_fd (fds, tun_index);
  if (tun < 0 || n_listeners < 1 || n_listeners > LISTENERS_MAX) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "tun, listeners: no fds came");
    return FALSE;
  }
  service->vpn_server = svpn_server_new (g_steal_pointer (&config), tun, &server_events, service, error);
  if (service->vpn_server == NULL)
    return FALSE;
  for (gsize i = 0; i < n_listeners; i++) {
    gint32 index;

    g_variant_get_child (listeners, i, "h", &index);
    if (!svpn_server_listen (service->vpn_server, take_fd (fds, index), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_start_server (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                 GVariant *settings, GVariant *tun, GVariant *listeners, SvpnService *service)
{
  GError *error = NULL;

  if (!take_role (service, settings, invocation))
    return TRUE;
  if (start_server (service, settings, fds, g_variant_get_handle (tun), listeners, &error)) {
    svpn_dbus_worker_complete_start_server (skeleton, invocation, NULL);
    return TRUE;
  }
  g_dbus_method_invocation_take_error (invocation, error);
  finish (service);
  return TRUE;
}

/* Answers with an error and returns FALSE if there is no server. */
static gboolean
need_server (SvpnService *service, GDBusMethodInvocation *invocation)
{
  if (service->vpn_server != NULL)
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_RUNNING,
                                         "no server runs here");
  return FALSE;
}

static gboolean
on_list_clients (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  if (need_server (service, invocation))
    svpn_dbus_worker_complete_list_clients (skeleton, invocation,
                                            svpn_server_list_clients (service->vpn_server));
  return TRUE;
}

static gboolean
on_disconnect_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *id,
                      const char *reason, SvpnService *service)
{
  GError *error = NULL;

  if (!need_server (service, invocation))
    return TRUE;
  if (svpn_server_disconnect_client (service->vpn_server, id, reason, &error))
    svpn_dbus_worker_complete_disconnect_client (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* --- both --- */

static guint64
uptime_s (const SvpnService *service)
{
  return (guint64) (g_get_monotonic_time () - service->since_us) / G_USEC_PER_SEC;
}

static gboolean
on_get_state (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "pid", "u", (guint32) getpid ());
  g_variant_dict_insert (&dict, "role", "s",
                         service->vpn_client != NULL   ? "client"
                         : service->vpn_server != NULL ? "server"
                                                       : "idle");
  if (service->vpn_client != NULL)
    g_variant_dict_insert (&dict, "state", "s", service->assignment != NULL ? "connected" : "connecting");
  if (service->vpn_server != NULL) {
    g_variant_dict_insert (&dict, "state", "s", "running");
    g_variant_dict_insert (&dict, "connected-clients", "u", svpn_server_get_n_clients (service->vpn_server));
  }
  if (service->assignment != NULL)
    g_variant_dict_insert_value (&dict, "assignment", service->assignment);
  if (service->settings_hash != NULL) {
    g_variant_dict_insert (&dict, "settings-hash", "s", service->settings_hash);
    g_variant_dict_insert (&dict, "since", "t", service->since_unix_s);
    g_variant_dict_insert (&dict, "uptime-s", "t", uptime_s (service));
  }
  svpn_dbus_worker_complete_get_state (skeleton, invocation, g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
on_get_statistics (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, SvpnService *service)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (service->vpn_client != NULL)
    svpn_client_statistics (service->vpn_client, &dict);
  if (service->vpn_server != NULL)
    svpn_server_statistics (service->vpn_server, &dict);
  if (service->settings_hash != NULL)
    g_variant_dict_insert (&dict, "uptime-s", "t", uptime_s (service));
  svpn_dbus_worker_complete_get_statistics (skeleton, invocation, g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
on_stop (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *reason,
         SvpnService *service)
{
  if (service->stopping != NULL) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_BUSY, "already stopping");
    return TRUE;
  }
  service->stopping = invocation;
  if (service->vpn_client != NULL)
    svpn_client_disconnect (service->vpn_client, reason);
  else if (service->vpn_server != NULL)
    svpn_server_stop (service->vpn_server, reason);
  else
    finish (service);
  return TRUE;
}

/* --- the socket --- */

static gboolean
allow_mechanism (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return g_strcmp0 (mechanism, "EXTERNAL") == 0;
}

static gboolean
authorize_peer (GDBusAuthObserver *observer, GIOStream *stream, GCredentials *credentials,
                SvpnService *service)
{
  uid_t uid = credentials != NULL ? g_credentials_get_unix_user (credentials, NULL) : (uid_t) -1;

  if (uid == 0 || uid == geteuid () || uid == service->peer_uid)
    return TRUE;
  g_warning ("refused a peer with uid %u", uid);
  return FALSE;
}

static void
on_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, SvpnService *service)
{
  g_dbus_interface_skeleton_unexport_from_connection (G_DBUS_INTERFACE_SKELETON (service->skeleton),
                                                      connection);
  g_ptr_array_remove_fast (service->connections, connection);
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, SvpnService *service)
{
  g_autoptr (GError) error = NULL;

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (service->skeleton), connection,
                                         SVPN_WORKER_PATH, &error)) {
    g_warning ("%s", error->message);
    return FALSE;
  }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), service);
  g_ptr_array_add (service->connections, g_object_ref (connection));
  return TRUE;
}

static gboolean
listen_on (SvpnService *service, GError **error)
{
  g_autoptr (GDBusAuthObserver) observer = g_dbus_auth_observer_new ();
  g_autofree char *escaped = g_dbus_address_escape_value (service->socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();

  if (g_unlink (service->socket_path) < 0 && errno != ENOENT)
    g_warning ("removing %s: %s", service->socket_path, g_strerror (errno));
  g_signal_connect (observer, "allow-mechanism", G_CALLBACK (allow_mechanism), NULL);
  g_signal_connect (observer, "authorize-authenticated-peer", G_CALLBACK (authorize_peer), service);
  service->server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, observer, NULL, error);
  if (service->server == NULL)
    return FALSE;
  g_signal_connect (service->server, "new-connection", G_CALLBACK (on_new_connection), service);
  g_dbus_server_start (service->server);
  return TRUE;
}

SvpnService *
svpn_service_new (const char *runtime_dir, const char *id, uid_t peer_uid, void (*quit) (gpointer),
                  gpointer user_data, GError **error)
{
  g_autoptr (SvpnService) service = g_new0 (SvpnService, 1);
  const struct {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-attach-tun", G_CALLBACK (on_attach_tun) },
    { "handle-disconnect-client", G_CALLBACK (on_disconnect_client) },
    { "handle-get-state", G_CALLBACK (on_get_state) },
    { "handle-get-statistics", G_CALLBACK (on_get_statistics) },
    { "handle-list-clients", G_CALLBACK (on_list_clients) },
    { "handle-start-client", G_CALLBACK (on_start_client) },
    { "handle-start-server", G_CALLBACK (on_start_server) },
    { "handle-stop", G_CALLBACK (on_stop) },
  };

  (void) svpn_error_quark ();
  service->quit = quit;
  service->user_data = user_data;
  service->peer_uid = peer_uid;
  service->socket_path = g_build_filename (runtime_dir, id, SVPN_CONTROL_SOCKET, NULL);
  service->connections = g_ptr_array_new_with_free_func (g_object_unref);
  service->skeleton = svpn_dbus_worker_skeleton_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (service->skeleton, handlers[i].signal, handlers[i].handler, service);
  service->idle_source = g_timeout_add_seconds (IDLE_TIMEOUT_S, on_idle_timeout, service);
  return listen_on (service, error) ? g_steal_pointer (&service) : NULL;
}

void
svpn_service_free (SvpnService *service)
{
  g_clear_handle_id (&service->idle_source, g_source_remove);
  g_clear_handle_id (&service->quit_source, g_source_remove);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  g_clear_pointer (&service->vpn_server, svpn_server_free);
  if (service->server != NULL) {
    g_dbus_server_stop (service->server);
    g_object_unref (service->server);
  }
  for (guint i = 0; i < service->connections->len; i++)
    g_signal_handlers_disconnect_by_data (service->connections->pdata[i], service);
  g_ptr_array_unref (service->connections);
  g_object_unref (service->skeleton);
  g_clear_pointer (&service->assignment, g_variant_unref);
  g_free (service->settings_hash);
  g_free (service->socket_path);
  g_free (service);
}

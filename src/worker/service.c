/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Worker on a socket of its own.
 *
 * How it works: smartvpnd connects as often as it likes (it may have been restarted); all connections see the same
 * skeleton. The worker has one role in its life. When that ends, the last messages go out on all
 * connections, and the process quits. */
#include "error.h"
#include "fast-aead.h"
#include "names.h"
#include "service-private.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDLE_TIMEOUT_S 30

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

void
svpn_service_finish (SvpnService *service)
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
  svpn_service_finish (service);
  return G_SOURCE_REMOVE;
}

gboolean
svpn_service_take_role (SvpnService *service, GVariant *settings, GDBusMethodInvocation *invocation)
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

int
svpn_service_take_fd (GUnixFDList *fds, gint32 index)
{
  return fds != NULL && index >= 0 && index < g_unix_fd_list_get_length (fds)
             ? g_unix_fd_list_get (fds, index, NULL)
             : -1;
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
    svpn_service_client_state (service, &dict);
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
on_attach_tun (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *tun,
               SvpnService *service)
{
  int fd;

  if (service->vpn_server == NULL && (service->vpn_client == NULL || service->assignment == NULL)) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, "not connected");
    return TRUE;
  }
  fd = svpn_service_take_fd (fds, g_variant_get_handle (tun));
  if (fd < 0) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                                           "tun: no fd came");
    return TRUE;
  }
  if (service->vpn_client != NULL)
    svpn_client_attach_tun (service->vpn_client, fd);
  else
    svpn_server_attach_tun (service->vpn_server, fd);
  svpn_dbus_worker_complete_attach_tun (skeleton, invocation, NULL);
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

static void
end_task (SvpnService *service, const char *reason)
{
  if (service->vpn_client != NULL)
    svpn_client_disconnect (service->vpn_client, reason);
  else if (service->vpn_server != NULL)
    svpn_server_stop (service->vpn_server, reason);
  else
    svpn_service_finish (service);
}

gboolean
svpn_service_is_terminated (const SvpnService *service)
{
  return service->terminated;
}

void
svpn_service_terminate (SvpnService *service, gboolean for_good)
{
  service->terminated = !for_good && service->stopping == NULL;
  end_task (service, service->vpn_server != NULL ? "The server's process was ended"
                                                 : "The client's process was ended");
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
  end_task (service, reason);
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
  /* The directory keeps others out; smartvpnd, which is root without the right to write everywhere, has to be let in. */
  mode_t mask = umask (0);
  service->server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, observer, NULL, error);
  umask (mask);
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
  (void) svpn_error_quark ();
  service->quit = quit;
  service->user_data = user_data;
  service->peer_uid = peer_uid;
  service->socket_path = g_build_filename (runtime_dir, id, SVPN_CONTROL_SOCKET, NULL);
  service->connections = g_ptr_array_new_with_free_func (g_object_unref);
  service->skeleton = svpn_dbus_worker_skeleton_new ();
  svpn_dbus_worker_set_aead (service->skeleton, svpn_fast_aead ()->name);
  g_signal_connect (service->skeleton, "handle-get-state", G_CALLBACK (on_get_state), service);
  g_signal_connect (service->skeleton, "handle-get-statistics", G_CALLBACK (on_get_statistics), service);
  g_signal_connect (service->skeleton, "handle-stop", G_CALLBACK (on_stop), service);
  g_signal_connect (service->skeleton, "handle-attach-tun", G_CALLBACK (on_attach_tun), service);
  svpn_service_connect_client (service);
  svpn_service_connect_server (service);
  service->idle_source = g_timeout_add_seconds (IDLE_TIMEOUT_S, on_idle_timeout, service);
  service->clock = svpn_boot_clock_new (error);
  return service->clock != NULL && listen_on (service, error) ? g_steal_pointer (&service) : NULL;
}

void
svpn_service_free (SvpnService *service)
{
  g_clear_handle_id (&service->idle_source, g_source_remove);
  g_clear_handle_id (&service->quit_source, g_source_remove);
  g_clear_pointer (&service->vpn_client, svpn_client_free);
  g_clear_pointer (&service->vpn_server, svpn_server_free);
  g_clear_pointer (&service->clock, svpn_clock_free);
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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A worker for tests in C. */
#include "fake-worker.h"
#include "error.h"
#include "names.h"
#include "notify.h"
#include "smartvpn-worker-dbus.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIFETIME_S 60 /* a test that is interrupted leaves nothing behind */

typedef struct {
  GMainLoop *loop;
  SvpnDbusWorker *skeleton;
  GPtrArray *connections;
  GVariantDict *state;
  int status;
} FakeWorker;

/* The value of @word in $FAKE_WORKER, "" if it has none; NULL: it is not there. */
static const char *
find_word (const char *word)
{
  static char value[256];
  g_auto (GStrv) words
      = g_strsplit (g_getenv ("FAKE_WORKER") != NULL ? g_getenv ("FAKE_WORKER") : "", " ", -1);

  for (char **i = words; *i != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (*i, "=", 2);

    if (parts[0] != NULL && strcmp (parts[0], word) == 0) {
      g_strlcpy (value, parts[1] != NULL ? parts[1] : "", sizeof value);
      return g_strdelimit (value, "_", ' ');
    }
  }
  return NULL;
}

static gboolean
is_held (const char *method)
{
  return g_strcmp0 (find_word ("hold"), method) == 0;
}

static gboolean
on_get_state (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, FakeWorker *worker)
{
  if (!is_held ("GetState")) {
    g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_dict_end (worker->state));

    svpn_dbus_worker_complete_get_state (skeleton, invocation, state);
    worker->state = g_variant_dict_new (state);
  }
  return TRUE;
}

static gboolean
on_start_client (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, GVariant *settings,
                 FakeWorker *worker)
{
  const char *hash = "";

  if (is_held ("StartClient"))
    return TRUE;
  if (find_word ("refuse") != NULL) {
    g_dbus_method_invocation_return_error_literal (invocation, SVPN_ERROR, SVPN_ERROR_AUTH_FAILED,
                                                   find_word ("refuse"));
    return TRUE;
  }
  g_variant_lookup (settings, "settings-hash", "&s", &hash);
  g_variant_dict_insert (worker->state, "role", "s", "client");
  g_variant_dict_insert (worker->state, "state", "s", "connected");
  g_variant_dict_insert (worker->state, "settings-hash", "s", hash);
  svpn_dbus_worker_complete_start_client (skeleton, invocation, g_variant_new ("a{sv}", NULL));
  return TRUE;
}

static void
end (FakeWorker *worker, int status)
{
  for (guint i = 0; i < worker->connections->len; i++)
    g_dbus_connection_flush_sync (worker->connections->pdata[i], NULL, NULL);
  worker->status = status;
  g_main_loop_quit (worker->loop);
}

static gboolean
on_stop (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *reason, FakeWorker *worker)
{
  if (is_held ("Stop"))
    return TRUE;
  svpn_dbus_worker_complete_stop (skeleton, invocation);
  end (worker, 0);
  return TRUE;
}

static gboolean
on_order (SvpnDbusWorker *skeleton, GDBusMethodInvocation *invocation, const char *order,
          const char *argument, FakeWorker *worker)
{
  if (strcmp (order, "ended") == 0)
    svpn_dbus_worker_emit_ended (skeleton, argument);
  else if (strcmp (order, "lost") == 0)
    svpn_dbus_worker_emit_state_changed (skeleton, "reconnecting", argument);
  else if (strcmp (order, "back") == 0)
    svpn_dbus_worker_emit_state_changed (skeleton, "connected", argument);
  else if (strcmp (order, "flood") == 0)
    for (int i = atoi (argument); i > 0; i--)
      svpn_dbus_worker_emit_health_changed (skeleton, "healthy", argument);
  else if (strcmp (order, "kill") == 0)
    raise (SIGKILL);
  else if (strcmp (order, "exit") == 0)
    end (worker, atoi (argument));
  else
    g_variant_dict_insert (worker->state, order, "s", argument);
  svpn_dbus_worker_complete_disconnect_client (skeleton, invocation);
  return TRUE;
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, FakeWorker *worker)
{
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (find_word ("deaf") == NULL)
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (worker->skeleton), connection,
                                      SVPN_WORKER_PATH, NULL);
  g_ptr_array_add (worker->connections, g_object_ref (connection));
  return TRUE;
}

static GDBusServer *
serve (FakeWorker *worker, const char *runtime_dir, const char *id)
{
  g_autofree char *path = g_build_filename (runtime_dir, id, SVPN_CONTROL_SOCKET, NULL);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL), *guid = g_dbus_generate_guid ();
  g_autoptr (GError) error = NULL;
  GDBusServer *server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);

  if (server == NULL)
    g_error ("fake worker: %s", error->message);
  worker->skeleton = svpn_dbus_worker_skeleton_new ();
  g_signal_connect (worker->skeleton, "handle-get-state", G_CALLBACK (on_get_state), worker);
  g_signal_connect (worker->skeleton, "handle-start-client", G_CALLBACK (on_start_client), worker);
  g_signal_connect (worker->skeleton, "handle-stop", G_CALLBACK (on_stop), worker);
  g_signal_connect (worker->skeleton, "handle-disconnect-client", G_CALLBACK (on_order), worker);
  g_signal_connect (server, "new-connection", G_CALLBACK (on_new_connection), worker);
  g_dbus_server_start (server);
  return server;
}

static const char *
option (int argc, char **argv, const char *name)
{
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp (argv[i], name) == 0)
      return argv[i + 1];
  return NULL;
}

gboolean
fake_worker_is_wanted (int argc, char **argv)
{
  return option (argc, argv, "--id") != NULL;
}

void
fake_worker_run (int argc, char **argv)
{
  FakeWorker worker = { .loop = g_main_loop_new (NULL, FALSE), .state = g_variant_dict_new (NULL) };

  alarm (LIFETIME_S);
  svpn_error_quark ();
  if (find_word ("exit") != NULL)
    _exit (atoi (find_word ("exit")));
  worker.connections = g_ptr_array_new ();
  GDBusServer *server = serve (&worker, option (argc, argv, "--runtime-dir"), option (argc, argv, "--id"));
  if (find_word ("silent") == NULL)
    svpn_notify ("READY=1");
  g_main_loop_run (worker.loop);
  g_object_unref (server);
  _exit (
      worker
          .status); /* not exit(): the leak sanitizer would change the status, and the rest is freed with the process */
}

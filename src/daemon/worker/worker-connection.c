/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The connection to one worker: its process, its control socket and a proxy for it. */
#include "worker-connection.h"
#include "error.h"
#include "names.h"
#include "signal-limit.h"
#include "worker-process.h"

#include <gio/gunixsocketaddress.h>

#define START_TIMEOUT_MS 10000
#define ATTACH_TIMEOUT_MS 5000
#define STOP_TIMEOUT_MS 5000
#define LINGER_TIMEOUT_MS 1000

struct _SvpnWorkerConnection {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  char *id;
  SvpnWorkerProcess *process;
  GCancellable *opening; /* NULL: not opening */
  gboolean timed_out;    /* @opening is cancelled for that */
  guint timeout_source;
  GDBusConnection *connection;
  SvpnDbusWorker *proxy;
  uid_t uid;
  gboolean existed; /* we have started or met a worker */
  gboolean closed;  /* @connection is closed */
  gboolean process_ended;
  int exit_status;
  guint linger_source;
  gboolean ended; /* process and connection, and the signal was sent */
  GPtrArray *stop_tasks;
};

G_DEFINE_FINAL_TYPE (SvpnWorkerConnection, svpn_worker_connection, G_TYPE_OBJECT)

enum { SIGNAL_EXITED, SIGNAL_SIGNALS_LOST, N_SIGNALS };
static guint signals[N_SIGNALS];

SvpnDbusWorker *
svpn_worker_connection_get_proxy (SvpnWorkerConnection *self)
{
  return self->proxy;
}

uid_t
svpn_worker_connection_get_uid (SvpnWorkerConnection *self)
{
  return self->uid;
}

/* ---- The worker's end ---- */

static void
report_end (SvpnWorkerConnection *self)
{
  g_autoptr (SvpnWorkerConnection) keep = g_object_ref (self);

  if (self->ended)
    return;
  self->ended = TRUE;
  g_clear_handle_id (&self->linger_source, g_source_remove);
  if (self->existed) {
    g_info ("%s: the worker has ended with status %d", self->id, self->exit_status);
    g_signal_emit (self, signals[SIGNAL_EXITED], 0, self->exit_status);
  }
  for (guint i = 0; i < self->stop_tasks->len; i++)
    g_task_return_boolean (self->stop_tasks->pdata[i], TRUE);
  g_ptr_array_set_size (self->stop_tasks, 0);
}

/* Called when the process has ended, and another process still holds its end of the connection. */
static gboolean
on_lingering (gpointer user_data)
{
  SvpnWorkerConnection *self = user_data;

  self->linger_source = 0;
  g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  report_end (self);
  return G_SOURCE_REMOVE;
}

/* Called when the process has ended. Its last messages may still be on their way; the end of the connection comes after
 * them. */
static void
on_process_exited (SvpnWorkerProcess *process, int status, gpointer user_data)
{
  SvpnWorkerConnection *self = user_data;

  self->process_ended = TRUE;
  self->existed |= svpn_worker_process_was_started (process);
  self->exit_status = status;
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  if (self->connection == NULL || self->closed)
    report_end (self);
  else
    self->linger_source = g_timeout_add (LINGER_TIMEOUT_MS, on_lingering, self);
}

/* Called when the worker has closed the connection: it is ending, or broken. */
static void
on_connection_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
                      gpointer user_data)
{
  SvpnWorkerConnection *self = user_data;

  self->closed = TRUE;
  if (self->process_ended)
    report_end (self);
  else
    svpn_worker_process_expire (self->process, STOP_TIMEOUT_MS);
}

void
svpn_worker_connection_stop_async (SvpnWorkerConnection *self, const char *goodbye,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->ended) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  g_ptr_array_add (self->stop_tasks, task);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  if (self->proxy != NULL && goodbye != NULL)
    svpn_dbus_worker_call_stop (self->proxy, goodbye, NULL, NULL, NULL);
  svpn_worker_process_expire (self->process, self->proxy != NULL ? STOP_TIMEOUT_MS : 0);
}

/* ---- Opening ---- */

/* Ends the opening; @error NULL: it has succeeded. */
static void
opening_done (GTask *task, GError *error)
{
  SvpnWorkerConnection *self = g_task_get_source_object (task);

  g_clear_handle_id (&self->timeout_source, g_source_remove);
  g_clear_object (&self->opening);
  if (error == NULL) {
    g_task_return_boolean (task, TRUE);
  } else if (self->timed_out) {
    g_error_free (error);
    g_task_return_new_error (task, SVPN_ERROR, SVPN_ERROR_TIMEOUT, "%s: the worker does not answer in time",
                             self->id);
  } else {
    g_task_return_error (task, error);
  }
  g_object_unref (task);
}

static gboolean
on_opening_timeout (gpointer user_data)
{
  SvpnWorkerConnection *self = user_data;

  self->timeout_source = 0;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->opening);
  return G_SOURCE_REMOVE;
}

static void
on_proxy_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerConnection *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->proxy = svpn_dbus_worker_proxy_new_finish (result, &error);
  if (self->proxy != NULL)
    g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (self->proxy), SVPN_WORKER_CALL_TIMEOUT_MS);
  opening_done (task, error);
}

static void
on_signals_lost (GObject *object)
{
  g_signal_emit (object, signals[SIGNAL_SIGNALS_LOST], 0);
}

static void
on_authenticated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerConnection *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = g_dbus_connection_new_finish (result, &error);
  if (self->connection == NULL) {
    opening_done (task, error);
    return;
  }
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_connection_closed), self);
  svpn_signal_limit_install (self->connection, self->id, G_OBJECT (self), on_signals_lost);
  svpn_dbus_worker_proxy_new (self->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, SVPN_WORKER_PATH,
                              self->opening, on_proxy_made, task);
}

/* Only a process of our workers' user may serve the socket. */
static gboolean
check_peer (SvpnWorkerConnection *self, GSocketConnection *stream, GError **error)
{
  g_autoptr (GCredentials) credentials
      = g_socket_get_credentials (g_socket_connection_get_socket (stream), error);

  if (credentials == NULL)
    return FALSE;
  self->uid = g_credentials_get_unix_user (credentials, NULL);
  if (self->uid != self->environment->worker_uid) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "%s: user %u serves the control socket, but workers run as user %u", self->id,
                 (guint) self->uid, (guint) self->environment->worker_uid);
    return FALSE;
  }
  self->existed = TRUE;
  svpn_worker_process_watch (self->process, g_credentials_get_unix_pid (credentials, NULL), self->uid);
  return TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerConnection *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) stream
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream == NULL || !check_peer (self, stream, &error))
    opening_done (task, error);
  else
    g_dbus_connection_new (G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                           self->opening, on_authenticated, task);
}

static void
connect_to_socket (GTask *task)
{
  SvpnWorkerConnection *self = g_task_get_source_object (task);
  g_autofree char *path
      = g_build_filename (self->environment->runtime_dir, self->id, SVPN_CONTROL_SOCKET, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), self->opening, on_connected, task);
}

/* Called when the worker's control socket listens, or will not. */
static void
on_process_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (svpn_worker_process_start_finish (SVPN_WORKER_PROCESS (source), result, &error))
    connect_to_socket (task);
  else
    opening_done (task, error);
}

void
svpn_worker_connection_open_async (SvpnWorkerConnection *self, SvpnWorkerOpening how,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (self->opening == NULL && self->proxy == NULL);
  self->opening = g_cancellable_new ();
  self->timeout_source = g_timeout_add (how == SVPN_WORKER_START ? START_TIMEOUT_MS : ATTACH_TIMEOUT_MS,
                                        on_opening_timeout, self);
  if (how == SVPN_WORKER_START)
    svpn_worker_process_start_async (self->process, self->opening, on_process_started, task);
  else
    connect_to_socket (task);
}

gboolean
svpn_worker_connection_open_finish (SvpnWorkerConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- The object ---- */

SvpnWorkerConnection *
svpn_worker_connection_new (const SvpnEnvironment *environment, const char *id)
{
  SvpnWorkerConnection *self = g_object_new (SVPN_TYPE_WORKER_CONNECTION, NULL);

  self->environment = environment;
  self->id = g_strdup (id);
  self->process = svpn_worker_process_new (environment, id);
  g_signal_connect (self->process, "exited", G_CALLBACK (on_process_exited), self);
  return self;
}

static void
svpn_worker_connection_finalize (GObject *object)
{
  SvpnWorkerConnection *self = SVPN_WORKER_CONNECTION (object);

  g_clear_handle_id (&self->timeout_source, g_source_remove);
  g_clear_handle_id (&self->linger_source, g_source_remove);
  g_clear_object (&self->opening);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->process != NULL)
    g_signal_handlers_disconnect_by_data (self->process, self);
  g_clear_object (&self->proxy);
  g_clear_object (&self->connection);
  g_clear_object (&self->process);
  g_ptr_array_unref (self->stop_tasks);
  g_free (self->id);
  G_OBJECT_CLASS (svpn_worker_connection_parent_class)->finalize (object);
}

static void
svpn_worker_connection_init (SvpnWorkerConnection *self)
{
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
svpn_worker_connection_class_init (SvpnWorkerConnectionClass *klass)
{
  svpn_error_quark (); /* registers the names of the errors that workers send */
  G_OBJECT_CLASS (klass)->finalize = svpn_worker_connection_finalize;
  signals[SIGNAL_EXITED] = g_signal_new ("exited", SVPN_TYPE_WORKER_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_SIGNALS_LOST] = g_signal_new ("signals-lost", SVPN_TYPE_WORKER_CONNECTION, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

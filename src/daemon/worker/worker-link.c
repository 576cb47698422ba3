/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The line to one worker: its process, the connection to its control socket and the proxy on that. */
#include "worker-link.h"
#include "error.h"
#include "names.h"
#include "signal-limit.h"
#include "worker-process.h"

#include <gio/gunixsocketaddress.h>

#define START_TIMEOUT_MS 10000
#define ATTACH_TIMEOUT_MS 5000
#define RETRY_INTERVAL_MS 20
#define STOP_TIMEOUT_MS 5000
#define LINGER_TIMEOUT_MS 1000

struct _SvpnWorkerLink {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  char *id;
  SvpnWorkerProcess *process;
  GCancellable *opening; /* NULL: not opening */
  SvpnWorkerOpening how;
  gboolean timed_out; /* why @opening is cancelled */
  guint timeout_source;
  GDBusConnection *connection;
  SvpnDbusWorker *proxy;
  uid_t uid;
  gboolean existed; /* there was a worker */
  gboolean closed;  /* @connection has ended */
  gboolean process_ended;
  int exit_status;
  guint linger_source;
  gboolean exited;       /* both have ended, and the signal is out */
  GPtrArray *stop_tasks; /* to be answered when the worker has ended */
};

G_DEFINE_FINAL_TYPE (SvpnWorkerLink, svpn_worker_link, G_TYPE_OBJECT)

enum { SIGNAL_EXITED, SIGNAL_SIGNALS_LOST, N_SIGNALS };
static guint signals[N_SIGNALS];

SvpnDbusWorker *
svpn_worker_link_get_proxy (SvpnWorkerLink *self)
{
  return self->proxy;
}

uid_t
svpn_worker_link_get_uid (SvpnWorkerLink *self)
{
  return self->uid;
}

/* ---- The worker's end ---- */

static void
report_exit (SvpnWorkerLink *self)
{
  g_autoptr (SvpnWorkerLink) keep = g_object_ref (self);

  if (self->exited)
    return;
  self->exited = TRUE;
  g_clear_handle_id (&self->linger_source, g_source_remove);
  if (self->existed) {
    g_info ("%s: the worker has ended with status %d", self->id, self->exit_status);
    g_signal_emit (self, signals[SIGNAL_EXITED], 0, self->exit_status);
  }
  for (guint i = 0; i < self->stop_tasks->len; i++)
    g_task_return_boolean (self->stop_tasks->pdata[i], TRUE);
  g_ptr_array_set_size (self->stop_tasks, 0);
}

/* Called when the process has ended, but somebody keeps its end of the connection open. */
static gboolean
on_lingering (gpointer user_data)
{
  SvpnWorkerLink *self = user_data;

  self->linger_source = 0;
  g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  report_exit (self);
  return G_SOURCE_REMOVE;
}

/* Called when the process has ended. The last it has said may still be on its way to us; the connection's end follows
 * it. */
static void
on_process_exited (SvpnWorkerProcess *process, int status, gpointer user_data)
{
  SvpnWorkerLink *self = user_data;

  self->process_ended = TRUE;
  self->exit_status = status;
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  if (self->connection == NULL || self->closed)
    report_exit (self);
  else
    self->linger_source = g_timeout_add (LINGER_TIMEOUT_MS, on_lingering, self);
}

/* Called when the worker has closed the connection: it is ending, or broken. */
static void
on_connection_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
                      gpointer user_data)
{
  SvpnWorkerLink *self = user_data;

  self->closed = TRUE;
  if (self->process_ended)
    report_exit (self);
  else
    svpn_worker_process_expire (self->process, STOP_TIMEOUT_MS);
}

void
svpn_worker_link_stop_async (SvpnWorkerLink *self, const char *goodbye, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->exited) {
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

static void try_to_connect (GTask *task);

/* Ends the opening; @error NULL: it has succeeded. */
static void
opening_done (GTask *task, GError *error)
{
  SvpnWorkerLink *self = g_task_get_source_object (task);

  g_clear_handle_id (&self->timeout_source, g_source_remove);
  g_clear_object (&self->opening);
  if (error == NULL) {
    g_task_return_boolean (task, TRUE);
  } else if (self->timed_out) {
    g_error_free (error);
    g_task_return_new_error (task, SVPN_ERROR, SVPN_ERROR_TIMEOUT, "%s: the worker does not answer",
                             self->id);
  } else if (self->process_ended) {
    g_error_free (error);
    g_task_return_new_error (task, SVPN_ERROR, SVPN_ERROR_FAILED,
                             "%s: the worker has ended at its start with status %d", self->id,
                             self->exit_status);
  } else {
    g_task_return_error (task, error);
  }
  g_object_unref (task);
}

static gboolean
on_opening_timeout (gpointer user_data)
{
  SvpnWorkerLink *self = user_data;

  self->timeout_source = 0;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->opening);
  return G_SOURCE_REMOVE;
}

static gboolean
on_retry (gpointer user_data)
{
  try_to_connect (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_proxy_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerLink *self = g_task_get_source_object (task);
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
  SvpnWorkerLink *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = g_dbus_connection_new_finish (result, &error);
  if (self->connection == NULL) {
    opening_done (task, error);
    return;
  }
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_connection_closed), self);
  svpn_signal_limit_install (self->connection, self->id, G_OBJECT (self), on_signals_lost);
  svpn_dbus_worker_proxy_new (self->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                              SVPN_WORKER_PATH, self->opening, on_proxy_made, task);
}

/* Whoever listens there has to run as the user of our workers: the directory is theirs. */
static gboolean
check_peer (SvpnWorkerLink *self, GSocketConnection *stream, GError **error)
{
  g_autoptr (GCredentials) credentials
      = g_socket_get_credentials (g_socket_connection_get_socket (stream), error);

  if (credentials == NULL)
    return FALSE;
  self->uid = g_credentials_get_unix_user (credentials, NULL);
  if (self->uid != self->environment->worker_uid) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "%s: the control socket is served by user %u instead of %u", self->id, (guint) self->uid,
                 (guint) self->environment->worker_uid);
    return FALSE;
  }
  self->existed = TRUE;
  svpn_worker_process_watch (self->process, g_credentials_get_unix_pid (credentials, NULL), self->uid);
  return TRUE;
}

static gboolean
is_not_there_yet (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerLink *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) stream
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream == NULL && self->how == SVPN_WORKER_START && is_not_there_yet (error)) {
    g_error_free (error);
    g_timeout_add (RETRY_INTERVAL_MS, on_retry, task);
  } else if (stream == NULL || !check_peer (self, stream, &error)) {
    opening_done (task, error);
  } else {
    g_dbus_connection_new (G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                           self->opening, on_authenticated, task);
  }
}

static void
try_to_connect (GTask *task)
{
  SvpnWorkerLink *self = g_task_get_source_object (task);
  g_autofree char *path
      = g_build_filename (self->environment->runtime_dir, self->id, SVPN_CONTROL_SOCKET, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), self->opening, on_connected, task);
}

static void
on_process_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SvpnWorkerLink *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->existed = svpn_worker_process_start_finish (SVPN_WORKER_PROCESS (source), result, &error);
  if (self->existed)
    try_to_connect (task);
  else
    opening_done (task, error);
}

void
svpn_worker_link_open_async (SvpnWorkerLink *self, SvpnWorkerOpening how, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (self->opening == NULL && self->proxy == NULL);
  self->opening = g_cancellable_new ();
  self->how = how;
  self->timeout_source = g_timeout_add (how == SVPN_WORKER_START ? START_TIMEOUT_MS : ATTACH_TIMEOUT_MS,
                                        on_opening_timeout, self);
  if (how == SVPN_WORKER_START)
    svpn_worker_process_start_async (self->process, self->opening, on_process_started, task);
  else
    try_to_connect (task);
}

gboolean
svpn_worker_link_open_finish (SvpnWorkerLink *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- The object ---- */

SvpnWorkerLink *
svpn_worker_link_new (const SvpnEnvironment *environment, const char *id)
{
  SvpnWorkerLink *self = g_object_new (SVPN_TYPE_WORKER_LINK, NULL);

  self->environment = environment;
  self->id = g_strdup (id);
  self->process = svpn_worker_process_new (environment, id);
  g_signal_connect (self->process, "exited", G_CALLBACK (on_process_exited), self);
  return self;
}

static void
svpn_worker_link_finalize (GObject *object)
{
  SvpnWorkerLink *self = SVPN_WORKER_LINK (object);

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
  G_OBJECT_CLASS (svpn_worker_link_parent_class)->finalize (object);
}

static void
svpn_worker_link_init (SvpnWorkerLink *self)
{
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
svpn_worker_link_class_init (SvpnWorkerLinkClass *klass)
{
  svpn_error_quark (); /* registers the names of the errors that workers send */
  G_OBJECT_CLASS (klass)->finalize = svpn_worker_link_finalize;
  signals[SIGNAL_EXITED] = g_signal_new ("exited", SVPN_TYPE_WORKER_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_SIGNALS_LOST] = g_signal_new ("signals-lost", SVPN_TYPE_WORKER_LINK, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
}

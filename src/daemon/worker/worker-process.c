/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The process of one worker: started by us or found running, watched until it ends.
 *
 * How it works: a worker is our child, a unit of systemd, or the child of an earlier smartvpnd. GSubprocess tells the end and
 * the status of a child; a pidfd tells the end of the others, and systemd the status of its units. A worker says READY=1
 * (sd_notify(3)) once its control socket listens: systemd waits for that before it calls the unit started, and we do for a
 * child. A worker may have been taken over, so we open its directory without following links and work on the descriptor. */
#include "worker-process.h"
#include "error.h"
#include "names.h"
#include "ready-socket.h"
#include "worker-unit.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEATH_TIMEOUT_MS 5000 /* from SIGKILL on */

struct _SvpnWorkerProcess {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  char *id;
  GSubprocess *child; /* NULL: not ours */
  gboolean unit_started;
  int pidfd; /* -1: none */
  guint pidfd_source;
  guint expiry_source;
  GTask *start_task;     /* NULL: answered, or never started by us */
  gulong cancel_handler; /* of its cancellable; 0: none */
  SvpnReadySocket *ready_socket;
  gboolean killed;
  gboolean exited;
};

G_DEFINE_FINAL_TYPE (SvpnWorkerProcess, svpn_worker_process, G_TYPE_OBJECT)

enum { SIGNAL_EXITED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- Its directory ---- */

static int
open_directory (const SvpnEnvironment *environment, const char *id)
{
  g_autofree char *path = g_build_filename (environment->runtime_dir, id, NULL);

  return open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void
remove_worker_directory (const SvpnEnvironment *environment, const char *id)
{
  g_autofree char *path = g_build_filename (environment->runtime_dir, id, NULL);
  int fd = open_directory (environment, id);

  if (fd >= 0) {
    unlinkat (fd, SVPN_CONTROL_SOCKET, 0);
    close (fd);
  }
  if (rmdir (path) < 0 && errno != ENOENT)
    g_warning ("Cannot remove %s: %s", path, g_strerror (errno));
}

/* Makes an empty directory that belongs to the worker's user, mode 0700. */
static gboolean
make_worker_directory (SvpnWorkerProcess *self, GError **error)
{
  const SvpnEnvironment *environment = self->environment;
  g_autofree char *path = g_build_filename (environment->runtime_dir, self->id, NULL);

  if (mkdir (path, 0700) < 0 && errno != EEXIST) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot make %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  int fd = open_directory (environment, self->id);
  gboolean ok = fd >= 0 && (unlinkat (fd, SVPN_CONTROL_SOCKET, 0) == 0 || errno == ENOENT)
                && fchown (fd, environment->worker_uid, environment->worker_gid) == 0
                && fchmod (fd, 0700) == 0;
  if (!ok)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot make %s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

/* ---- The answer to a start ---- */

/* Answers the start, unless that was done; takes @error, NULL: it has succeeded. */
static void
answer_start (SvpnWorkerProcess *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->start_task);

  g_clear_pointer (&self->ready_socket, svpn_ready_socket_free);
  if (task == NULL) {
    g_clear_error (&error);
    return;
  }
  if (g_task_get_cancellable (task) != NULL)
    g_clear_signal_handler (&self->cancel_handler, g_task_get_cancellable (task));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Called when the worker that we have spawned says that its control socket listens. */
static void
on_ready (gpointer user_data)
{
  answer_start (user_data, NULL);
}

/* Called when nobody waits for the start any longer. */
static void
on_start_cancelled (GCancellable *cancellable, gpointer user_data)
{
  answer_start (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
}

/* ---- Its end ---- */

static void
stop_watching (SvpnWorkerProcess *self)
{
  g_clear_handle_id (&self->pidfd_source, g_source_remove);
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  if (self->pidfd >= 0)
    close (self->pidfd);
  self->pidfd = -1;
}

static void
report_exit (SvpnWorkerProcess *self, int status)
{
  if (self->exited)
    return;
  self->exited = TRUE;
  stop_watching (self);
  if (!self->environment->systemd)
    remove_worker_directory (self->environment, self->id);
  g_signal_emit (self, signals[SIGNAL_EXITED], 0, status);
  answer_start (self,
                g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has ended with status %d", status));
}

/* Called when our child has ended. */
static void
on_child_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *child = G_SUBPROCESS (source);
  g_autoptr (SvpnWorkerProcess) self = user_data;

  g_subprocess_wait_finish (child, result, NULL);
  if (g_subprocess_get_if_signaled (child))
    report_exit (self, 128 + g_subprocess_get_term_sig (child));
  else
    report_exit (self, g_subprocess_get_exit_status (child));
}

/* Called when systemd has told the status of the ended unit, or does not know it. */
static void
on_unit_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnWorkerProcess) self = user_data;

  report_exit (self, svpn_worker_unit_wait_finish (result));
}

static void
ask_for_status (SvpnWorkerProcess *self)
{
  if (self->environment->systemd)
    svpn_worker_unit_wait_async (self->environment->bus, self->id, DEATH_TIMEOUT_MS, on_unit_ended,
                                 g_object_ref (self));
  else
    report_exit (self, -1);
}

/* Called when a process that is not our child has ended. */
static gboolean
on_pidfd_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (SvpnWorkerProcess) self = g_object_ref (user_data);

  self->pidfd_source = 0;
  ask_for_status (self);
  return G_SOURCE_REMOVE;
}

static void
kill_now (SvpnWorkerProcess *self)
{
  self->killed = TRUE;
  if (self->environment->systemd)
    svpn_worker_unit_kill (self->environment->bus, self->id);
  else if (self->child != NULL)
    g_subprocess_force_exit (self->child);
  else if (self->pidfd >= 0)
    pidfd_send_signal (self->pidfd, SIGKILL, NULL, 0);
}

/* Called when the process should have ended by now. */
static gboolean
on_overdue (gpointer user_data)
{
  g_autoptr (SvpnWorkerProcess) self = g_object_ref (user_data);

  self->expiry_source = 0;
  if (self->killed) {
    g_warning ("%s: the worker survives SIGKILL", self->id);
    report_exit (self, -1);
    return G_SOURCE_REMOVE;
  }
  g_debug ("%s: killing the worker", self->id);
  kill_now (self);
  self->expiry_source = g_timeout_add (DEATH_TIMEOUT_MS, on_overdue, self);
  if (self->child == NULL && self->pidfd < 0)
    ask_for_status (self);
  return G_SOURCE_REMOVE;
}

void
svpn_worker_process_expire (SvpnWorkerProcess *self, guint timeout_ms)
{
  if (self->exited || self->killed)
    return;
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  self->expiry_source = g_timeout_add (timeout_ms, on_overdue, self);
}

/* ---- Its start ---- */

static void
leave_our_session (gpointer user_data)
{
  setsid ();
}

/* Without what is ours alone; a worker has neither a home nor GSettings. */
static void
set_worker_environment (GSubprocessLauncher *launcher, const char *notify_socket)
{
  static const char *const ours[]
      = { "WATCHDOG_USEC",   "WATCHDOG_PID", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME",
          "XDG_CONFIG_HOME", "XDG_DATA_HOME" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    g_subprocess_launcher_unsetenv (launcher, ours[i]);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", notify_socket, TRUE);
  g_subprocess_launcher_setenv (launcher, "HOME", "/", TRUE);
  g_subprocess_launcher_setenv (launcher, "GSETTINGS_BACKEND", "memory", TRUE);
}

static GSubprocess *
launch (SvpnWorkerProcess *self, GError **error)
{
  const SvpnEnvironment *environment = self->environment;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *uid = g_strdup_printf ("%u", (guint) geteuid ());
  const char *user = environment->worker_user;
  const char *const argv[] = { environment->worker_program,
                               "--id",
                               self->id,
                               "--runtime-dir",
                               environment->runtime_dir,
                               "--peer-uid",
                               uid,
                               user != NULL ? "--user" : NULL,
                               user,
                               NULL };

  set_worker_environment (launcher, svpn_ready_socket_get_address (self->ready_socket));
  g_subprocess_launcher_set_child_setup (launcher, leave_our_session, NULL, NULL);
  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

static gboolean
spawn (SvpnWorkerProcess *self, GError **error)
{
  self->ready_socket = svpn_ready_socket_new (self->environment->worker_uid, on_ready, self, error);
  if (self->ready_socket == NULL || !make_worker_directory (self, error))
    return FALSE;
  self->child = launch (self, error);
  if (self->child == NULL) {
    g_prefix_error (error, "Cannot start %s: ", self->environment->worker_program);
    remove_worker_directory (self->environment, self->id);
    return FALSE;
  }
  g_subprocess_wait_async (self->child, NULL, on_child_exited, g_object_ref (self));
  return TRUE;
}

/* Called when systemd has started the unit, or cannot. */
static void
on_unit_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnWorkerProcess) self = user_data;
  GError *error = NULL;

  self->unit_started = svpn_worker_unit_start_finish (result, &error);
  answer_start (self, error);
}

void
svpn_worker_process_start_async (SvpnWorkerProcess *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;

  self->start_task = g_task_new (self, cancellable, callback, user_data);
  if (cancellable != NULL)
    self->cancel_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_start_cancelled), self);
  if (self->environment->systemd)
    svpn_worker_unit_start_async (self->environment->bus, self->id, cancellable, on_unit_started,
                                  g_object_ref (self));
  else if (!spawn (self, &error))
    answer_start (self, error);
}

gboolean
svpn_worker_process_start_finish (SvpnWorkerProcess *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
svpn_worker_process_was_started (SvpnWorkerProcess *self)
{
  return self->child != NULL || self->unit_started;
}

static gboolean
runs_as (pid_t pid, uid_t uid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d", (int) pid);
  struct stat st;

  return stat (path, &st) == 0 && st.st_uid == uid;
}

void
svpn_worker_process_watch (SvpnWorkerProcess *self, pid_t pid, uid_t uid)
{
  if (self->child != NULL || self->pidfd >= 0 || pid <= 1)
    return;
  self->pidfd = pidfd_open (pid, 0);
  /* By now the pid may belong to another process, which we must not kill. */
  if (self->pidfd >= 0 && !runs_as (pid, uid)) {
    close (self->pidfd);
    self->pidfd = -1;
  }
  if (self->pidfd >= 0)
    self->pidfd_source = g_unix_fd_add (self->pidfd, G_IO_IN, on_pidfd_readable, self);
}

/* ---- The object ---- */

SvpnWorkerProcess *
svpn_worker_process_new (const SvpnEnvironment *environment, const char *id)
{
  SvpnWorkerProcess *self = g_object_new (SVPN_TYPE_WORKER_PROCESS, NULL);

  self->environment = environment;
  self->id = g_strdup (id);
  return self;
}

static void
svpn_worker_process_finalize (GObject *object)
{
  SvpnWorkerProcess *self = SVPN_WORKER_PROCESS (object);

  stop_watching (self);
  g_clear_pointer (&self->ready_socket, svpn_ready_socket_free);
  g_clear_object (&self->child);
  g_free (self->id);
  G_OBJECT_CLASS (svpn_worker_process_parent_class)->finalize (object);
}

static void
svpn_worker_process_init (SvpnWorkerProcess *self)
{
  self->pidfd = -1;
}

static void
svpn_worker_process_class_init (SvpnWorkerProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_worker_process_finalize;
  signals[SIGNAL_EXITED] = g_signal_new ("exited", SVPN_TYPE_WORKER_PROCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The process of one worker: started by us or found running, watched until it has ended.
 *
 * How it works. A worker is our child (spawned by us), or a unit of systemd, or it was spawned by an earlier
 * smartvpnd. Of a child GSubprocess tells the end and the status; of the others a pidfd tells the end, and systemd the
 * status of its units. A worker may be taken over, so its directory is handled through a file descriptor, never
 * following links. */
#include "worker-process.h"
#include "error.h"
#include "names.h"
#include "worker-unit.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_TIMEOUT_MS 10000
#define DEATH_TIMEOUT_MS 5000 /* from SIGKILL on */

struct _SvpnWorkerProcess {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  char *id;
  GSubprocess *child; /* NULL: not ours */
  int pidfd;          /* -1: none */
  guint pidfd_source;
  guint expiry_source;
  GCancellable *starting; /* of a unit that we have started and not met yet; NULL otherwise */
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

void
svpn_worker_process_remove_directory (const SvpnEnvironment *environment, const char *id)
{
  g_autofree char *path = g_build_filename (environment->runtime_dir, id, NULL);
  int fd = open_directory (environment, id);

  if (fd >= 0) {
    unlinkat (fd, SVPN_CONTROL_SOCKET, 0);
    close (fd);
  }
  if (rmdir (path) < 0 && errno != ENOENT)
    g_warning ("%s cannot be removed: %s", path, g_strerror (errno));
}

/* Leaves an empty directory that belongs to the worker's user, mode 0700. */
static gboolean
make_directory (SvpnWorkerProcess *self, GError **error)
{
  const SvpnEnvironment *environment = self->environment;
  g_autofree char *path = g_build_filename (environment->runtime_dir, self->id, NULL);

  if (mkdir (path, 0700) < 0 && errno != EEXIST) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
    return FALSE;
  }
  int fd = open_directory (environment, self->id);
  gboolean ok = fd >= 0 && (unlinkat (fd, SVPN_CONTROL_SOCKET, 0) == 0 || errno == ENOENT)
                && fchown (fd, environment->worker_uid, environment->worker_gid) == 0
                && fchmod (fd, 0700) == 0;
  if (!ok)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

/* ---- Its end ---- */

static void
stop_watching (SvpnWorkerProcess *self)
{
  g_cancellable_cancel (self->starting);
  g_clear_object (&self->starting);
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
    svpn_worker_process_remove_directory (self->environment, self->id);
  g_signal_emit (self, signals[SIGNAL_EXITED], 0, status);
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

/* Called when systemd has told the status of an ended unit. */
static void
on_unit_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnWorkerProcess) self = user_data;
  int status;

  if (svpn_worker_unit_wait_finish (result, &status))
    report_exit (self, status);
}

static void
ask_how_it_ended (SvpnWorkerProcess *self)
{
  if (self->environment->systemd)
    svpn_worker_unit_wait_async (self->environment->bus, self->id, DEATH_TIMEOUT_MS, NULL, on_unit_ended,
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
  ask_how_it_ended (self);
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
    g_warning ("%s: the worker does not die", self->id);
    report_exit (self, -1);
    return G_SOURCE_REMOVE;
  }
  g_debug ("%s: killing the worker", self->id);
  kill_now (self);
  self->expiry_source = g_timeout_add (DEATH_TIMEOUT_MS, on_overdue, self);
  if (self->child == NULL && self->pidfd < 0)
    ask_how_it_ended (self);
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

/* What is ours alone; a worker has neither a home nor GSettings. */
static void
clean_environment (GSubprocessLauncher *launcher)
{
  static const char *const ours[]
      = { "NOTIFY_SOCKET",   "WATCHDOG_USEC",  "WATCHDOG_PID",    "DBUS_SESSION_BUS_ADDRESS",
          "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    g_subprocess_launcher_unsetenv (launcher, ours[i]);
  g_subprocess_launcher_setenv (launcher, "HOME", "/", TRUE);
  g_subprocess_launcher_setenv (launcher, "GSETTINGS_BACKEND", "memory", TRUE);
}

static gboolean
spawn (SvpnWorkerProcess *self, GError **error)
{
  const SvpnEnvironment *environment = self->environment;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *uid = g_strdup_printf ("%u", (guint) geteuid ());
  const char *words[] = { environment->worker_program, "--id",       self->id, "--runtime-dir",
                          environment->runtime_dir,    "--peer-uid", uid };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_add (argv, (char *) words[i]);
  if (environment->worker_user != NULL) {
    g_ptr_array_add (argv, (char *) "--user");
    g_ptr_array_add (argv, environment->worker_user);
  }
  g_ptr_array_add (argv, NULL);

  if (!make_directory (self, error))
    return FALSE;
  clean_environment (launcher);
  g_subprocess_launcher_set_child_setup (launcher, leave_our_session, NULL, NULL);
  self->child = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
  if (self->child == NULL) {
    g_prefix_error (error, "%s: ", environment->worker_program);
    svpn_worker_process_remove_directory (environment, self->id);
    return FALSE;
  }
  g_subprocess_wait_async (self->child, NULL, on_child_exited, g_object_ref (self));
  return TRUE;
}

static void
on_unit_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SvpnWorkerProcess *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!svpn_worker_unit_start_finish (result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  /* Until svpn_worker_process_watch() is called, systemd alone knows whether it has died. */
  self->starting = g_cancellable_new ();
  svpn_worker_unit_wait_async (self->environment->bus, self->id, START_TIMEOUT_MS, self->starting,
                               on_unit_ended, g_object_ref (self));
  g_task_return_boolean (task, TRUE);
}

void
svpn_worker_process_start_async (SvpnWorkerProcess *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  if (self->environment->systemd)
    svpn_worker_unit_start_async (self->environment->bus, self->id, cancellable, on_unit_started,
                                  g_steal_pointer (&task));
  else if (spawn (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

gboolean
svpn_worker_process_start_finish (SvpnWorkerProcess *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
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
  g_cancellable_cancel (self->starting);
  g_clear_object (&self->starting);
  self->pidfd = pidfd_open (pid, 0);
  /* The pid may be another's by now, whom we must not kill. */
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

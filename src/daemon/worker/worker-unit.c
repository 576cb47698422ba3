/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One worker as a unit of systemd: smartvpn-worker@ID.service. */
#include "worker-unit.h"
#include "error.h"

#include <signal.h>
#include <sys/wait.h>

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD_NAME ".Manager"
#define SYSTEMD_TIMEOUT_MS 10000
#define WAIT_INTERVAL_MS 50

static char *
unit_name (const char *id)
{
  return g_strdup_printf ("smartvpn-worker@%s.service", id);
}

static void
call_manager (GDBusConnection *bus, const char *method, GVariant *arguments, const char *reply,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call (bus, SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_MANAGER, method, arguments,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NONE, SYSTEMD_TIMEOUT_MS, cancellable,
                          callback, user_data);
}

/* ---- Start: StartUnit() answers with a job; JobRemoved tells its end ---- */

typedef struct {
  GDBusConnection *bus;
  char *unit;
  guint subscription;
} StartJob;

static void
start_job_free (StartJob *job)
{
  g_object_unref (job->bus);
  g_free (job->unit);
  g_free (job);
}

/* Ends a start: the first error, end of the job or cancellation counts. */
static void
start_done (GTask *task, GError *error)
{
  StartJob *job = g_task_get_task_data (task);

  if (job->subscription == 0) {
    g_clear_error (&error);
    return;
  }
  g_dbus_connection_signal_unsubscribe (job->bus, job->subscription);
  job->subscription = 0;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Called for every job of systemd that ends. */
static void
on_job_removed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                const char *signal, GVariant *arguments, gpointer user_data)
{
  GTask *task = user_data;
  StartJob *job = g_task_get_task_data (task);
  const char *unit, *result;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (arguments, "(uo&s&s)", NULL, NULL, &unit, &result);
  if (strcmp (unit, job->unit) != 0)
    return;
  GError *error = NULL;
  if (strcmp (result, "done") != 0)
    error = g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "systemd cannot start %s (%s); see journalctl -u %s",
                         unit, result, unit);
  start_done (task, error);
}

static void
on_start_unit_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StartJob *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL)
    return; /* JobRemoved tells the rest, or has done so */
  g_dbus_error_strip_remote_error (error);
  start_done (task, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "systemd cannot start %s: %s", job->unit,
                                 error->message));
}

void
svpn_worker_unit_start_async (GDBusConnection *bus, const char *id, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  StartJob *job = g_new0 (StartJob, 1);

  job->bus = g_object_ref (bus);
  job->unit = unit_name (id);
  g_task_set_task_data (task, job, (GDestroyNotify) start_job_free);
  job->subscription = g_dbus_connection_signal_subscribe (
      bus, SYSTEMD_NAME, SYSTEMD_MANAGER, "JobRemoved", SYSTEMD_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_job_removed, g_object_ref (task), g_object_unref);
  call_manager (bus, "Subscribe", NULL, "()", NULL, NULL, NULL);
  call_manager (bus, "StartUnit", g_variant_new ("(ss)", job->unit, "replace"), "(o)", cancellable,
                on_start_unit_answered, task);
}

gboolean
svpn_worker_unit_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Wait: LoadUnit() and its properties, until the unit is at rest ---- */

typedef struct {
  GDBusConnection *bus;
  char *unit;
  char *path;
  gint64 deadline; /* monotonic, us */
} WaitJob;

static void
wait_job_free (WaitJob *job)
{
  g_object_unref (job->bus);
  g_free (job->unit);
  g_free (job->path);
  g_free (job);
}

static gboolean
is_at_rest (GVariant *properties)
{
  const char *state = "";

  g_variant_lookup (properties, "ActiveState", "&s", &state);
  return strcmp (state, "inactive") == 0 || strcmp (state, "failed") == 0;
}

static int
exit_status (GVariant *properties)
{
  gint32 code = 0, status = 0;

  g_variant_lookup (properties, "ExecMainCode", "i", &code);
  g_variant_lookup (properties, "ExecMainStatus", "i", &status);
  if (code == 0) /* systemd forgets units that have ended in order */
    return 0;
  return code == CLD_EXITED ? (status & 0xff) : 128 + status;
}

static gboolean look_again (gpointer user_data);

static void
on_properties (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WaitJob *job = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) properties = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;

  if (properties != NULL && is_at_rest (properties))
    g_task_return_int (task, exit_status (properties));
  else if (g_get_monotonic_time () >= job->deadline)
    g_task_return_int (task, -1);
  else
    g_timeout_add (WAIT_INTERVAL_MS, look_again, g_steal_pointer (&task));
}

static void
on_unit_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WaitJob *job = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (answer == NULL) {
    g_task_return_int (task, -1);
    return;
  }
  const char *path;
  g_variant_get (answer, "(&o)", &path);
  g_dbus_connection_call (job->bus, SYSTEMD_NAME, path, "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", ""), G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE,
                          SYSTEMD_TIMEOUT_MS, NULL, on_properties, g_steal_pointer (&task));
}

static gboolean
look_again (gpointer user_data)
{
  WaitJob *job = g_task_get_task_data (user_data);

  call_manager (job->bus, "LoadUnit", g_variant_new ("(s)", job->unit), "(o)", NULL, on_unit_loaded,
                user_data);
  return G_SOURCE_REMOVE;
}

void
svpn_worker_unit_wait_async (GDBusConnection *bus, const char *id, guint timeout_ms,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  WaitJob *job = g_new0 (WaitJob, 1);

  job->bus = g_object_ref (bus);
  job->unit = unit_name (id);
  job->deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_task_set_task_data (task, job, (GDestroyNotify) wait_job_free);
  look_again (task);
}

int
svpn_worker_unit_wait_finish (GAsyncResult *result)
{
  return (int) g_task_propagate_int (G_TASK (result), NULL);
}

void
svpn_worker_unit_kill (GDBusConnection *bus, const char *id)
{
  g_autofree char *unit = unit_name (id);

  call_manager (bus, "KillUnit", g_variant_new ("(ssi)", unit, "all", SIGKILL), "()", NULL, NULL, NULL);
  /* A start that is still queued goes too. */
  call_manager (bus, "StopUnit", g_variant_new ("(ss)", unit, "replace"), "(o)", NULL, NULL, NULL);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Follows smartvpnd on a bus.
 *
 * How it works: one subscription receives all signals of smartvpnd, another tells when smartvpnd comes and goes.
 * When it comes, the follower asks for its objects. Answers and signals arrive in the order in which they were
 * sent, so no change in between is lost or overtaken. GDBusObjectManagerClient would not do: when a service comes
 * back, it makes a call that blocks the main loop, and replaces all objects by new ones. */
#include "follower.h"

#include "names.h"

#define BUS_SERVICE "org.freedesktop.DBus"

struct _SvpnFollower {
  GDBusConnection *connection;
  const SvpnFollowerEvents *events;
  GWeakRef owner;
  GMainContext *context;
  GCancellable *loading;      /* cancels the load that on_owner_gained() has begun */
  guint signals, owners;      /* subscriptions */
  gulong closed;              /* handler */
  gatomicrefcount references; /* one of its owner, and one of everything that may call back */
};

static void
follower_unref (gpointer data)
{
  SvpnFollower *follower = data;

  if (!g_atomic_ref_count_dec (&follower->references))
    return;
  g_weak_ref_clear (&follower->owner);
  g_object_unref (follower->connection);
  g_object_unref (follower->loading);
  g_main_context_unref (follower->context);
  g_free (follower);
}

static SvpnFollower *
follower_ref (SvpnFollower *follower)
{
  g_atomic_ref_count_inc (&follower->references);
  return follower;
}

/* ---- Loading the objects ---- */

enum { START, MANAGER, OBJECTS, N_QUESTIONS }; /* in this order */

static const struct {
  const char *destination, *path, *interface, *method, *arguments, *answer;
} questions[N_QUESTIONS] = {
  [START] = { BUS_SERVICE, "/org/freedesktop/DBus", BUS_SERVICE, "StartServiceByName",
              "('" SVPN_BUS_NAME "', uint32 0)", "(u)" },
  [MANAGER] = { SVPN_BUS_NAME, SVPN_MANAGER_PATH, BUS_SERVICE ".Properties", "GetAll",
                "('org.smartvpn.Manager',)", "(a{sv})" },
  [OBJECTS] = { SVPN_BUS_NAME, SVPN_MANAGER_PATH, BUS_SERVICE ".ObjectManager", "GetManagedObjects", "()",
                "(a{oa{sa{sv}}})" },
};

typedef struct {
  SvpnFollower *follower;
  int question;
  GVariant *answers[N_QUESTIONS];
} Load;

static Load *
load_new (SvpnFollower *follower, int question)
{
  Load *load = g_new0 (Load, 1);

  load->follower = follower_ref (follower);
  load->question = question;
  return load;
}

static void
load_free (Load *load)
{
  for (int i = 0; i < N_QUESTIONS; i++)
    g_clear_pointer (&load->answers[i], g_variant_unref);
  follower_unref (load->follower);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static GVariant *
arguments_of (const Load *load)
{
  return g_variant_new_parsed (questions[load->question].arguments);
}

static void
tell_objects (Load *load)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&load->follower->owner);
  g_autoptr (GVariant) manager = g_variant_get_child_value (load->answers[MANAGER], 0);
  g_autoptr (GVariant) objects = g_variant_get_child_value (load->answers[OBJECTS], 0);

  if (owner != NULL)
    load->follower->events->objects (owner, manager, objects);
}

/* Takes an answer, or NULL and the error. Returns whether another question follows. */
static gboolean
take_answer (Load *load, GVariant *answer, const GError *error)
{
  load->answers[load->question] = answer;
  if (answer == NULL) {
    g_info ("%s: %s", questions[load->question].method, error->message);
    if (load->question != START) /* a smartvpnd that cannot be started may be running */
      return FALSE;
  }
  if (++load->question < N_QUESTIONS)
    return TRUE;
  tell_objects (load);
  return FALSE;
}

gboolean
svpn_follower_load_sync (SvpnFollower *follower, GCancellable *cancellable, GError **error)
{
  g_autoptr (Load) load = load_new (follower, START);
  gboolean goes_on = TRUE;

  while (goes_on) {
    const int i = load->question;
    g_autoptr (GError) local = NULL;
    GVariant *answer = g_dbus_connection_call_sync (
        follower->connection, questions[i].destination, questions[i].path, questions[i].interface,
        questions[i].method, arguments_of (load), G_VARIANT_TYPE (questions[i].answer),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, &local);

    if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    goes_on = take_answer (load, answer, local);
  }
  return TRUE;
}

static void on_load_answer (GObject *connection, GAsyncResult *result, gpointer user_data);

static void
ask_next (GTask *task)
{
  Load *load = g_task_get_task_data (task);
  const int i = load->question;

  g_dbus_connection_call (load->follower->connection, questions[i].destination, questions[i].path,
                          questions[i].interface, questions[i].method, arguments_of (load),
                          G_VARIANT_TYPE (questions[i].answer), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          g_task_get_cancellable (task), on_load_answer, g_object_ref (task));
}

static void
on_load_answer (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (take_answer (g_task_get_task_data (task), answer, error))
    ask_next (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
begin_load (SvpnFollower *follower, int question, GCancellable *cancellable, GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, load_new (follower, question), (GDestroyNotify) load_free);
  ask_next (task);
}

void
svpn_follower_load_async (SvpnFollower *follower, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  begin_load (follower, START, cancellable, callback, user_data);
}

gboolean
svpn_follower_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Following ---- */

static void
on_owner_lost (SvpnFollower *follower)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&follower->owner);

  g_cancellable_cancel (follower->loading);
  if (owner != NULL)
    follower->events->vanished (owner);
}

static void
on_owner_gained (SvpnFollower *follower)
{
  g_cancellable_cancel (follower->loading);
  g_object_unref (follower->loading);
  follower->loading = g_cancellable_new ();
  g_main_context_push_thread_default (follower->context);
  begin_load (follower, MANAGER, follower->loading, NULL, NULL);
  g_main_context_pop_thread_default (follower->context);
}

/* Called when smartvpnd's name gets an owner, loses it, or both. */
static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *name, GVariant *arguments, gpointer user_data)
{
  const char *owner;

  g_variant_get (arguments, "(&s&s&s)", NULL, NULL, &owner);
  if (*owner != '\0')
    on_owner_gained (user_data);
  else
    on_owner_lost (user_data);
}

static void
on_any_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *name, GVariant *arguments, gpointer user_data)
{
  SvpnFollower *follower = user_data;
  g_autoptr (GObject) owner = g_weak_ref_get (&follower->owner);

  if (owner != NULL)
    follower->events->signal (owner, path, interface, name, arguments);
}

static gboolean
on_idle_after_close (gpointer user_data)
{
  on_owner_lost (user_data);
  return G_SOURCE_REMOVE;
}

/* Called in the thread of the connection, which may be another one. */
static void
on_connection_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
  SvpnFollower *follower = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_idle_after_close, follower_ref (follower), follower_unref);
  g_source_attach (source, follower->context);
}

static void
closure_unref (gpointer follower, GClosure *closure)
{
  follower_unref (follower);
}

SvpnFollower *
svpn_follower_new (GDBusConnection *connection, const SvpnFollowerEvents *events, GObject *owner)
{
  SvpnFollower *follower = g_new0 (SvpnFollower, 1);

  g_atomic_ref_count_init (&follower->references);
  follower->connection = g_object_ref (connection);
  follower->events = events;
  follower->context = g_main_context_ref_thread_default ();
  follower->loading = g_cancellable_new ();
  g_weak_ref_init (&follower->owner, owner);
  follower->owners = g_dbus_connection_signal_subscribe (
      connection, BUS_SERVICE, BUS_SERVICE, "NameOwnerChanged", "/org/freedesktop/DBus", SVPN_BUS_NAME,
      G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, follower_ref (follower), follower_unref);
  follower->signals = g_dbus_connection_signal_subscribe (connection, SVPN_BUS_NAME, NULL, NULL, NULL, NULL,
                                                          G_DBUS_SIGNAL_FLAGS_NONE, on_any_signal,
                                                          follower_ref (follower), follower_unref);
  follower->closed = g_signal_connect_data (connection, "closed", G_CALLBACK (on_connection_closed),
                                            follower_ref (follower), closure_unref, 0);
  return follower;
}

void
svpn_follower_free (SvpnFollower *follower)
{
  g_dbus_connection_signal_unsubscribe (follower->connection, follower->owners);
  g_dbus_connection_signal_unsubscribe (follower->connection, follower->signals);
  g_signal_handler_disconnect (follower->connection, follower->closed);
  g_cancellable_cancel (follower->loading);
  follower_unref (follower);
}

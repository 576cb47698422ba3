/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a worker may send unasked: READY=1 once, and signals within a limit. */
#include "notify.h"
#include "ready-socket.h"
#include "signal-limit.h"
#include "wait.h"

#include <gio/gunixconnection.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- READY=1 ---- */

static void
count (gpointer user_data)
{
  ++*(int *) user_data;
}

static void
say (SvpnReadySocket *ready_socket, const char *state)
{
  g_setenv ("NOTIFY_SOCKET", svpn_ready_socket_get_address (ready_socket), TRUE);
  svpn_notify (state);
}

/* Lets the main loop take what was sent to it. */
static void
take_all (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_ready (void)
{
  int n = 0;
  SvpnReadySocket *ready_socket = svpn_ready_socket_new (geteuid (), count, &n, NULL);

  g_assert_nonnull (ready_socket);
  say (ready_socket, "STATUS=Not yet");
  say (ready_socket, "READY=0");
  take_all ();
  g_assert_cmpint (n, ==, 0);
  say (ready_socket, "STATUS=Now\nREADY=1\n");
  WAIT_UNTIL (n > 0, "READY=1");
  say (ready_socket, "READY=1");
  take_all ();
  g_assert_cmpint (n, ==, 1);
  svpn_ready_socket_free (ready_socket);
}

/* Everybody can reach the socket; only the worker's user counts. */
static void
test_ready_of_another_user (void)
{
  int n = 0;
  SvpnReadySocket *ready_socket = svpn_ready_socket_new (geteuid () + 1, count, &n, NULL);

  say (ready_socket, "READY=1");
  take_all ();
  g_assert_cmpint (n, ==, 0);
  svpn_ready_socket_free (ready_socket);
}

static void
test_unique_addresses (void)
{
  SvpnReadySocket *one = svpn_ready_socket_new (0, count, NULL, NULL),
                  *two = svpn_ready_socket_new (0, count, NULL, NULL);

  g_assert_cmpstr (svpn_ready_socket_get_address (one), !=, svpn_ready_socket_get_address (two));
  svpn_ready_socket_free (one);
  svpn_ready_socket_free (two);
}

/* ---- The limit on signals ---- */

typedef struct {
  GDBusConnection *ours, *worker;
  GObject *object;
  guint signals, lost;
  gboolean answered;
} Fixture;

static GDBusConnection *
make_peer (int fd, GDBusConnectionFlags flags, const char *guid)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection
      = g_dbus_connection_new_sync (G_IO_STREAM (stream), guid, flags, NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static gpointer
serve (gpointer fd)
{
  g_autofree char *guid = g_dbus_generate_guid ();

  return make_peer (GPOINTER_TO_INT (fd), G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER, guid);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *arguments, gpointer user_data)
{
  Fixture *f = user_data;

  f->signals++;
}

static void
on_lost (GObject *object)
{
  Fixture *f = g_object_get_data (object, "fixture");

  f->lost++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_autoptr (GThread) thread = g_thread_new ("worker", serve, GINT_TO_POINTER (fds[1]));
  f->ours = make_peer (fds[0], G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL);
  f->worker = g_thread_join (g_steal_pointer (&thread));
  f->object = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (f->object, "fixture", f);
  svpn_signal_limit_install (f->ours, "client-test", f->object, on_lost);
  g_dbus_connection_signal_subscribe (f->ours, NULL, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_signal, f, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->object);
  g_dbus_connection_close_sync (f->worker, NULL, NULL);
  g_object_unref (f->worker);
  g_object_unref (f->ours);
}

static void
emit (Fixture *f, guint n, gsize size)
{
  g_autofree char *text = g_strnfill (size, 'a');

  for (guint i = 0; i < n; i++)
    g_dbus_connection_emit_signal (f->worker, NULL, "/x", "org.example", "X", g_variant_new ("(s)", text),
                                   NULL);
  g_dbus_connection_flush_sync (f->worker, NULL, NULL);
}

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  f->answered = TRUE;
}

/* An answer of the worker comes after all that it has sent before. */
static void
wait_for_answer (Fixture *f)
{
  f->answered = FALSE;
  g_dbus_connection_call (f->ours, NULL, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_pong, f);
  WAIT_UNTIL (f->answered, "an answer of the worker");
}

static void
test_within_the_limit (Fixture *f, gconstpointer data)
{
  emit (f, 1000, 100);
  wait_for_answer (f);
  g_assert_cmpuint (f->signals, ==, 1000);
  g_assert_cmpuint (f->lost, ==, 0);
}

/* What is over it is dropped; answers are not. @data: bytes of each signal. */
static void
test_over_the_limit (Fixture *f, gconstpointer data)
{
  gsize size = GPOINTER_TO_SIZE (data), counted = MAX (size, SVPN_SIGNAL_MIN_BYTES);
  guint n = (guint) (3 * SVPN_SIGNAL_BURST_BYTES / counted);
  gint64 begin_us = g_get_monotonic_time ();

  emit (f, n, size);
  wait_for_answer (f);
  gint64 elapsed_us = g_get_monotonic_time () - begin_us;
  gint64 most = SVPN_SIGNAL_BURST_BYTES + (elapsed_us * SVPN_SIGNAL_RATE_BYTES_PER_S) / G_USEC_PER_SEC;
  g_test_message ("%u of %u signals have come, at most %" G_GINT64_FORMAT " bytes", f->signals, n, most);
  g_assert_cmpint ((gint64) (f->signals * counted), <=, most);
  g_assert_cmpint ((gint64) (f->signals * counted), >=, SVPN_SIGNAL_BURST_BYTES * 9 / 10);
  WAIT_UNTIL (f->lost > 0, "the news of lost signals");
}

static GDBusMessage *
count_calls (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_atomic_int_inc ((gint *) user_data);
  return message;
}

/* A worker has nothing to call: not even a call that would be answered with an error gets through. */
static void
test_method_calls (Fixture *f, gconstpointer data)
{
  gint calls = 0;
  guint filter = g_dbus_connection_add_filter (f->ours, count_calls, &calls, NULL);

  g_dbus_connection_call (f->worker, NULL, "/x", "org.example", "X", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, NULL, NULL);
  emit (f, 1, 10);
  WAIT_UNTIL (f->signals == 1, "the signal after the call");
  g_assert_cmpint (g_atomic_int_get (&calls), ==, 0);
  g_dbus_connection_remove_filter (f->ours, filter);
}

/* Nobody is told once the object is gone. */
static void
test_lost_after_the_end (Fixture *f, gconstpointer data)
{
  emit (f, 2 * SVPN_SIGNAL_BURST_BYTES / SVPN_SIGNAL_MIN_BYTES, 10);
  wait_for_answer (f);
  guint told = f->lost; /* 0, unless all of that took longer than the second after which it is told */

  g_clear_object (&f->object);
  gint64 end_us = g_get_monotonic_time () + 3 * G_USEC_PER_SEC / 2;
  WAIT_UNTIL (g_get_monotonic_time () > end_us, "the time at which it would be told");
  g_assert_cmpuint (f->lost, ==, told);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a flood is warned of */
#define ADD(path, data, function)                                                                            \
  g_test_add ("/worker-channel/" path, Fixture, data, set_up, function, tear_down)
  g_test_add_func ("/worker-channel/ready", test_ready);
  g_test_add_func ("/worker-channel/ready-of-another-user", test_ready_of_another_user);
  g_test_add_func ("/worker-channel/unique-addresses", test_unique_addresses);
  ADD ("signals/within-the-limit", NULL, test_within_the_limit);
  ADD ("signals/small", GSIZE_TO_POINTER (10), test_over_the_limit);
  ADD ("signals/large", GSIZE_TO_POINTER (100000), test_over_the_limit);
  ADD ("method-calls", NULL, test_method_calls);
  ADD ("lost-after-the-end", NULL, test_lost_after_the_end);
  return g_test_run ();
}

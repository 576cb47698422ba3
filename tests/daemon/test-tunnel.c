/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of a tunnel with a fake worker: start, failures, end, retry. Nothing of the network is changed, and no root is
 * needed. */
#include "tunnel-fixture.h"

#define MEMORY "; if nobody did that, memory ran out: see journalctl -k"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Start and stop ---- */

static void
test_start_and_stop (Fixture *f, gconstpointer data)
{
  g_autofree char *file_path = path_of (f, "daemon/" ID ".tunnel"), *text = NULL,
                  *worker_dir = path_of (f, ID);
  g_auto (GVariantDict) status = G_VARIANT_DICT_INIT (NULL), down = G_VARIANT_DICT_INIT (NULL);
  gint64 before_s = g_get_real_time () / G_USEC_PER_SEC;
  guint64 since = 0;
  struct stat st;

  svpn_tunnel_describe_status (f->tunnel, &down);
  g_assert_false (g_variant_dict_contains (&down, "since"));
  bring_up (f);
  assert_events (f, "down > starting\nstarting > connected\n");
  g_assert_cmpint (g_stat (worker_dir, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0700);
  g_assert_cmpint (g_stat (file_path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  g_assert_true (g_file_get_contents (file_path, &text, NULL, NULL));
  g_assert_null (strstr (text, KEY));
  g_assert_nonnull (strstr (text, svpn_tunnel_get_hash (f->tunnel)));

  g_assert_cmpuint (svpn_tunnel_get_worker_uid (f->tunnel), ==, geteuid ());
  g_assert_cmpuint (svpn_settings_get_uint (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "mtu"),
                    ==, 1300);
  g_assert_null (
      svpn_settings_get_string (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "private-key"));
  svpn_tunnel_describe_status (f->tunnel, &status);
  g_assert_true (g_variant_dict_contains (&status, "described"));
  g_assert_true (g_variant_dict_lookup (&status, "since", "t", &since));
  g_assert_cmpint ((gint64) since, >=, before_s);
  g_assert_false (g_variant_dict_contains (&status, "last-error"));

  stop (f);
  assert_events (f, "connected > stopping\nexited 0\nstopping > down\n");
  g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, "");
}

static void
test_wrong_moments (Fixture *f, gconstpointer data)
{
  Call first, second, third = { FALSE };

  svpn_tunnel_stop_async (f->tunnel, SVPN_REASON_USER, on_done, &third);
  finish_call (&third, "the stop of nothing", SVPN_ERROR_NOT_CONNECTED, "client 'test' is not connected");
  begin_start (f, &first);
  begin_start (f, &second);
  finish_call (&second, "the second start", SVPN_ERROR_BUSY,
               "client 'test' is starting; try again when that is done");
  finish_call (&first, "the first start", 0, NULL);
  begin_start (f, &second);
  finish_call (&second, "the start of what is up", SVPN_ERROR_ALREADY_CONNECTED,
               "client 'test' is already connected");
  stop (f);
}

/* Two who stop it are both answered, and a start that is refused meanwhile changes nothing. */
static void
test_stopped_twice (Fixture *f, gconstpointer data)
{
  Call first = { FALSE }, second = { FALSE }, start;

  bring_up (f);
  svpn_tunnel_stop_async (f->tunnel, SVPN_REASON_USER, on_done, &first);
  svpn_tunnel_stop_async (f->tunnel, SVPN_REASON_USER, on_done, &second);
  begin_start (f, &start);
  finish_call (&start, "the start", SVPN_ERROR_BUSY,
               "client 'test' is stopping; try again when that is done");
  finish_call (&first, "the first stop", 0, NULL);
  finish_call (&second, "the second stop", 0, NULL);
}

/* ---- Which death of a worker is followed by another start ---- */

static const struct {
  gboolean was_up;
  int status;
  gboolean autostart, reconnects;
  gboolean survives;
} deaths[] = {
  { TRUE, 137, TRUE, TRUE, TRUE },   /* killed */
  { TRUE, 143, TRUE, TRUE, TRUE },   /* systemctl kill */
  { TRUE, 1, TRUE, TRUE, TRUE },     /* a fault of its own */
  { TRUE, -1, TRUE, TRUE, TRUE },    /* nobody saw it */
  { TRUE, 0, TRUE, TRUE, FALSE },    /* its task was over */
  { FALSE, 137, TRUE, TRUE, FALSE }, /* the start fails */
  { TRUE, 137, FALSE, TRUE, FALSE }, { TRUE, 137, TRUE, FALSE, FALSE },
};

static void
test_deaths (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (deaths); i++) {
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (
        svpn_tunnel_survives (deaths[i].was_up, deaths[i].status, deaths[i].autostart, deaths[i].reconnects),
        ==, deaths[i].survives);
  }
}

/* ---- Failures of a start ---- */

static const struct {
  const char *worker; /* $FAKE_WORKER */
  const char *prepare_error;
  guint timeout_s; /* 0: long enough */
  int code;
  const char *message;
} failures[] = {
  { "exit=3", NULL, 0, SVPN_ERROR_FAILED, "The worker has ended with status 3" },
  { "refuse=who_are_you?", NULL, 0, SVPN_ERROR_AUTH_FAILED, "who are you?" },
  { "refuse=a\nb\033", NULL, 0, SVPN_ERROR_AUTH_FAILED, "a?b?" },
  { "hold=StartClient", NULL, 1, SVPN_ERROR_TIMEOUT, "The test has waited long enough" },
  { "silent", NULL, 1, SVPN_ERROR_TIMEOUT, "The test has waited long enough" },
  { "", "mtu: not today", 0, SVPN_ERROR_INVALID_ARGUMENTS, "mtu: not today" },
};

static void
test_failures (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++) {
    Call call;

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, failures[i].message);
    g_setenv ("FAKE_WORKER", failures[i].worker, TRUE);
    f->prepare_error = failures[i].prepare_error;
    f->timeout_s = failures[i].timeout_s > 0 ? failures[i].timeout_s : WAIT_TIMEOUT_S;
    begin_start (f, &call);
    finish_call (&call, "the failure", failures[i].code, failures[i].message);
    assert_clean (f);
    g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, SVPN_TUNNEL_FAILED);
    g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, failures[i].message);
  }
  f->prepare_error = NULL;
  g_unsetenv ("FAKE_WORKER");
  bring_up (f);
  g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, "");
  stop (f);
}

static void
test_no_program (Fixture *f, gconstpointer data)
{
  Call call;

  g_free (f->environment->worker_program);
  f->environment->worker_program = g_strdup ("/nonexistent/worker");
  begin_start (f, &call);
  WAIT_UNTIL (call.done, "the failure");
  g_assert_error (call.error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_true (g_str_has_prefix (call.error->message, "Cannot start /nonexistent/worker: "));
  g_clear_error (&call.error);
}

/* In the worker's start, and in its StartClient(). */
static void
test_stopped_while_starting (Fixture *f, gconstpointer data)
{
  static const char *const moments[] = { "silent", "hold=StartClient" };

  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++) {
    Call call;

    g_test_message ("row '%s'", moments[i]);
    g_setenv ("FAKE_WORKER", moments[i], TRUE);
    begin_start (f, &call);
    WAIT_UNTIL (exists (f, ID "/control"), "the worker");
    stop (f);
    finish_call (&call, "the start", SVPN_ERROR_NOT_CONNECTED,
                 "client 'test' was stopped before it had started");
    assert_clean (f);
    g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, SVPN_TUNNEL_DOWN);
  }
}

/* ---- What the worker does while it is up ---- */

static const struct {
  const char *order, *argument;
  const char *events; /* until it is down */
  const char *last_error;
} ends[] = {
  { "exit", "0", "exited 0\nconnected > down\n", "" },
  { "exit", "7", "exited 7\nconnected > failed: worker-died: The worker has ended with status 7\n",
    "The worker has ended with status 7" },
  { "kill", "", "exited 137\nconnected > failed: worker-died: The worker was killed by signal 9" MEMORY "\n",
    "The worker was killed by signal 9" MEMORY },
};

static void
test_worker_ends (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, ends[i].events);
    bring_up (f);
    g_string_truncate (f->events, 0);
    give_order (f, ends[i].order, ends[i].argument);
    WAIT_UNTIL (svpn_tunnel_is_down (f->tunnel), "the end");
    assert_events (f, ends[i].events);
    g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, ends[i].last_error);
    assert_clean (f);
  }
}

/* Ended() is the end of the task; the process ends by itself. */
static void
test_task_ends (Fixture *f, gconstpointer data)
{
  bring_up (f);
  g_string_truncate (f->events, 0);
  g_autoptr (SvpnDbusWorker) worker = g_object_ref (svpn_tunnel_get_worker (f->tunnel));
  give_order (f, "ended", "The server\nsays goodbye");
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_STOPPING, "the end of the task");
  svpn_dbus_worker_call_disconnect_client (worker, "exit", "0", NULL, NULL, NULL);
  WAIT_UNTIL (svpn_tunnel_is_down (f->tunnel), "the end");
  assert_events (f, "connected > stopping: server-ended: The server?says goodbye\nexited 0\n"
                    "stopping > down: server-ended: The server?says goodbye\n");
}

static void
test_reconnecting (Fixture *f, gconstpointer data)
{
  Call call;

  bring_up (f);
  g_string_truncate (f->events, 0);
  give_order (f, "lost", "cut");
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_RECONNECTING, "reconnecting");
  g_assert_nonnull (svpn_tunnel_get_worker (f->tunnel));
  begin_start (f, &call);
  finish_call (&call, "the start", SVPN_ERROR_ALREADY_CONNECTED, "client 'test' is already reconnecting");
  give_order (f, "back", "again");
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_UP, "connected");
  give_order (f, "lost", "cut");
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_RECONNECTING, "reconnecting");
  give_order (f, "exit", "0");
  WAIT_UNTIL (svpn_tunnel_is_down (f->tunnel), "the end");
  assert_events (f, "connected > reconnecting: connection-lost: cut\nreconnecting > connected\n"
                    "connected > reconnecting: connection-lost: cut\nexited 0\n"
                    "reconnecting > failed: worker-died: The worker has ended with status 0\n");
}

static void
test_signals_lost (Fixture *f, gconstpointer data)
{
  bring_up (f);
  g_string_truncate (f->events, 0);
  give_order (f, "flood", "20000");
  WAIT_UNTIL (f->events->len > 0, "the news of lost signals");
  g_assert_true (g_str_has_prefix (f->events->str, "signals lost, role client\n"));
  stop (f);
}

/* One that does not answer Stop() is killed. */
static void
test_deaf_to_stop (Fixture *f, gconstpointer data)
{
  g_setenv ("FAKE_WORKER", "hold=Stop", TRUE);
  bring_up (f);
  g_string_truncate (f->events, 0);
  stop (f);
  assert_events (f, "connected > stopping\nexited 137\nstopping > down\n");
}

static void
test_statistics (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = g_variant_ref_sink (
      g_variant_new_parsed ("{'rekeys': <uint64 3>, 'uptime-s': <uint64 99999>, 'x': <1>}"));
  guint64 rekeys = 0, uptime_s = 99;

  bring_up (f);
  g_autoptr (GVariant) checked
      = g_variant_ref_sink (svpn_tunnel_check_reply (f->tunnel, SVPN_REPLY_CLIENT_STATISTICS, answer));
  g_assert_true (g_variant_lookup (checked, "rekeys", "t", &rekeys));
  g_assert_true (g_variant_lookup (checked, "uptime-s", "t", &uptime_s));
  g_assert_cmpuint (rekeys, ==, 3);
  g_assert_cmpuint (uptime_s, <, 90);
  g_assert_false (g_variant_lookup (checked, "x", "i", NULL));
  stop (f);
}

/* ---- Attempts until it succeeds ---- */

static void
persist (Fixture *f, Call *call)
{
  *call = (Call){ FALSE };
  svpn_tunnel_persist_async (f->tunnel, on_done, call);
}

static void
test_tried_again (Fixture *f, gconstpointer data)
{
  Call call;

  g_setenv ("FAKE_WORKER", "exit=1", TRUE);
  persist (f, &call);
  WAIT_UNTIL (strstr (f->events->str, "tried") != NULL, "the first failure");
  g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, SVPN_TUNNEL_STARTING);
  g_assert_false (exists (f, ID));
  g_unsetenv ("FAKE_WORKER");
  finish_call (&call, "the second attempt", 0, NULL);
  assert_events (f, "down > starting\nexited 1\n"
                    "tried: The worker has ended with status 1\nstarting > connected\n");
  stop (f);
}

static const struct {
  const char *worker, *load_error;
  guint attempts_max;
  int code;
  const char *message, *events;
} last_failures[] = {
  { "refuse=no", NULL, 5, SVPN_ERROR_AUTH_FAILED, "no",
    "down > starting\nexited 0\nstarting > failed: AuthFailed: no\n" },
  { "", "mtu: what?", 5, SVPN_ERROR_INVALID_ARGUMENTS, "mtu: what?", "" },
  { "exit=1", NULL, 1, SVPN_ERROR_FAILED, "The worker has ended with status 1",
    "failed > starting\nexited 1\nstarting > failed: worker-died: The worker has ended with status 1\n" },
  { "exit=1", NULL, 2, SVPN_ERROR_FAILED, "The worker has ended with status 1",
    "failed > starting\nexited 1\ntried: The worker has ended with status 1\n"
    "exited 1\nstarting > failed: worker-died: The worker has ended with status 1\n" },
};

static void
test_last_failures (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (last_failures); i++) {
    Call call;

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_string_truncate (f->events, 0);
    g_setenv ("FAKE_WORKER", last_failures[i].worker, TRUE);
    f->load_error = last_failures[i].load_error;
    f->attempts_max = last_failures[i].attempts_max;
    persist (f, &call);
    finish_call (&call, "the last failure", last_failures[i].code, last_failures[i].message);
    assert_events (f, last_failures[i].events);
    assert_clean (f);
  }
}

static void
test_stopped_between_attempts (Fixture *f, gconstpointer data)
{
  Call call;

  g_setenv ("FAKE_WORKER", "exit=1", TRUE);
  persist (f, &call);
  WAIT_UNTIL (strstr (f->events->str, "tried") != NULL, "the first failure");
  stop (f);
  finish_call (&call, "the answer to the start", SVPN_ERROR_NOT_CONNECTED,
               "client 'test' was stopped before it had started");
  g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, SVPN_TUNNEL_DOWN);
}

int
main (int argc, char **argv)
{
  tunnel_test_init (&argc, &argv);
  ADD ("start-and-stop", test_start_and_stop);
  ADD ("wrong-moments", test_wrong_moments);
  ADD ("stopped-twice", test_stopped_twice);
  ADD ("deaths", test_deaths);
  ADD ("failures", test_failures);
  ADD ("no-program", test_no_program);
  ADD ("stopped-while-starting", test_stopped_while_starting);
  ADD ("worker-ends", test_worker_ends);
  ADD ("task-ends", test_task_ends);
  ADD ("reconnecting", test_reconnecting);
  ADD ("signals-lost", test_signals_lost);
  ADD ("deaf-to-stop", test_deaf_to_stop);
  ADD ("statistics", test_statistics);
  ADD ("tried-again", test_tried_again);
  ADD ("last-failures", test_last_failures);
  ADD ("stopped-between-attempts", test_stopped_between_attempts);
  return g_test_run ();
}

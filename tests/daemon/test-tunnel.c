/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of a tunnel with a fake worker: start, failures, end, adoption, retry. Nothing of the network is changed, and no
 * root is needed. */
#include "fake-worker.h"
#include "tunnel-file.h"
#include "tunnel-record.h"
#include "tunnel.h"
#include "wait.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "client-test"
#define KEY "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define NO_SUCH_INDEX "999999" /* so that nobody deletes addresses of the interface */

static char *program;

typedef struct {
  char *directory;
  SvpnEnvironment *environment;
  GObject *owner;
  SvpnTunnel *tunnel;
  GString *events; /* one a line */
  guint timeout_s, attempts_max;
  const char *prepare_error, *load_error, *adopt_error; /* NULL: none */
  GVariant *adopted_details;
} Fixture;

/* ---- The owner ---- */

static Fixture *
fixture_of (gpointer owner)
{
  return g_object_get_data (owner, "fixture");
}

static gboolean
set_error (GError **error, const char *message)
{
  if (message != NULL)
    g_set_error_literal (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, message);
  return message == NULL;
}

static gboolean
load (gpointer owner, GVariant *options, SvpnStart *start, GError **error)
{
  g_autoptr (GVariant) settings = g_variant_ref_sink (
      g_variant_new_parsed ("{'mtu': <1300>, 'private-key': <%s>, 'dns': <['192.0.2.53']>}", KEY));

  start->settings = svpn_settings_validate (SVPN_SCOPE_CLIENT, settings, NULL);
  start->timeout_s = fixture_of (owner)->timeout_s;
  start->timeout_error = g_strdup ("The test has waited long enough");
  start->wait = TRUE;
  start->attempts_max = fixture_of (owner)->attempts_max;
  return set_error (error, fixture_of (owner)->load_error);
}

static gboolean
prepare (gpointer owner, GVariant **settings, GVariantDict *details, GError **error)
{
  g_variant_dict_insert (details, "prepared", "s", "yes");
  return set_error (error, fixture_of (owner)->prepare_error);
}

static void
on_client_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) tunnel = user_data;
  GError *error = NULL;

  if (svpn_dbus_worker_call_start_client_finish (SVPN_DBUS_WORKER (source), NULL, result, &error))
    svpn_tunnel_set_up (tunnel);
  else
    svpn_tunnel_fail_call (tunnel, error);
}

static void
on_worker_state (SvpnDbusWorker *worker, const char *state, const char *reason, Fixture *f)
{
  svpn_tunnel_set_reconnecting (f->tunnel, strcmp (state, "reconnecting") == 0, reason);
}

static void
start_task (gpointer owner, SvpnDbusWorker *worker)
{
  Fixture *f = fixture_of (owner);

  g_signal_connect (worker, "state-changed", G_CALLBACK (on_worker_state), f);
  svpn_dbus_worker_call_start_client (
      worker, g_variant_new_parsed ("{'settings-hash': <%s>}", svpn_tunnel_get_hash (f->tunnel)),
      svpn_tunnel_get_cancellable (f->tunnel), on_client_started, g_object_ref (f->tunnel));
}

static gboolean
adopt (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details, GError **error)
{
  Fixture *f = fixture_of (owner);

  g_signal_connect (worker, "state-changed", G_CALLBACK (on_worker_state), f);
  f->adopted_details = g_variant_ref (details);
  return set_error (error, f->adopt_error);
}

static void
signals_lost (gpointer owner, GVariant *state)
{
  const char *role = "";

  g_variant_lookup (state, "role", "&s", &role);
  g_string_append_printf (fixture_of (owner)->events, "signals lost, role %s\n", role);
}

static void
state_changed (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason,
               const char *message)
{
  static const char *const ordinary[] = { "user", "established", "boot", NULL }; /* left out */
  Fixture *f = fixture_of (owner);
  gboolean shown = !g_strv_contains (ordinary, reason) || *message != '\0';

  g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, state);
  g_assert_cmpstr (reason, ==, svpn_tunnel_get_last_reason (f->tunnel));
  g_string_append_printf (f->events, "%s > %s%s%s%s%s\n", old_name, svpn_tunnel_get_state_name (f->tunnel),
                          shown ? ": " : "", shown ? reason : "", *message != '\0' ? ": " : "", message);
}

static void
tried (gpointer owner)
{
  Fixture *f = fixture_of (owner);

  g_string_append_printf (f->events, "tried: %s\n", svpn_tunnel_get_last_error (f->tunnel));
}

static void
exited (gpointer owner, int status)
{
  g_string_append_printf (fixture_of (owner)->events, "exited %d\n", status);
}

static void
describe (gpointer owner, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "described", "b", TRUE);
}

static const SvpnTunnelOps ops = {
  .scope = SVPN_SCOPE_CLIENT,
  .role = "client",
  .state_names = { "down", "starting", "connected", "reconnecting", "stopping", "failed" },
  .goodbye = "Goodbye",
  .error_up = SVPN_ERROR_ALREADY_CONNECTED,
  .error_down = SVPN_ERROR_NOT_CONNECTED,
  .load = load,
  .prepare = prepare,
  .start = start_task,
  .adopt = adopt,
  .signals_lost = signals_lost,
  .state_changed = state_changed,
  .tried = tried,
  .exited = exited,
  .describe = describe,
  .describe_status = describe,
  .statistics = SVPN_REPLY_CLIENT_STATISTICS,
};

/* ---- The fixture ---- */

static void
make_tunnel (Fixture *f)
{
  f->owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (f->owner, "fixture", f);
  f->tunnel = svpn_tunnel_new (f->environment, &ops, "test", f->owner);
}

static SvpnEnvironment *
make_environment (Fixture *f)
{
  SvpnEnvironment *environment = svpn_environment_new ();
  g_autoptr (GError) error = NULL;

  environment->runtime_dir = g_build_filename (f->directory, "run", NULL);
  environment->worker_program = g_strdup (program);
  g_assert_true (svpn_environment_prepare (environment, "", &error));
  g_assert_no_error (error);
  return environment;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->environment = make_environment (f);
  f->events = g_string_new (NULL);
  f->timeout_s = WAIT_TIMEOUT_S;
  g_unsetenv ("FAKE_WORKER");
  make_tunnel (f);
}

static char *
path_of (Fixture *f, const char *file)
{
  return g_build_filename (f->environment->runtime_dir, file, NULL);
}

static gboolean
exists (Fixture *f, const char *file)
{
  g_autofree char *path = path_of (f, file);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Nothing of the tunnel is left. */
static void
assert_clean (Fixture *f)
{
  g_assert_true (svpn_tunnel_is_down (f->tunnel));
  g_assert_null (svpn_tunnel_get_worker (f->tunnel));
  g_assert_null (svpn_tunnel_get_settings (f->tunnel));
  g_assert_null (svpn_tunnel_get_network (f->tunnel));
  g_assert_false (exists (f, ID));
  g_assert_false (exists (f, "daemon/" ID ".tunnel"));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *state_dir = path_of (f, "daemon"), *runtime_dir = path_of (f, "");

  assert_clean (f);
  svpn_tunnel_forget_last_run (f->tunnel);
  g_object_unref (f->tunnel);
  g_object_unref (f->owner);
  svpn_environment_free (f->environment);
  g_assert_cmpint (g_rmdir (state_dir), ==, 0);
  g_assert_cmpint (g_rmdir (runtime_dir), ==, 0);
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_clear_pointer (&f->adopted_details, g_variant_unref);
  g_string_free (f->events, TRUE);
  g_free (f->directory);
}

/* The events since the last call. */
static void
assert_events (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->events->str, ==, expected);
  g_string_truncate (f->events, 0);
}

/* ---- Calls ---- */

typedef struct {
  gboolean done;
  GError *error;
} Call;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;

  svpn_tunnel_finish (SVPN_TUNNEL (source), result, &call->error);
  call->done = TRUE;
}

static void
finish_call (Call *call, const char *what, int code, const char *message)
{
  WAIT_UNTIL (call->done, what);
  if (message == NULL)
    g_assert_no_error (call->error);
  else
    g_assert_error (call->error, SVPN_ERROR, code);
  if (message != NULL && call->error != NULL)
    g_assert_cmpstr (call->error->message, ==, message);
  g_clear_error (&call->error);
}

static void
begin_start (Fixture *f, Call *call)
{
  g_auto (SvpnStart) start = { 0 };

  *call = (Call){ FALSE };
  g_assert_true (svpn_tunnel_load (f->tunnel, NULL, &start, NULL));
  svpn_tunnel_start_async (f->tunnel, &start, on_done, call);
}

static void
bring_up (Fixture *f)
{
  Call call;

  begin_start (f, &call);
  finish_call (&call, "the start", 0, NULL);
  g_assert_true (svpn_tunnel_is_up (f->tunnel));
}

static void
stop (Fixture *f)
{
  Call call = { FALSE };

  svpn_tunnel_stop_async (f->tunnel, SVPN_REASON_USER, on_done, &call);
  finish_call (&call, "the stop", 0, NULL);
}

/* Has the fake worker do something. */
static void
give_order (Fixture *f, const char *order, const char *argument)
{
  svpn_dbus_worker_call_disconnect_client_sync (svpn_tunnel_get_worker (f->tunnel), order, argument, NULL,
                                                NULL);
}

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
  finish_call (&third, "the stop of nothing", SVPN_ERROR_NOT_CONNECTED, ID " is down");
  begin_start (f, &first);
  begin_start (f, &second);
  finish_call (&second, "the second start", SVPN_ERROR_BUSY, ID " is starting");
  finish_call (&first, "the first start", 0, NULL);
  begin_start (f, &second);
  finish_call (&second, "the start of what is up", SVPN_ERROR_ALREADY_CONNECTED, ID " is connected");
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
  finish_call (&start, "the start", SVPN_ERROR_BUSY, ID " is stopping");
  finish_call (&first, "the first stop", 0, NULL);
  finish_call (&second, "the second stop", 0, NULL);
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
    finish_call (&call, "the start", SVPN_ERROR_NOT_CONNECTED, ID " was stopped before it had started");
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
  { "kill", "", "exited 137\nconnected > failed: worker-died: The worker was killed by signal 9\n",
    "The worker was killed by signal 9" },
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
  finish_call (&call, "the start", SVPN_ERROR_ALREADY_CONNECTED, ID " is reconnecting");
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

/* ---- Adoption ---- */

#define EARLIER_OPTION "--earlier"

/* As kernel/network.c would, but for a device that nobody changes. */
static void
record_interface (Fixture *f, const char *name)
{
  g_assert_true (svpn_tunnel_file_save (
      f->environment->state_dir, ID, "network",
      g_variant_new_parsed ("{'interface': <%s>, 'ifindex': <" NO_SUCH_INDEX ">}", name), NULL));
}

/* The process of an earlier smartvpnd: brings a tunnel up and ends; the worker stays. */
static int
be_earlier (const char *directory)
{
  Fixture f = { .directory = (char *) directory, .events = g_string_new (NULL), .timeout_s = WAIT_TIMEOUT_S };

  f.environment = make_environment (&f);
  make_tunnel (&f);
  bring_up (&f);
  record_interface (&f, "lo");
  return svpn_tunnel_is_up (f.tunnel) ? 0 : 1;
}

/* smartvpnd goes, its worker stays, and the smartvpnd that comes is ours. */
static void
take_over (Fixture *f)
{
  const char *const argv[] = { program, EARLIER_OPTION, f->directory, NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_object_unref (f->tunnel);
  g_object_unref (f->owner);
  g_clear_pointer (&f->adopted_details, g_variant_unref);
  svpn_environment_free (f->environment);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  f->environment = make_environment (f);
  make_tunnel (f);
}

/* Beside the tunnel: NULL if nobody answers at the control socket. */
static SvpnDbusWorker *
connect_to_worker (Fixture *f)
{
  g_autofree char *path = path_of (f, ID "/control"), *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);

  return connection != NULL ? svpn_dbus_worker_proxy_new_sync (
             connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, "/org/smartvpn/Worker", NULL, NULL)
                            : NULL;
}

static gboolean
worker_is_gone (Fixture *f)
{
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);

  return worker == NULL;
}

static void
order_found_worker (Fixture *f, const char *order, const char *argument)
{
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);

  svpn_dbus_worker_call_disconnect_client_sync (worker, order, argument, NULL, NULL);
}

static void
attach (Fixture *f)
{
  Call call = { FALSE };

  svpn_tunnel_attach_async (f->tunnel, on_done, &call);
  WAIT_UNTIL (call.done, "the end of the search for a worker");
  g_clear_error (&call.error);
}

static void
test_adoption (Fixture *f, gconstpointer data)
{
  const char *prepared = NULL;
  gint64 since_s = g_get_real_time () / G_USEC_PER_SEC - 1000;
  g_auto (GVariantDict) status = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_int64 (since_s));
  guint64 since = 0, uptime_s = 0;

  take_over (f);
  g_autoptr (SvpnTunnelRecord) record
      = svpn_tunnel_record_load (f->environment->state_dir, SVPN_SCOPE_CLIENT, ID);
  g_assert_true (
      svpn_tunnel_record_put (f->environment->state_dir, SVPN_SCOPE_CLIENT, ID, "since", value, NULL));
  attach (f);
  assert_events (f, "down > connected: established: found so when smartvpnd started\n");
  g_assert_cmpstr (svpn_tunnel_get_hash (f->tunnel), ==, record->hash);
  g_assert_cmpuint (svpn_settings_get_uint (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "mtu"),
                    ==, 1300);
  g_auto (GStrv) dns
      = svpn_settings_get_strings (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "dns");
  g_assert_cmpstrv (dns, ((const char *[]){ "192.0.2.53", NULL }));
  g_assert_true (g_variant_lookup (f->adopted_details, "prepared", "&s", &prepared));
  svpn_tunnel_describe_status (f->tunnel, &status);
  g_assert_true (g_variant_dict_lookup (&status, "since", "t", &since));
  g_assert_true (g_variant_dict_lookup (&status, "uptime-s", "t", &uptime_s));
  g_assert_cmpint ((gint64) since, ==, since_s);
  g_assert_cmpuint (uptime_s, >=, 1000);
  give_order (f, "lost", "cut"); /* its signals are followed */
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_RECONNECTING, "reconnecting");
  stop (f);
  assert_events (f, "connected > reconnecting: connection-lost: cut\nreconnecting > stopping\nexited "
                    "-1\nstopping > down\n");
}

/* One that is reconnecting is adopted in that state. */
static void
test_adoption_while_reconnecting (Fixture *f, gconstpointer data)
{
  take_over (f);
  order_found_worker (f, "state", "reconnecting");
  attach (f);
  assert_events (f, "down > reconnecting: connection-lost: found so when smartvpnd started\n");
  stop (f);
}

typedef enum {
  CHANGE_NOTHING,
  REMOVE_RECORD = 1 << 0,
  OTHER_INTERFACE = 1 << 1,
  NO_INTERFACE = 1 << 2,
  KILL_WORKER = 1 << 3,
  REFUSE = 1 << 4,
} Change;

#define OTHER_SETTINGS "The worker that was found runs with other settings than those recorded"
#define INTERRUPTED "The start was interrupted when smartvpnd ended"
#define DEVICE_GONE "The network interface of the worker that was found is gone"
#define DIED "The worker died while smartvpnd was not running"

/* What is different when another smartvpnd comes; the worker is ended, and the tunnel has failed. */
static const struct {
  const char *entry, *value; /* of GetState(); NULL: none is different */
  Change change;
  const char *error; /* "": down, and not failed */
} mismatches[] = {
  { "role", "server", CHANGE_NOTHING, INTERRUPTED },
  { "role", "idle", CHANGE_NOTHING, INTERRUPTED },
  { "state", "connecting", CHANGE_NOTHING, INTERRUPTED },
  { "state", "", CHANGE_NOTHING, INTERRUPTED },
  { "settings-hash", "0000", CHANGE_NOTHING, OTHER_SETTINGS },
  { "settings-hash", "", CHANGE_NOTHING, OTHER_SETTINGS },
  { NULL, NULL, REMOVE_RECORD, OTHER_SETTINGS },
  { NULL, NULL, OTHER_INTERFACE, DEVICE_GONE },
  { NULL, NULL, NO_INTERFACE, DEVICE_GONE },
  { NULL, NULL, REFUSE, "assignment: it cannot be" },
  { NULL, NULL, KILL_WORKER, DIED },
  { NULL, NULL, KILL_WORKER | REMOVE_RECORD, "" },
};

static void
apply_change (Fixture *f, Change change)
{
  if (change & OTHER_INTERFACE)
    record_interface (f, "svpn-no-such");
  if (change & NO_INTERFACE)
    svpn_tunnel_file_remove (f->environment->state_dir, ID, "network");
  if (change & REMOVE_RECORD)
    svpn_tunnel_file_remove (f->environment->state_dir, ID, "record");
  f->adopt_error = change & REFUSE ? "assignment: it cannot be" : NULL;
  if (change & KILL_WORKER) {
    order_found_worker (f, "kill", "");
    WAIT_UNTIL (worker_is_gone (f), "the end of the worker");
  }
}

static void
test_mismatches (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mismatches); i++) {
    gboolean failed = *mismatches[i].error != '\0';

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, mismatches[i].error);
    svpn_tunnel_forget_last_run (f->tunnel);
    take_over (f);
    if (mismatches[i].entry != NULL)
      order_found_worker (f, mismatches[i].entry, mismatches[i].value);
    apply_change (f, mismatches[i].change);
    attach (f);
    g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, mismatches[i].error);
    g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, failed ? SVPN_TUNNEL_FAILED : SVPN_TUNNEL_DOWN);
    assert_clean (f);
    g_assert_true (worker_is_gone (f));
  }
}

/* A socket that another user serves is not that of a worker: nothing is asked of him. */
static void
test_served_by_another_user (Fixture *f, gconstpointer data)
{
  g_autofree char *message = g_strdup_printf (
      ID ": user %u serves the control socket, but workers run as user %u", geteuid (), geteuid () + 1);

  take_over (f);
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);
  f->environment->worker_uid++;
  attach (f);
  g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, message);
  svpn_dbus_worker_call_disconnect_client_sync (worker, "exit", "0", NULL, NULL);
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
               ID " was stopped before it had started");
  g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, SVPN_TUNNEL_DOWN);
}

int
main (int argc, char **argv)
{
  if (fake_worker_is_wanted (argc, argv))
    return fake_worker_run (argc, argv);
  program = g_canonicalize_filename (argv[0], NULL);
  if (argc == 3 && strcmp (argv[1], EARLIER_OPTION) == 0)
    return be_earlier (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK
                          | G_LOG_LEVEL_CRITICAL); /* warnings are part of the failures here */
#define ADD(path, function) g_test_add ("/tunnel/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("start-and-stop", test_start_and_stop);
  ADD ("wrong-moments", test_wrong_moments);
  ADD ("stopped-twice", test_stopped_twice);
  ADD ("failures", test_failures);
  ADD ("no-program", test_no_program);
  ADD ("stopped-while-starting", test_stopped_while_starting);
  ADD ("worker-ends", test_worker_ends);
  ADD ("task-ends", test_task_ends);
  ADD ("reconnecting", test_reconnecting);
  ADD ("signals-lost", test_signals_lost);
  ADD ("deaf-to-stop", test_deaf_to_stop);
  ADD ("statistics", test_statistics);
  ADD ("adoption", test_adoption);
  ADD ("adoption-while-reconnecting", test_adoption_while_reconnecting);
  ADD ("mismatches", test_mismatches);
  ADD ("served-by-another-user", test_served_by_another_user);
  ADD ("tried-again", test_tried_again);
  ADD ("last-failures", test_last_failures);
  ADD ("stopped-between-attempts", test_stopped_between_attempts);
  return g_test_run ();
}

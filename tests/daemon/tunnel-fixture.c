/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A tunnel with an owner that writes down what it is told, and a fake worker. */
#include "tunnel-fixture.h"

#include <glib/gstdio.h>

char *program;

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

void
make_tunnel (Fixture *f)
{
  f->owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (f->owner, "fixture", f);
  f->tunnel = svpn_tunnel_new (f->environment, &ops, "test", f->owner);
}

SvpnEnvironment *
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

void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->environment = make_environment (f);
  f->events = g_string_new (NULL);
  f->timeout_s = WAIT_TIMEOUT_S;
  g_unsetenv ("FAKE_WORKER");
  make_tunnel (f);
}

char *
path_of (Fixture *f, const char *file)
{
  return g_build_filename (f->environment->runtime_dir, file, NULL);
}

gboolean
exists (Fixture *f, const char *file)
{
  g_autofree char *path = path_of (f, file);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
assert_clean (Fixture *f)
{
  g_assert_true (svpn_tunnel_is_down (f->tunnel));
  g_assert_null (svpn_tunnel_get_worker (f->tunnel));
  g_assert_null (svpn_tunnel_get_settings (f->tunnel));
  g_assert_null (svpn_tunnel_get_network (f->tunnel));
  g_assert_false (exists (f, ID));
  g_assert_false (exists (f, "daemon/" ID ".tunnel"));
}

void
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

void
assert_events (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->events->str, ==, expected);
  g_string_truncate (f->events, 0);
}

/* ---- Calls ---- */

void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;

  svpn_tunnel_finish (SVPN_TUNNEL (source), result, &call->error);
  call->done = TRUE;
}

void
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

void
begin_start (Fixture *f, Call *call)
{
  g_auto (SvpnStart) start = { 0 };

  *call = (Call){ FALSE };
  g_assert_true (svpn_tunnel_load (f->tunnel, NULL, &start, NULL));
  svpn_tunnel_start_async (f->tunnel, &start, on_done, call);
}

void
bring_up (Fixture *f)
{
  Call call;

  begin_start (f, &call);
  finish_call (&call, "the start", 0, NULL);
  g_assert_true (svpn_tunnel_is_up (f->tunnel));
}

void
stop (Fixture *f)
{
  Call call = { FALSE };

  svpn_tunnel_stop_async (f->tunnel, SVPN_REASON_USER, on_done, &call);
  finish_call (&call, "the stop", 0, NULL);
}

void
give_order (Fixture *f, const char *order, const char *argument)
{
  svpn_dbus_worker_call_disconnect_client_sync (svpn_tunnel_get_worker (f->tunnel), order, argument, NULL,
                                                NULL);
}

void
tunnel_test_init (int *argc, char ***argv)
{
  if (fake_worker_is_wanted (*argc, *argv))
    fake_worker_run (*argc, *argv);
  program = g_canonicalize_filename ((*argv)[0], NULL);
  g_test_init (argc, argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
}

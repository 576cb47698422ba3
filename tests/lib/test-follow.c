/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The manager follows a service that comes, goes, and changes meanwhile. Objects stay the same. */
#include "scene.h"

#define OFFICE_PATH "/org/smartvpn/clients/office"
#define ADD_OFFICE                                                                                           \
  "(objectpath '" OFFICE_PATH "', {'Name': <'office'>, 'ServerUrl': <'wss://office.example/'>})"

static void
on_count (gpointer counter)
{
  (*(guint *) counter)++;
}

/* Counts the emissions of a signal. */
static void
count (gpointer object, const char *signal, guint *counter)
{
  *counter = 0;
  g_signal_connect_swapped (object, signal, G_CALLBACK (on_count), counter);
}

static char *
names_of (GListModel *list)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (list, i);

    g_string_append_printf (names, "%s ", smartvpn_profile_get_name (profile));
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_names (GListModel *list, const char *expected)
{
  g_autofree char *names = names_of (list);

  g_assert_cmpstr (names, ==, expected);
}

/* Asserts everything that a manager knows of a running service. */
static void
assert_known (SmartvpnManager *manager)
{
  SmartvpnClient *client = smartvpn_manager_get_client (manager, "default");
  SmartvpnServer *server = smartvpn_manager_get_server (manager, "default");

  g_assert_true (smartvpn_manager_get_running (manager));
  g_assert_cmpstr (smartvpn_manager_get_version (manager), ==, "1.2.3");
  assert_names (smartvpn_manager_get_clients (manager), "default ");
  assert_names (smartvpn_manager_get_servers (manager), "default ");
  g_assert_cmpstr (smartvpn_profile_get_object_path (SMARTVPN_PROFILE (client)), ==, CLIENT_PATH);
  g_assert_cmpstr (smartvpn_client_get_server_url (client), ==, "wss://vpn.example/");
  g_assert_null (smartvpn_client_get_assigned_ip (client));
  g_assert_cmpstr (smartvpn_server_get_public_key (server), ==, "KEY=");
  g_assert_cmpuint (g_strv_length ((char **) smartvpn_server_get_subnet (server)), ==, 0);
  g_assert_null (smartvpn_manager_get_client (manager, "office"));
}

static void
test_new_sync (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  scene_appear (scene);
  scene->manager = smartvpn_manager_new_sync (NULL, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  assert_known (scene->manager);
}

static void
test_new_async (Scene *scene, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_appear (scene);
  g_setenv ("SMARTVPN_BUS", g_test_dbus_get_bus_address (scene->bus), TRUE);
  smartvpn_manager_new_async (NULL, scene_keep_result, &result);
  WAIT_UNTIL (result != NULL);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
  scene->manager = smartvpn_manager_new_finish (result, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  assert_known (scene->manager);
}

/* Cancelled before it begins, and while it runs. */
static void
test_new_cancelled (Scene *scene, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_appear (scene);
  smartvpn_manager_new_for_connection_async (scene->connection, cancellable, scene_keep_result, &result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  g_assert_null (smartvpn_manager_new_for_connection_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (smartvpn_manager_new_for_connection_sync (scene->connection, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_no_bus (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_setenv ("SMARTVPN_BUS", "unix:path=/nonexistent/bus", TRUE);
  g_assert_null (smartvpn_manager_new_sync (NULL, &error));
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Without a service that runs or can be started there is no error, but calls fail. Then the service comes. */
static void
test_not_there (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint running;

  scene->manager = smartvpn_manager_new_sync (NULL, &error);
  g_assert_no_error (error);
  g_assert_false (smartvpn_manager_get_running (scene->manager));
  g_assert_null (smartvpn_manager_get_version (scene->manager));
  g_assert_null (smartvpn_manager_get_client (scene->manager, "default"));
  g_assert_false (smartvpn_manager_generate_keypair_sync (scene->manager, NULL, NULL, NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);

  count (scene->manager, "notify::running", &running);
  scene_appear (scene);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  assert_known (scene->manager);
  g_assert_cmpuint (running, ==, 1);
}

static void
test_list (Scene *scene, gconstpointer data)
{
  GListModel *clients;
  guint changes;

  scene_client (scene);
  clients = smartvpn_manager_get_clients (scene->manager);
  count (clients, "items-changed", &changes);
  scene_tell (scene, "Add", ADD_OFFICE);
  scene_tell (scene, "Add", "(objectpath '/org/smartvpn/clients/branch', {'Name': <'branch'>})");
  WAIT_UNTIL (g_list_model_get_n_items (clients) == 3);
  assert_names (clients, "branch default office ");
  assert_names (smartvpn_manager_get_servers (scene->manager), "default ");
  g_assert_cmpstr (smartvpn_client_get_server_url (smartvpn_manager_get_client (scene->manager, "office")),
                   ==, "wss://office.example/");
  scene_tell (scene, "Remove", "(objectpath '" OFFICE_PATH "',)");
  WAIT_UNTIL (smartvpn_manager_get_client (scene->manager, "office") == NULL);
  assert_names (clients, "branch default ");
  g_assert_cmpuint (changes, ==, 3);
}

typedef struct {
  SmartvpnClientState state, before;
  SmartvpnHealth health;
  guint states, healths, running;
  gboolean was_running;
} Seen;

static void
on_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                  const char *reason, GVariant *details, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpint (state, ==, smartvpn_client_get_state (client));
  g_assert_cmpstr (smartvpn_client_get_assigned_ip (client), ==, "10.8.0.7"); /* all properties are there */
  seen->state = state;
  seen->before = before;
  seen->states++;
}

static void
on_health_changed (SmartvpnClient *client, SmartvpnHealth health, SmartvpnHealth before, gpointer user_data)
{
  Seen *seen = user_data;

  seen->health = health;
  seen->healths++;
}

/* Called when everything is up to date. */
static void
on_running (SmartvpnManager *manager, GParamSpec *spec, gpointer user_data)
{
  Seen *seen = user_data;

  seen->running++;
  seen->was_running = smartvpn_manager_get_running (manager);
  if (seen->was_running)
    g_assert_cmpint (seen->state, ==, SMARTVPN_CLIENT_STATE_CONNECTED);
}

#define CONNECTED                                                                                            \
  "(objectpath '" CLIENT_PATH                                                                                \
  "', {'State': <'connected'>, 'AssignedIp': <'10.8.0.7'>, 'Health': <'degraded'>}, true)"

/* Objects stay, and changes are signalled when the service is back. New profiles are added, and missing ones removed. */
static void
test_away (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  SmartvpnServer *server = smartvpn_manager_get_server (scene->manager, "default");
  g_autoptr (SmartvpnClient) office = NULL;
  guint started, stopped, addresses, urls;
  Seen seen = { 0 };

  scene_tell (scene, "Add", ADD_OFFICE);
  WAIT_UNTIL (smartvpn_manager_get_client (scene->manager, "office") != NULL);
  office = g_object_ref (smartvpn_manager_get_client (scene->manager, "office"));
  g_signal_connect (client, "state-changed", G_CALLBACK (on_state_changed), &seen);
  g_signal_connect (client, "health-changed", G_CALLBACK (on_health_changed), &seen);
  g_signal_connect (scene->manager, "notify::running", G_CALLBACK (on_running), &seen);
  count (server, "started", &started);
  count (server, "stopped", &stopped);
  count (client, "notify::assigned-ip", &addresses);
  count (client, "notify::server-url", &urls);

  scene_tell (scene, "Release", NULL);
  WAIT_UNTIL (!smartvpn_manager_get_running (scene->manager));
  assert_names (smartvpn_manager_get_clients (scene->manager), "default office ");
  g_assert_cmpstr (smartvpn_client_get_server_url (client), ==, "wss://vpn.example/");
  g_assert_cmpstr (smartvpn_manager_get_version (scene->manager), ==, "1.2.3");

  scene_tell (scene, "Change", CONNECTED);
  scene_tell (scene, "Change", "(objectpath '" SERVER_PATH "', {'State': <'running'>}, true)");
  scene_tell (scene, "Remove", "(objectpath '" OFFICE_PATH "',)");
  scene_tell (scene, "Add", "(objectpath '/org/smartvpn/servers/branch', {'Name': <'branch'>})");
  scene_settle (scene);
  g_assert_cmpint (smartvpn_client_get_state (client), ==, SMARTVPN_CLIENT_STATE_DISCONNECTED);
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));

  g_assert_true (smartvpn_manager_get_client (scene->manager, "default") == client);
  g_assert_true (smartvpn_manager_get_server (scene->manager, "default") == server);
  assert_names (smartvpn_manager_get_clients (scene->manager), "default ");
  assert_names (smartvpn_manager_get_servers (scene->manager), "branch default ");
  g_assert_cmpint (seen.state, ==, SMARTVPN_CLIENT_STATE_CONNECTED);
  g_assert_cmpint (seen.before, ==, SMARTVPN_CLIENT_STATE_DISCONNECTED);
  g_assert_cmpint (seen.health, ==, SMARTVPN_HEALTH_DEGRADED);
  g_assert_true (seen.was_running);
  g_assert_cmpuint (seen.states, ==, 1);
  g_assert_cmpuint (seen.healths, ==, 1);
  g_assert_cmpuint (seen.running, ==, 2);
  g_assert_cmpuint (started, ==, 1);
  g_assert_cmpuint (stopped, ==, 0);
  g_assert_cmpuint (addresses, ==, 1);
  g_assert_cmpuint (urls, ==, 0);
  g_assert_cmpstr (smartvpn_profile_get_name (SMARTVPN_PROFILE (office)), ==,
                   "office"); /* removed, but still valid */
}

/* A server that has ended while smartvpnd was away. */
static void
test_ended_meanwhile (Scene *scene, gconstpointer data)
{
  SmartvpnServer *server = scene_server (scene);
  guint started, stopped;

  scene_tell (scene, "Change", "(objectpath '" SERVER_PATH "', {'State': <'running'>}, false)");
  WAIT_UNTIL (smartvpn_server_get_state (server) == SMARTVPN_SERVER_STATE_RUNNING);
  count (server, "started", &started);
  count (server, "stopped", &stopped);
  scene_tell (scene, "Release", NULL);
  scene_tell (scene, "Change",
              "(objectpath '" SERVER_PATH "', {'State': <'failed'>, 'LastError': <'died'>}, true)");
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL (stopped == 1);
  g_assert_cmpuint (started, ==, 0);
  g_assert_cmpint (smartvpn_server_get_state (server), ==, SMARTVPN_SERVER_STATE_FAILED);
  g_assert_cmpstr (smartvpn_profile_get_last_error (SMARTVPN_PROFILE (server)), ==, "died");
}

/* A server that was not running before and after is neither started nor stopped. */
static void
test_failed_meanwhile (Scene *scene, gconstpointer data)
{
  SmartvpnServer *server = scene_server (scene);
  guint started, stopped;

  count (server, "started", &started);
  count (server, "stopped", &stopped);
  scene_tell (scene, "Release", NULL);
  scene_tell (scene, "Change", "(objectpath '" SERVER_PATH "', {'State': <'failed'>}, true)");
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL (smartvpn_server_get_state (server) == SMARTVPN_SERVER_STATE_FAILED);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  g_assert_cmpuint (started, ==, 0);
  g_assert_cmpuint (stopped, ==, 0);
}

/* The service comes and goes faster than the manager can follow. */
static void
test_flapping (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);

  for (int i = 0; i < 20; i++) {
    scene_tell (scene, "Release", NULL);
    scene_tell (scene, "Own", NULL);
  }
  scene_tell (scene, "Change", CONNECTED);
  scene_tell (scene, "Release", NULL);
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL (smartvpn_client_get_state (client) == SMARTVPN_CLIENT_STATE_CONNECTED);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  g_assert_true (smartvpn_manager_get_client (scene->manager, "default") == client);
}

/* A closed bus stays closed, without other consequences. */
static void
test_bus_closed (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  scene_appear (scene);
  g_setenv ("SMARTVPN_BUS", g_test_dbus_get_bus_address (scene->bus), TRUE);
  scene->manager = smartvpn_manager_new_sync (NULL, &error);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
  g_assert_no_error (error);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  g_assert_true (g_dbus_connection_close_sync (smartvpn_manager_get_connection (scene->manager), NULL, NULL));
  WAIT_UNTIL (!smartvpn_manager_get_running (scene->manager));
  g_assert_false (smartvpn_manager_generate_keypair_sync (scene->manager, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
drop_manager (Scene *scene)
{
  g_clear_object (&scene->manager);
}

/* A program may drop the manager in any callback. Objects that it keeps can still be called. */
static void
test_dropped (Scene *scene, gconstpointer data)
{
  g_autoptr (SmartvpnClient) client = g_object_ref (scene_client (scene));
  g_autoptr (GError) error = NULL;

  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (drop_manager), scene);
  scene_tell (scene, "Change", CONNECTED);
  scene_tell (scene, "Release", NULL);
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL (scene->manager == NULL);
  g_assert_true (smartvpn_client_disconnect_sync (client, NULL, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
#define ADD(path, function) g_test_add ("/follow/" path, Scene, NULL, scene_set_up, function, scene_tear_down)
  ADD ("new-sync", test_new_sync);
  ADD ("new-async", test_new_async);
  ADD ("new-cancelled", test_new_cancelled);
  ADD ("no-bus", test_no_bus);
  ADD ("not-there", test_not_there);
  ADD ("list", test_list);
  ADD ("away", test_away);
  ADD ("ended-meanwhile", test_ended_meanwhile);
  ADD ("failed-meanwhile", test_failed_meanwhile);
  ADD ("flapping", test_flapping);
  ADD ("bus-closed", test_bus_closed);
  ADD ("dropped", test_dropped);
  return g_test_run ();
}

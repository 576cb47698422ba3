/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Properties and signals mirror those on D-Bus, in one main context. */
#include "scene.h"

/* @arguments: an array of them */
static void
emit (Scene *scene, const char *path, const char *interface, const char *name, const char *arguments)
{
  g_autoptr (GVariant) words = g_variant_parse (G_VARIANT_TYPE ("av"), arguments, NULL, NULL, NULL);

  g_assert_nonnull (words);
  scene_tell (scene, "Emit", "(%o, %s, %s, %@av)", path, interface, name, words);
}

static void
change (Scene *scene, const char *path, const char *properties)
{
  g_autoptr (GVariant) dictionary = g_variant_ref_sink (g_variant_new_parsed (properties));

  scene_tell (scene, "Change", "(%o, %@a{sv}, false)", path, dictionary);
}

/* Notes what is notified. GObject decides on the order. */
static void
on_notify (GObject *object, GParamSpec *spec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", spec->name);
}

static int
compare_words (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
sort_words (GString *text)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp (text->str), " ", -1);
  g_autofree char *sorted = NULL;

  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  sorted = g_strjoinv (" ", words);
  g_string_assign (text, sorted);
}

static void
assert_notified (GString *seen, const char *expected)
{
  sort_words (seen);
  g_assert_cmpstr (seen->str, ==, expected);
  g_string_truncate (seen, 0);
}

static void
assert_seen (GString *seen, const char *expected)
{
  g_assert_cmpstr (seen->str, ==, expected);
  g_string_truncate (seen, 0);
}

/* Each change is notified once, after all properties are set. Equal values are not notified; one of another type reads as the default. */
static void
test_properties (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (client, "notify", G_CALLBACK (on_notify), seen);
  change (scene, CLIENT_PATH, "{'State': <'connected'>, 'AssignedIp': <'10.8.0.7'>, 'Interface': <'svpn0'>}");
  WAIT_UNTIL (seen->len > 0);
  assert_notified (seen, "assigned-ip interface state state-word");
  g_assert_cmpint (smartvpn_client_get_state (client), ==, SMARTVPN_CLIENT_STATE_CONNECTED);
  g_assert_cmpstr (smartvpn_client_get_assigned_ip (client), ==, "10.8.0.7");
  g_assert_cmpstr (smartvpn_profile_get_interface (SMARTVPN_PROFILE (client)), ==, "svpn0");

  change (scene, CLIENT_PATH, "{'State': <'connected'>, 'Health': <'degraded'>}");
  WAIT_UNTIL (seen->len > 0);
  assert_notified (seen, "health health-word");
  g_assert_cmpint (smartvpn_client_get_health (client), ==, SMARTVPN_HEALTH_DEGRADED);

  change (scene, CLIENT_PATH,
          "{'State': <uint32 3>, 'AssignedIp': <['10.8.0.9']>, 'Newer': <'thing'>, 'ObjectPath': <'/evil'>,"
          " 'Health': <'splendid'>}");
  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnClient: state *type u *");
  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnClient: state-word *type u *");
  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnClient: assigned-ip *type as *");
  WAIT_UNTIL (seen->len > 0);
  g_test_assert_expected_messages ();
  assert_notified (seen, "assigned-ip health health-word state state-word");
  g_assert_cmpint (smartvpn_client_get_health (client), ==, SMARTVPN_HEALTH_UNKNOWN);
  g_assert_cmpstr (smartvpn_client_get_health_word (client), ==, "splendid");
  g_assert_cmpint (smartvpn_client_get_state (client), ==, SMARTVPN_CLIENT_STATE_UNKNOWN);
  g_assert_null (smartvpn_client_get_state_word (client));
  g_assert_null (smartvpn_client_get_assigned_ip (client));
  g_assert_cmpstr (smartvpn_profile_get_object_path (SMARTVPN_PROFILE (client)), ==, CLIENT_PATH);

  change (scene, CLIENT_PATH, "{'LastError': <'oops'>}");
  change (scene, CLIENT_PATH, "{'LastError': <''>}");
  WAIT_UNTIL (g_str_equal (seen->str, "last-error last-error "));
  g_assert_null (smartvpn_profile_get_last_error (SMARTVPN_PROFILE (client)));
}

static void
test_server_properties (Scene *scene, gconstpointer data)
{
  SmartvpnServer *server = scene_server (scene);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_auto (GStrv) subnet = NULL;

  g_signal_connect (server, "notify", G_CALLBACK (on_notify), seen);
  change (scene, SERVER_PATH,
          "{'ListenAddress': <@as []>, 'Subnet': <['10.8.0.0/24', 'fd00:8::/64']>, 'ConnectedClients': "
          "<uint32 2>,"
          " 'PublicKey': <'KEY='>, 'State': <'running'>}");
  WAIT_UNTIL (seen->len > 0);
  assert_notified (seen, "connected-clients state state-word subnet");
  g_assert_cmpstr (smartvpn_server_get_subnet (server)[1], ==, "fd00:8::/64");
  g_assert_cmpuint (smartvpn_server_get_connected_clients (server), ==, 2);
  g_assert_cmpint (smartvpn_server_get_state (server), ==, SMARTVPN_SERVER_STATE_RUNNING);
  g_object_get (server, "subnet", &subnet, NULL);
  g_assert_cmpstr (subnet[0], ==, "10.8.0.0/24");
}

static void
on_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                  const char *reason, GVariant *details, gpointer user_data)
{
  g_string_append_printf (user_data, "%s, was %s: %s; ", smartvpn_client_state_to_string (state),
                          smartvpn_client_state_to_string (before), reason);
}

static void
on_health_changed (SmartvpnClient *client, SmartvpnHealth health, SmartvpnHealth before, gpointer user_data)
{
  g_string_append_printf (user_data, "%s, was %s; ", smartvpn_health_to_string (health),
                          smartvpn_health_to_string (before));
}

static void
on_reconnected (SmartvpnClient *client, SmartvpnReconnection *details, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GUINT64_FORMAT " ms, %u, %s; ",
                          smartvpn_reconnection_get_duration_ms (details),
                          smartvpn_reconnection_get_attempts (details),
                          smartvpn_reconnection_get_same_address (details) ? "same" : "other");
}

static void
on_exited (SmartvpnProfile *profile, int status, gpointer user_data)
{
  g_string_append_printf (user_data, "%s exited: %d; ", smartvpn_profile_get_name (profile), status);
}

static void
on_network_restored (SmartvpnProfile *profile, const char *const *what, gpointer user_data)
{
  g_autofree char *text = g_strjoinv (", ", (char **) what);

  g_string_append_printf (user_data, "restored %s; ", text);
}

static void
on_config_changed (SmartvpnClient *client, SmartvpnConnection *config, gpointer user_data)
{
  g_string_append_printf (user_data, "mtu %u; ", smartvpn_connection_get_mtu (config));
}

static void
test_client_signals (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GString) seen = g_string_new (NULL);
  static const struct {
    const char *name, *arguments;
  } signals[] = {
    { "StateChanged", "[<'reconnecting'>, <'connected'>, <'no-answer'>, <{'message': <'cut'>}>]" },
    { "HealthChanged", "[<'healthy'>, <''>]" },
    { "Reconnected", "[<{'duration-ms': <uint64 1500>, 'attempts': <uint32 2>, 'same-address': <true>}>]" },
    { "ConfigChanged", "[<{'mtu': <uint32 1300>, 'dns': <['192.0.2.53']>}>]" },
    { "Newer", "[<'thing'>]" },
    { "NetworkRestored", "[<['route 10.20.0.0/16', 'the device']>]" },
    { "NetworkRestored", "[<'no list'>]" },
    { "Exited", "[<137>]" },
  };

  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnClient: NetworkRestored *type (s) *");
  g_signal_connect (client, "state-changed", G_CALLBACK (on_state_changed), seen);
  g_signal_connect (client, "health-changed", G_CALLBACK (on_health_changed), seen);
  g_signal_connect (client, "reconnected", G_CALLBACK (on_reconnected), seen);
  g_signal_connect (client, "config-changed", G_CALLBACK (on_config_changed), seen);
  g_signal_connect (client, "network-restored", G_CALLBACK (on_network_restored), seen);
  g_signal_connect (client, "exited", G_CALLBACK (on_exited), seen);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    emit (scene, CLIENT_PATH, "org.smartvpn.Client", signals[i].name, signals[i].arguments);
  WAIT_UNTIL (strstr (seen->str, "exited") != NULL);
  assert_seen (seen, "reconnecting, was connected: no-answer; healthy, was none; 1500 ms, 2, same; mtu 1300; "
                     "restored route 10.20.0.0/16, the device; default exited: 137; ");
}

static void
on_client (SmartvpnServer *server, const char *id, SmartvpnSession *session, gpointer user_data)
{
  g_string_append_printf (user_data, "%s is %s; ", id, smartvpn_session_get_name (session));
}

static void
on_client_gone (SmartvpnServer *server, const char *id, const char *reason, SmartvpnSession *session,
                gpointer user_data)
{
  SmartvpnStatistics *statistics = smartvpn_session_get_statistics (session);

  g_string_append_printf (user_data, "%s gone: %s, %" G_GUINT64_FORMAT " bytes; ", id, reason,
                          smartvpn_statistics_get_bytes_sent (statistics));
}

static void
on_plain (gpointer user_data)
{
  g_string_append (user_data, "plain; ");
}

static void
test_server_signals (Scene *scene, gconstpointer data)
{
  SmartvpnServer *server = scene_server (scene);
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), seen);
  g_signal_connect (server, "client-disconnected", G_CALLBACK (on_client_gone), seen);
  g_signal_connect_swapped (server, "started", G_CALLBACK (on_plain), seen);
  g_signal_connect_swapped (server, "stopped", G_CALLBACK (on_plain), seen);
  g_signal_connect (server, "exited", G_CALLBACK (on_exited), seen);
  emit (scene, SERVER_PATH, "org.smartvpn.Server", "Started", "[]");
  emit (scene, SERVER_PATH, "org.smartvpn.Server", "ClientConnected", "[<'e4'>, <{'name': <'laptop'>}>]");
  emit (scene, SERVER_PATH, "org.smartvpn.Server", "ClientDisconnected",
        "[<'e4'>, <'revoked'>, <{'bytes-sent': <uint64 9>}>]");
  emit (scene, SERVER_PATH, "org.smartvpn.Server", "Stopped", "[]");
  emit (scene, SERVER_PATH, "org.smartvpn.Server", "Exited", "[<0>]");
  WAIT_UNTIL (strstr (seen->str, "exited") != NULL);
  assert_seen (seen, "plain; e4 is laptop; e4 gone: revoked, 9 bytes; plain; default exited: 0; ");
}

/* Signals of another service or another object are ignored. */
static void
test_not_ours (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (client, "notify", G_CALLBACK (on_notify), seen);
  g_signal_connect (client, "exited", G_CALLBACK (on_exited), seen);
  g_assert_true (g_dbus_connection_emit_signal (scene->connection, NULL, CLIENT_PATH, "org.smartvpn.Client",
                                                "Exited", g_variant_new ("(i)", 7), NULL));
  g_assert_true (g_dbus_connection_emit_signal (
      scene->connection, NULL, CLIENT_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new_parsed ("('org.smartvpn.Client', {'State': <'failed'>}, @as [])"), NULL));
  g_assert_true (g_dbus_connection_flush_sync (scene->connection, NULL, NULL));
  emit (scene, "/org/smartvpn/clients/other", "org.smartvpn.Client", "Exited", "[<7>]");
  emit (scene, CLIENT_PATH, "org.smartvpn.Client", "Exited", "[<1>]");
  WAIT_UNTIL (seen->len > 0);
  assert_seen (seen, "default exited: 1; ");
}

static void
on_state_in_context (SmartvpnClient *client, GParamSpec *spec, gpointer user_data)
{
  g_assert_true (g_main_context_is_owner (user_data));
  g_object_set_data (G_OBJECT (client), "seen", client);
}

/* Everything arrives in the context where the manager was made, also after a restart, and not during a blocking call. */
static void
test_context (Scene *scene, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  SmartvpnClient *client;

  scene_appear (scene);
  g_main_context_push_thread_default (context);
  scene->manager = smartvpn_manager_new_sync (NULL, &error);
  g_main_context_pop_thread_default (context);
  g_assert_no_error (error);
  WAIT_UNTIL_IN (context, smartvpn_manager_get_running (scene->manager));
  client = smartvpn_manager_get_client (scene->manager, "default");
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state_in_context), context);

  change (scene, CLIENT_PATH, "{'State': <'connected'>}");
  for (int i = 0; i < 3; i++) {
    scene_tell (scene, "Answer", "('Client.GetStatus', <({'state': <'connected'>},)>)");
    g_object_unref (smartvpn_client_get_status_sync (client, NULL, &error));
    g_assert_no_error (error);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_assert_cmpint (smartvpn_client_get_state (client), ==, SMARTVPN_CLIENT_STATE_DISCONNECTED);
  }
  WAIT_UNTIL_IN (context, smartvpn_client_get_state (client) == SMARTVPN_CLIENT_STATE_CONNECTED);

  scene_tell (scene, "Release", NULL);
  WAIT_UNTIL_IN (context, !smartvpn_manager_get_running (scene->manager));
  scene_tell (scene, "Change", "(objectpath '" CLIENT_PATH "', {'State': <'failed'>}, true)");
  scene_tell (scene, "Own", NULL);
  WAIT_UNTIL_IN (context, smartvpn_manager_get_running (scene->manager));
  g_assert_cmpint (smartvpn_client_get_state (client), ==, SMARTVPN_CLIENT_STATE_FAILED);
  g_assert_nonnull (g_object_get_data (G_OBJECT (client), "seen"));
  g_clear_object (&scene->manager);
  while (g_main_context_iteration (context, FALSE))
    ;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
#define ADD(path, function)                                                                                  \
  g_test_add ("/signals/" path, Scene, NULL, scene_set_up, function, scene_tear_down)
  ADD ("properties", test_properties);
  ADD ("server-properties", test_server_properties);
  ADD ("client", test_client_signals);
  ADD ("server", test_server_signals);
  ADD ("not-ours", test_not_ours);
  ADD ("context", test_context);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How method calls behave; test_api.py goes through all of them. */
#include "scene.h"

#include "../rows.h"

#include <string.h>

#define STATUS                                                                                               \
  "{'state': <'connected'>, 'assigned-ip': <'10.8.0.7'>, 'interface': <'svpn0'>, 'prefix': <uint32 24>,"     \
  " 'dns': <['10.8.0.1', 'fd00::1']>, 'since': <uint64 1795358904>, 'uptime-s': <uint64 4>,"                 \
  " 'remote-address': <'198.51.100.2:443'>}"

/* A dictionary on D-Bus becomes a record, by the blocking and by the asynchronous function. */
static void
test_record (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (SmartvpnClientStatus) status = NULL, again = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SmartvpnConnection *connection;

  scene_tell (scene, "Answer", "('Client.GetStatus', <(" STATUS ",)>)");
  status = smartvpn_client_get_status_sync (client, NULL, &error);
  g_assert_no_error (error);
  scene_assert_got (scene, "Client.GetStatus", "()");
  g_assert_cmpint (smartvpn_client_status_get_state (status), ==, SMARTVPN_CLIENT_STATE_CONNECTED);
  g_assert_cmpuint (smartvpn_client_status_get_since (status), ==, 1795358904);
  g_assert_cmpuint (smartvpn_client_status_get_uptime_s (status), ==, 4);
  g_assert_cmpstr (smartvpn_client_status_get_remote_address (status), ==, "198.51.100.2:443");
  g_assert_null (smartvpn_client_status_get_last_error (status));
  connection = smartvpn_client_status_get_connection (status);
  g_assert_true (connection == smartvpn_client_status_get_connection (status));
  g_assert_cmpstr (smartvpn_connection_get_assigned_ip (connection), ==, "10.8.0.7");
  g_assert_null (smartvpn_connection_get_assigned_ipv6 (connection));
  g_assert_cmpuint (smartvpn_connection_get_prefix (connection), ==, 24);
  g_assert_cmpstr (smartvpn_connection_get_dns (connection)[1], ==, "fd00::1");
  g_assert_null (smartvpn_connection_get_dns (connection)[2]);
  g_assert_null (smartvpn_connection_get_routes (connection)[0]);

  smartvpn_client_get_status_async (client, NULL, scene_keep_result, &result);
  WAIT_UNTIL (result != NULL);
  again = smartvpn_client_get_status_finish (client, result, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) first = smartvpn_record_to_variant (SMARTVPN_RECORD (status));
  g_autoptr (GVariant) second = smartvpn_record_to_variant (SMARTVPN_RECORD (again));
  g_assert_true (g_variant_equal (first, second));
}

/* Keys that are missing, or have another type, read as the documentation says. */
static void
test_lenient (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GError) error = NULL;

  scene_tell (
      scene, "Answer",
      "('Client.GetConnectionQuality', <({'health': <'splendid'>, 'rtt-ms': <uint32 12>, 'jitter-ms': <'3'>,"
      " 'keepalives-sent': <int32 -1>, 'keepalives-answered': <2.0>, 'keepalives-timed-out': <nan>, 'other': "
      "<[1]>, 'history': <[1, "
      "2]>},)>)");
  g_autoptr (SmartvpnQuality) quality = smartvpn_client_get_connection_quality_sync (client, NULL, &error);
  g_assert_no_error (error);
  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnQuality: history *type *");
  g_autoptr (GPtrArray) history = smartvpn_quality_get_history (quality);
  g_test_assert_expected_messages ();
  g_assert_cmpint (smartvpn_quality_get_health (quality), ==, SMARTVPN_HEALTH_UNKNOWN);
  g_assert_cmpstr (smartvpn_quality_get_health_word (quality), ==, "splendid");
  g_test_expect_message ("smartvpn", G_LOG_LEVEL_WARNING, "SmartvpnQuality: jitter-ms *type s *");
  g_assert_cmpfloat (smartvpn_quality_get_rtt_ms (quality), ==, 12);
  g_assert_cmpfloat (smartvpn_quality_get_jitter_ms (quality), ==, 0);
  g_test_assert_expected_messages ();
  g_assert_cmpfloat (smartvpn_quality_get_jitter_ms (quality), ==, 0); /* warns once */
  g_assert_cmpfloat (smartvpn_quality_get_loss_ratio (quality), ==, 0);
  g_assert_cmpuint (smartvpn_quality_get_keepalives_sent (quality), ==, 0);
  g_assert_cmpuint (smartvpn_quality_get_keepalives_answered (quality), ==, 2);
  g_assert_cmpuint (smartvpn_quality_get_keepalives_timed_out (quality), ==, 0);
  g_assert_cmpuint (history->len, ==, 0);

  scene_tell (scene, "Answer", "('Client.GetStatus', <(@a{sv} {},)>)");
  g_autoptr (SmartvpnClientStatus) status = smartvpn_client_get_status_sync (client, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (smartvpn_client_status_get_state (status), ==, SMARTVPN_CLIENT_STATE_UNKNOWN);
  g_assert_null (smartvpn_client_status_get_connection (status));

  scene_tell (scene, "Answer", "('Client.GetMtuInfo', <(@a{sv} {'mtu': <int64 99999999999>},)>)");
  g_autoptr (SmartvpnMtuInfo) info = smartvpn_client_get_mtu_info_sync (client, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smartvpn_mtu_info_get_mtu (info), ==, G_MAXUINT);

  scene_tell (scene, "Answer", "('Client.GetMtuInfo', <('no dictionary',)>)");
  g_assert_null (smartvpn_client_get_mtu_info_sync (client, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_history (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (SmartvpnQuality) quality = NULL;
  g_autoptr (GPtrArray) history = NULL;

  scene_tell (
      scene, "Answer",
      "('Client.GetConnectionQuality', <({'history': <[(uint64 1700000000000, 12.5, false), (1700000060000, "
      "-1.0, true)]>},)>)");
  quality = smartvpn_client_get_connection_quality_sync (client, NULL, NULL);
  history = smartvpn_quality_get_history (quality);
  g_assert_cmpuint (history->len, ==, 2);
  const SmartvpnQualitySample *first = history->pdata[0], *last = history->pdata[1];
  g_assert_cmpuint (first->time_ms, ==, 1700000000000);
  g_assert_cmpfloat (first->rtt_ms, ==, 12.5);
  g_assert_false (first->bad);
  g_assert_cmpfloat (last->rtt_ms, ==, -1);
  g_assert_true (last->bad);
}

#define CODE(code, name)                                                                                     \
  {                                                                                                          \
    SMARTVPN_ERROR_##code, "org.smartvpn.Error." name                                                        \
  }

static void
check_error (const char *row, const GError *error, int code)
{
  ROW_CHECK (row, g_error_matches (error, SMARTVPN_ERROR, code));
  ROW_CHECK_STRING (row, error != NULL ? error->message : NULL, "mtu: 3 is wrong");
  if (error != NULL) {
    g_autofree char *name = smartvpn_error_get_name (error);

    ROW_CHECK_STRING (row, name, row + strlen ("org.smartvpn.Error."));
  }
}

/* Every error has its code, and a message without the D-Bus name. Errors of others keep their domain. */
static void
test_errors (Scene *scene, gconstpointer data)
{
  static const struct {
    int code;
    const char *name;
  } table[] = {
    CODE (FAILED, "Failed"),
    CODE (INVALID_ARGUMENTS, "InvalidArguments"),
    CODE (UNKNOWN_SETTING, "UnknownSetting"),
    CODE (INVALID_SETTING, "InvalidSetting"),
    CODE (NOT_AUTHORIZED, "NotAuthorized"),
    CODE (AUTHORIZATION_DISMISSED, "AuthorizationDismissed"),
    CODE (INTERACTION_REQUIRED, "InteractionRequired"),
    CODE (BUSY, "Busy"),
    CODE (IN_PROGRESS, "InProgress"),
    CODE (NOT_CONNECTED, "NotConnected"),
    CODE (ALREADY_CONNECTED, "AlreadyConnected"),
    CODE (NOT_RUNNING, "NotRunning"),
    CODE (ALREADY_RUNNING, "AlreadyRunning"),
    CODE (ALREADY_EXISTS, "AlreadyExists"),
    CODE (NO_SUCH_PROFILE, "NoSuchProfile"),
    CODE (NO_SUCH_SESSION, "NoSuchSession"),
    CODE (NO_SUCH_AUTHORIZED_CLIENT, "NoSuchAuthorizedClient"),
    CODE (AUTH_FAILED, "AuthFailed"),
    CODE (SERVER_KEY_MISMATCH, "ServerKeyMismatch"),
    CODE (TLS_FAILED, "TlsFailed"),
    CODE (PROXY_AUTH_REQUIRED, "ProxyAuthRequired"),
    CODE (TIMEOUT, "Timeout"),
    CODE (UNREACHABLE, "Unreachable"),
    CODE (LIMIT_EXCEEDED, "LimitExceeded"),
    CODE (NOT_SUPPORTED, "NotSupported"),
  };
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GEnumClass) codes = g_type_class_ref (SMARTVPN_TYPE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (codes->n_values, ==, G_N_ELEMENTS (table) + 1); /* and the unknown */
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) waited = NULL, awaited = NULL;

    scene_tell (scene, "Refuse", "('Client.Disconnect', %s, 'mtu: 3 is wrong')", table[i].name);
    ROW_CHECK (table[i].name, !smartvpn_client_disconnect_sync (client, NULL, &waited));
    check_error (table[i].name, waited, table[i].code);
    smartvpn_client_disconnect_async (client, NULL, scene_keep_result, &result);
    WAIT_UNTIL (result != NULL);
    ROW_CHECK (table[i].name, !smartvpn_client_disconnect_finish (client, result, &awaited));
    check_error (table[i].name, awaited, table[i].code);
  }
  scene_tell (scene, "Refuse", "('Client.Disconnect', 'org.freedesktop.DBus.Error.AccessDenied', 'no')");
  g_assert_false (smartvpn_client_disconnect_sync (client, NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
  g_assert_cmpstr (error->message, ==, "no");
  g_assert_null (smartvpn_error_get_name (error));
}

/* An error of a later smartvpnd keeps its name and its message. */
static void
test_later_error (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GError) error = NULL, foreign = NULL;
  g_autofree char *name = NULL, *foreign_name = NULL;

  scene_tell (scene, "Refuse", "('Client.Disconnect', 'org.smartvpn.Error.Overheated', 'CPU: 90 degrees')");
  g_assert_false (smartvpn_client_disconnect_sync (client, NULL, &error));
  g_assert_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_UNKNOWN);
  g_assert_cmpstr (error->message, ==, "Overheated: CPU: 90 degrees");
  name = smartvpn_error_get_name (error);
  g_assert_cmpstr (name, ==, "Overheated");

  scene_tell (scene, "Refuse", "('Client.Disconnect', 'com.example.Error.Odd', 'odd')");
  g_assert_false (smartvpn_client_disconnect_sync (client, NULL, &foreign));
  g_assert_error (foreign, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR);
  foreign_name = g_dbus_error_get_remote_error (foreign);
  g_assert_cmpstr (foreign_name, ==, "com.example.Error.Odd");
}

/* smartvpnd ends in the middle of a call. */
static void
test_lost (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_tell (scene, "Hold", "('Client.Connect',)");
  smartvpn_client_connect_async (client, NULL, NULL, scene_keep_result, &result);
  scene_settle (scene);
  g_subprocess_force_exit (scene->mock);
  WAIT_UNTIL (result != NULL);
  g_assert_null (smartvpn_client_connect_finish (client, result, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
  WAIT_UNTIL (!smartvpn_manager_get_running (scene->manager));
}

/* Settings may be floating, not floating, or NULL; smartvpnd refuses wrong types. */
static void
test_settings (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GVariant) kept = g_variant_ref_sink (g_variant_new_parsed ("{'wait': <false>}"));
  g_autoptr (GError) error = NULL;

  scene_tell (scene, "Answer", "('Client.Connect', <(@a{sv} {},)>)");
  g_object_unref (smartvpn_client_connect_sync (client, kept, NULL, &error));
  scene_assert_got (scene, "Client.Connect", "({'wait': <false>},)");
  g_object_unref (
      smartvpn_client_connect_sync (client, g_variant_new_parsed ("{'mtu': <1400>}"), NULL, &error));
  scene_assert_got (scene, "Client.Connect", "({'mtu': <1400>},)");
  g_object_unref (smartvpn_client_connect_sync (client, g_variant_new_string ("text"), NULL, &error));
  scene_assert_got (scene, "Client.Connect", "('text',)");
  g_assert_no_error (error);
}

static void
test_profile (Scene *scene, gconstpointer data)
{
  SmartvpnProfile *server = SMARTVPN_PROFILE (scene_server (scene));
  static const char *const unset[] = { "private-key", "dns", NULL };
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = NULL, without = NULL;
  g_autoptr (GError) error = NULL;

  scene_tell (scene, "Answer", "('Server.GetSettings', <({'mtu': <uint32 1400>}, ['private-key'])>)");
  settings = smartvpn_profile_get_settings_sync (server, &secrets, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *text = smartvpn_settings_to_json (settings);
  g_assert_cmpstr (text, ==, "{\n  \"mtu\" : 1400\n}\n");
  g_assert_cmpstr (secrets[0], ==, "private-key");
  g_assert_null (secrets[1]);
  without = smartvpn_profile_get_settings_sync (server, NULL, NULL, &error);
  g_assert_true (g_variant_equal (settings, without));

  g_assert_true (smartvpn_profile_update_sync (server, settings, unset, NULL, &error));
  scene_assert_got (scene, "Server.Update", "({'mtu': <uint32 1400>}, ['private-key', 'dns'])");
  g_assert_true (smartvpn_profile_update_sync (server, NULL, NULL, NULL, &error));
  scene_assert_got (scene, "Server.Update", "(@a{sv} {}, @as [])");
}

static void
test_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = smartvpn_settings_from_json (
      "{ \"mtu\": 1400, \"serverUrl\": \"wss://x/\", \"dns\": [\"10.0.0.1\"] }", &error);
  const char *url;
  gint64 mtu;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (settings, "mtu", "x", &mtu));
  g_assert_cmpint (mtu, ==, 1400);
  g_assert_true (g_variant_lookup (settings, "server-url", "&s", &url));
  g_assert_cmpstr (url, ==, "wss://x/");
  g_autoptr (GVariant) marked = smartvpn_settings_from_json ("\xef\xbb\xbf{ \"mtu\": 1400 }", &error);
  g_assert_no_error (error);
  g_assert_nonnull (marked);
  g_assert_null (smartvpn_settings_from_json ("{ \"mtu\": 1400,\n \"private-key\": oops }", &error));
  g_assert_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "line 2"));
  g_assert_null (strstr (error->message, "oops"));
}

/* JSON of 1 MiB is taken, and not a byte more. */
static void
test_large_json (void)
{
  g_autofree char *spaces = g_strnfill (1024 * 1024 - 2, ' ');
  g_autofree char *largest = g_strconcat (spaces, "{}", NULL), *larger = g_strconcat (" ", largest, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = smartvpn_settings_from_json (largest, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (settings), ==, 0);
  g_assert_null (smartvpn_settings_from_json (larger, &error));
  g_assert_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS);
}

/* A client of the list can be changed and authorized again; the key that smartvpnd only sends is left out. */
static void
test_authorized (Scene *scene, gconstpointer data)
{
  SmartvpnServer *server = scene_server (scene);
  g_autoptr (SmartvpnAuthorizedClient) fresh = smartvpn_authorized_client_new ("tablet", "KEY=");
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GError) error = NULL;
  SmartvpnAuthorizedClient *laptop;

  smartvpn_authorized_client_set_ipv6 (fresh, "fd00:8::9");
  smartvpn_authorized_client_set_rate_limit_burst_bytes (fresh, 5000);
  g_assert_true (smartvpn_server_authorize_client_sync (server, fresh, NULL, &error));
  scene_assert_got (scene, "Server.AuthorizeClient",
                    "({'ipv6': <'fd00:8::9'>, 'name': <'tablet'>, 'public-key': <'KEY='>,"
                    " 'rate-limit-burst-bytes': <uint64 5000>},)");

  scene_tell (scene, "Answer",
              "('Server.ListAuthorizedClients', <([{'name': <'laptop'>, 'public-key': <'OTHER='>, 'ipv4': "
              "<'10.8.0.7'>,"
              " 'expires': <uint64 1800000000>, 'expired': <true>}],)>)");
  clients = smartvpn_server_list_authorized_clients_sync (server, NULL, &error);
  g_assert_cmpuint (clients->len, ==, 1);
  laptop = clients->pdata[0];
  g_assert_true (smartvpn_authorized_client_get_expired (laptop));
  g_assert_cmpuint (smartvpn_authorized_client_get_expires (laptop), ==, 1800000000);
  smartvpn_authorized_client_set_expires (laptop, 0);
  smartvpn_authorized_client_set_ipv4 (laptop, NULL);
  g_assert_null (smartvpn_authorized_client_get_ipv4 (laptop));
  smartvpn_authorized_client_set_rate_limit_bytes_per_s (laptop, 200000);
  g_assert_true (smartvpn_server_authorize_client_sync (server, laptop, NULL, &error));
  scene_assert_got (
      scene, "Server.AuthorizeClient",
      "({'name': <'laptop'>, 'public-key': <'OTHER='>, 'rate-limit-bytes-per-s': <uint64 200000>},)");
  g_assert_no_error (error);
}

#define OFFICE                                                                                               \
  "(objectpath '/org/smartvpn/clients/office', {'Name': <'office'>, 'ServerUrl': "                           \
  "<'wss://office.example/'>})"
#define OFFICE_IS "('Manager.AddClient', <(objectpath '/org/smartvpn/clients/office',)>)"

/* The new object is in the list when the call returns, with or without a main loop, and exists only once. */
static void
test_add (Scene *scene, gconstpointer data)
{
  g_autoptr (SmartvpnClient) office = NULL, again = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *clients;

  scene_client (scene);
  clients = smartvpn_manager_get_clients (scene->manager);
  scene_tell (scene, "Answer", OFFICE_IS);
  scene_tell (scene, "Add", OFFICE);
  office = smartvpn_manager_add_client_sync (scene->manager, "office",
                                             g_variant_new_parsed ("{'mtu': <1400>}"), NULL, &error);
  g_assert_no_error (error);
  scene_assert_got (scene, "Manager.AddClient", "('office', {'mtu': <1400>})");
  g_assert_cmpstr (smartvpn_client_get_server_url (office), ==, "wss://office.example/");
  g_assert_true (smartvpn_manager_get_client (scene->manager, "office") == office);
  scene_settle (scene);
  g_assert_cmpuint (g_list_model_get_n_items (clients), ==, 2);

  scene_tell (scene, "Remove", "(objectpath '/org/smartvpn/clients/office',)");
  WAIT_UNTIL (g_list_model_get_n_items (clients) == 1);
  scene_tell (scene, "Add", OFFICE);
  smartvpn_manager_add_client_async (scene->manager, "office", NULL, NULL, scene_keep_result, &result);
  WAIT_UNTIL (result != NULL);
  again = smartvpn_manager_add_client_finish (scene->manager, result, &error);
  g_assert_no_error (error);
  g_assert_true (smartvpn_manager_get_client (scene->manager, "office") == again && again != office);
  g_assert_cmpuint (g_list_model_get_n_items (clients), ==, 2);

  g_assert_true (smartvpn_manager_remove_sync (scene->manager, SMARTVPN_PROFILE (again), NULL, &error));
  scene_assert_got (scene, "Manager.Remove", "(objectpath '/org/smartvpn/clients/office',)");
}

/* A text stays valid when somebody serialises the dictionary of its record. */
static void
test_text_of_record (void)
{
  g_autoptr (SmartvpnAuthorizedClient) client = smartvpn_authorized_client_new ("tablet", "KEY=");
  const char *name = smartvpn_authorized_client_get_name (client);
  g_autoptr (GVariant) values = smartvpn_record_to_variant (SMARTVPN_RECORD (client));

  g_assert_nonnull (g_variant_get_data (values));
  g_assert_cmpstr (name, ==, "tablet");
  g_assert_true (name == smartvpn_authorized_client_get_name (client));
}

static void
test_keypair (Scene *scene, gconstpointer data)
{
  g_autofree char *public_key = NULL, *private_key = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_client (scene);
  scene_tell (scene, "Answer", "('Manager.GenerateKeypair', <('PUBLIC', 'PRIVATE')>)");
  smartvpn_manager_generate_keypair_async (scene->manager, NULL, scene_keep_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (
      smartvpn_manager_generate_keypair_finish (scene->manager, result, &public_key, &private_key, &error));
  g_assert_cmpstr (public_key, ==, "PUBLIC");
  g_assert_cmpstr (private_key, ==, "PRIVATE");
}

/* A manager allows no password dialogs unless its program says so, and its objects do the same. */
static void
test_interactive (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  gboolean wanted[] = { FALSE, TRUE, FALSE };

  scene_tell (scene, "Answer", "('Client.GetStatus', <(@a{sv} {},)>)");
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autoptr (GVariant) answer = NULL;
    gboolean interactive;

    smartvpn_manager_set_interactive (scene->manager, wanted[i]);
    g_object_unref (smartvpn_client_get_status_sync (client, NULL, NULL));
    answer = scene_ask (scene, "Got", "('Client.GetStatus',)");
    g_variant_get (answer, "(b&s)", &interactive, NULL);
    g_assert_true (interactive == wanted[i]);
  }
  g_autoptr (SmartvpnManager) other = smartvpn_manager_new_sync (NULL, NULL);
  g_assert_false (smartvpn_manager_get_interactive (other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
  g_test_add_func ("/calls/json", test_json);
  g_test_add_func ("/calls/large-json", test_large_json);
  g_test_add_func ("/calls/text-of-record", test_text_of_record);
#define ADD(path, function) g_test_add ("/calls/" path, Scene, NULL, scene_set_up, function, scene_tear_down)
  ADD ("record", test_record);
  ADD ("lenient", test_lenient);
  ADD ("history", test_history);
  ADD ("errors", test_errors);
  ADD ("later-error", test_later_error);
  ADD ("lost", test_lost);
  ADD ("settings", test_settings);
  ADD ("profile", test_profile);
  ADD ("authorized", test_authorized);
  ADD ("add", test_add);
  ADD ("keypair", test_keypair);
  ADD ("interactive", test_interactive);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd on a private bus: profiles, object paths, errors, persistence. Nothing here needs root or a worker.
 * Run as: test-manager PATH-OF-SMARTVPND */
#include "error.h"
#include "names.h"
#include "smartvpn-dbus.h"

#include <glib/gstdio.h>
#include <signal.h>

#define KEY "'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA='"
#define PROFILE "{'server-url': <'wss://vpn.example/chat'>, 'server-public-key': <" KEY ">}"

static const char *program;

typedef struct {
  GTestDBus *bus;
  char *dir;
  GSubprocess *daemon;
  GDBusConnection *connection;
} Fixture;

static GVariant *
call (Fixture *f, const char *path, const char *interface, const char *method, GVariant *arguments,
      GError **error)
{
  return g_dbus_connection_call_sync (f->connection, SVPN_BUS_NAME, path, interface, method, arguments, NULL,
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START, 10000, NULL, error);
}

static GVariant *
manager (Fixture *f, const char *method, const char *arguments, GError **error)
{
  GVariant *parsed = arguments != NULL ? g_variant_new_parsed (arguments) : NULL;

  return call (f, SVPN_MANAGER_PATH, "org.smartvpn.Manager", method, parsed, error);
}

static void
on_name_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer loop)
{
  g_main_loop_quit (loop);
}

static void
start_daemon (Fixture *f)
{
  g_autofree char *config = g_build_filename (f->dir, "config", NULL);
  g_autofree char *runtime = g_build_filename (f->dir, "run", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  f->daemon
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--bus",
                          g_test_dbus_get_bus_address (f->bus), "--config-dir", config, "--runtime-dir",
                          runtime, "--worker", "/nonexistent/smartvpn-worker", "--worker-user", "", NULL);
  g_assert_no_error (error);
  guint watch = g_bus_watch_name_on_connection (f->connection, SVPN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                on_name_appeared, NULL, loop, NULL);
  g_main_loop_run (loop);
  g_bus_unwatch_name (watch);
}

static void
stop_daemon (Fixture *f)
{
  g_subprocess_send_signal (f->daemon, SIGTERM);
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (f->daemon));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 0);
  g_clear_object (&f->daemon);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->dir = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  f->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, &error);
  g_assert_no_error (error);
  start_daemon (f);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->daemon != NULL)
    stop_daemon (f);
  g_dbus_connection_close_sync (f->connection, NULL, NULL);
  g_clear_object (&f->connection);
  g_test_dbus_down (f->bus);
  g_clear_object (&f->bus);
  remove_tree (f->dir);
  g_free (f->dir);
}

/* Paths of all objects, sorted, with a space behind each. */
static char *
list_objects (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = call (f, SVPN_MANAGER_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, &error);
  g_autoptr (GSequence) paths = g_sequence_new (g_free);
  GString *text = g_string_new (NULL);
  GVariantIter *objects;
  char *path;

  g_assert_no_error (error);
  g_variant_get (answer, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{o@a{sa{sv}}}", &path, NULL))
    g_sequence_insert_sorted (paths, path, (GCompareDataFunc) (void (*) (void)) strcmp, NULL);
  g_variant_iter_free (objects);
  for (GSequenceIter *i = g_sequence_get_begin_iter (paths); !g_sequence_iter_is_end (i);
       i = g_sequence_iter_next (i))
    g_string_append_printf (text, "%s ", (char *) g_sequence_get (i));
  return g_string_free (text, FALSE);
}

#define DEFAULTS "/org/smartvpn/clients/default /org/smartvpn/servers/default "

static void
test_defaults (Fixture *f, gconstpointer data)
{
  g_autofree char *objects = list_objects (f);

  g_assert_cmpstr (objects, ==, DEFAULTS);
}

static void
test_add_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) client = manager (f, "AddClient", "('a-b_c', " PROFILE ")", &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) server = manager (f, "AddServer", "('a-b_c', @a{sv} {})", &error);
  g_assert_no_error (error);
  const char *path;

  g_variant_get (client, "(&o)", &path);
  g_assert_cmpstr (path, ==, "/org/smartvpn/clients/a_2db_5fc");
  g_variant_get (server, "(&o)", &path);
  g_assert_cmpstr (path, ==, "/org/smartvpn/servers/a_2db_5fc");

  stop_daemon (f);
  start_daemon (f);
  g_autofree char *kept = list_objects (f);
  g_assert_cmpstr (kept, ==,
                   "/org/smartvpn/clients/a_2db_5fc /org/smartvpn/clients/default "
                   "/org/smartvpn/servers/a_2db_5fc /org/smartvpn/servers/default ");
  g_autoptr (GVariant) url = call (f, "/org/smartvpn/clients/a_2db_5fc", "org.freedesktop.DBus.Properties",
                                   "Get", g_variant_new ("(ss)", "org.smartvpn.Client", "ServerUrl"), &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (url, FALSE);
  g_assert_cmpstr (text, ==, "(<'wss://vpn.example/chat'>,)");

  g_variant_unref (manager (f, "Remove", "(objectpath '/org/smartvpn/clients/a_2db_5fc',)", &error));
  g_assert_no_error (error);
  g_variant_unref (manager (f, "Remove", "(objectpath '/org/smartvpn/servers/a_2db_5fc',)", &error));
  g_assert_no_error (error);
  stop_daemon (f);
  start_daemon (f);
  g_autofree char *left = list_objects (f);
  g_assert_cmpstr (left, ==, DEFAULTS);
}

static char *
stored_in (Fixture *f, const char *file)
{
  g_autofree char *path = g_build_filename (f->dir, "config", file, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

/* Settings, key and authorized clients go along; what was there under the old name is gone, also after a restart. */
static void
test_rename (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_variant_unref (manager (f, "AddServer", "('old', {'private-key': <" KEY ">, 'mtu': <1400>})", &error));
  g_assert_no_error (error);
  g_variant_unref (call (f, "/org/smartvpn/servers/old", "org.smartvpn.Server", "AuthorizeClient",
                         g_variant_new_parsed ("({'name': <'a'>, 'public-key': <" KEY ">},)"), &error));
  g_assert_no_error (error);
  g_autofree char *profile = stored_in (f, "servers/old.json"),
                  *key = stored_in (f, "secrets/server-old.json"),
                  *clients = stored_in (f, "authorized/old.json");
  g_assert_cmpuint (MIN (MIN (strlen (profile), strlen (key)), strlen (clients)), >, 10);

  g_autoptr (GVariant) renamed
      = manager (f, "Rename", "(objectpath '/org/smartvpn/servers/old', 'new-1')", &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (renamed, FALSE);
  g_assert_cmpstr (text, ==, "('/org/smartvpn/servers/new_2d1',)");
  stop_daemon (f);
  start_daemon (f);
  g_autofree char *objects = list_objects (f);
  g_assert_cmpstr (objects, ==, DEFAULTS "/org/smartvpn/servers/new_2d1 ");
  g_autofree char *new_profile = stored_in (f, "servers/new-1.json"),
                  *new_key = stored_in (f, "secrets/server-new-1.json"),
                  *new_clients = stored_in (f, "authorized/new-1.json");
  g_assert_cmpstr (new_profile, ==, profile);
  g_assert_cmpstr (new_key, ==, key);
  g_assert_cmpstr (new_clients, ==, clients);
  g_autofree char *old_key = stored_in (f, "secrets/server-old.json"),
                  *old_clients = stored_in (f, "authorized/old.json");
  g_assert_cmpstr (old_key, ==, "");
  g_assert_cmpstr (old_clients, ==, "");
}

/* The default object stays, without settings, and can be had again. */
static void
test_rename_default (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_variant_unref (manager (f, "AddClient", "('default', " PROFILE ")", &error));
  g_assert_no_error (error);
  g_variant_unref (manager (f, "Rename", "(objectpath '/org/smartvpn/clients/default', 'office')", &error));
  g_assert_no_error (error);
  g_autofree char *objects = list_objects (f);
  g_assert_cmpstr (
      objects, ==,
      "/org/smartvpn/clients/default /org/smartvpn/clients/office /org/smartvpn/servers/default ");
  g_autoptr (GVariant) url = call (f, "/org/smartvpn/clients/default", "org.freedesktop.DBus.Properties",
                                   "Get", g_variant_new ("(ss)", "org.smartvpn.Client", "ServerUrl"), &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (url, FALSE);
  g_assert_cmpstr (text, ==, "(<''>,)");
  g_variant_unref (manager (f, "Rename", "(objectpath '/org/smartvpn/clients/office', 'default')", &error));
  g_assert_no_error (error);
}

/* One line a case: what is called, and the error with a part of its message. */
static const struct {
  const char *path, *method, *arguments;
  int code;
  const char *message;
} refusals[] = {
  { NULL, "AddClient", "('', @a{sv} {})", SVPN_ERROR_INVALID_ARGUMENTS, "name" },
  { NULL, "AddClient", "('-a', @a{sv} {})", SVPN_ERROR_INVALID_ARGUMENTS, "name" },
  { NULL, "AddClient", "('A', @a{sv} {})", SVPN_ERROR_INVALID_ARGUMENTS, "name" },
  { NULL, "AddClient", "('../x', @a{sv} {})", SVPN_ERROR_INVALID_ARGUMENTS, "name" },
  { NULL, "AddClient", "('a23456789012345678901234567890123', @a{sv} {})", SVPN_ERROR_INVALID_ARGUMENTS,
    "name" },
  { NULL, "AddClient", "('taken', @a{sv} {})", SVPN_ERROR_ALREADY_EXISTS, "taken" },
  { NULL, "AddClient", "('x', {'foo': <1>})", SVPN_ERROR_UNKNOWN_SETTING, "foo" },
  { NULL, "AddClient", "('x', {'mtu': <'big'>})", SVPN_ERROR_INVALID_SETTING, "mtu" },
  { NULL, "AddClient", "('x', {'mtu': <1>})", SVPN_ERROR_INVALID_SETTING, "mtu" },
  { NULL, "AddClient", "('x', {'wait': <false>})", SVPN_ERROR_INVALID_SETTING, "wait" },
  { NULL, "AddServer", "('x', {'listen': <['nowhere']>})", SVPN_ERROR_INVALID_SETTING, "listen" },
  { NULL, "Rename", "(objectpath '/org/smartvpn/clients/none', 'x')", SVPN_ERROR_NO_SUCH_PROFILE, "none" },
  { NULL, "Rename", "(objectpath '/org/smartvpn/clients/default', 'x')", SVPN_ERROR_NO_SUCH_PROFILE,
    "'default'" },
  { NULL, "Rename", "(objectpath '/org/smartvpn/clients/taken', 'taken')", SVPN_ERROR_ALREADY_EXISTS,
    "There is a profile 'taken' already" },
  { NULL, "Rename", "(objectpath '/org/smartvpn/clients/taken', '../x')", SVPN_ERROR_INVALID_ARGUMENTS,
    "name" },
  { NULL, "Remove", "(objectpath '/org/smartvpn/clients/none',)", SVPN_ERROR_NO_SUCH_PROFILE, "none" },
  { NULL, "Remove", "(objectpath '/org/smartvpn',)", SVPN_ERROR_NO_SUCH_PROFILE, "/org/smartvpn" },
  { NULL, "Remove", "(objectpath '/org/smartvpn/clients/default',)", SVPN_ERROR_NOT_SUPPORTED, "default" },
  { NULL, "Remove", "(objectpath '/org/smartvpn/servers/default',)", SVPN_ERROR_NOT_SUPPORTED, "default" },
  { "clients", "Connect", "(@a{sv} {},)", SVPN_ERROR_INVALID_SETTING, "server-url" },
  { "clients", "Connect", "({'server-url': <'wss://vpn.example'>},)", SVPN_ERROR_INVALID_SETTING,
    "server-public-key" },
  { "clients", "Connect", "({'server-url': <'http://vpn.example'>},)", SVPN_ERROR_INVALID_SETTING,
    "server-url" },
  { "clients", "Connect", "(" PROFILE ",)", SVPN_ERROR_FAILED, "/nonexistent/smartvpn-worker" },
  { "clients", "Disconnect", NULL, SVPN_ERROR_NOT_CONNECTED, "client 'default' is not connected: " },
  { "clients", "GetStatistics", NULL, SVPN_ERROR_NOT_CONNECTED, "client 'default' is not connected: " },
  { "servers", "Start", "({'tls-key-file': <'/key'>},)", SVPN_ERROR_INVALID_SETTING, "tls-certificate-file" },
  { "servers", "Start", "({'tls-certificate-file': <'/cert'>},)", SVPN_ERROR_INVALID_SETTING,
    "tls-key-file" },
  { "servers", "Start", "({'listen': <['192.0.2.1:0']>},)", SVPN_ERROR_FAILED, "192.0.2.1:0" },
  { "servers", "Stop", NULL, SVPN_ERROR_NOT_RUNNING, "server 'default' is not running: " },
  { "servers", "ListClients", NULL, SVPN_ERROR_NOT_RUNNING, "server 'default' is not running: " },
  { "servers", "DisconnectClient", "('id',)", SVPN_ERROR_NOT_RUNNING, "server 'default' is not running: " },
};

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_variant_unref (manager (f, "AddClient", "('taken', @a{sv} {})", &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++) {
    const char *kind = refusals[i].path;
    const char *interface = kind == NULL                    ? "org.smartvpn.Manager"
                            : g_str_equal (kind, "clients") ? "org.smartvpn.Client"
                                                            : "org.smartvpn.Server";
    g_autofree char *path = kind == NULL ? g_strdup (SVPN_MANAGER_PATH)
                                         : g_strdup_printf (SVPN_MANAGER_PATH "/%s/default", kind);
    const char *arguments = refusals[i].arguments;
    g_autoptr (GError) refusal = NULL;
    g_autoptr (GVariant) answer
        = call (f, path, interface, refusals[i].method,
                arguments != NULL ? g_variant_new_parsed (arguments) : NULL, &refusal);

    g_test_message ("%s %s: %s", refusals[i].method, arguments != NULL ? arguments : "",
                    refusal != NULL ? refusal->message : "no error");
    g_assert_error (refusal, SVPN_ERROR, refusals[i].code);
    g_assert_nonnull (strstr (refusal->message, refusals[i].message));
  }
}

/* A failed start leaves the reason behind, and the key that it has made. */
static void
test_failed_start (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnDbusServer) server = svpn_dbus_server_proxy_new_sync (
      f->connection, G_DBUS_PROXY_FLAGS_NONE, SVPN_BUS_NAME, "/org/smartvpn/servers/default", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (svpn_dbus_server_get_public_key (server), ==, "");
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed ("{'listen': <['127.0.0.1:0']>}"));

  g_assert_false (svpn_dbus_server_call_start_sync (server, options, NULL, NULL, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_clear_error (&error);
  g_autoptr (GVariant) status = NULL;
  g_assert_true (svpn_dbus_server_call_get_status_sync (server, &status, NULL, &error));
  const char *state = "", *last_error = "";
  g_variant_lookup (status, "state", "&s", &state);
  g_variant_lookup (status, "last-error", "&s", &last_error);
  g_assert_cmpstr (state, ==, "failed");
  g_assert_nonnull (strstr (last_error, "/nonexistent/smartvpn-worker"));

  stop_daemon (f);
  start_daemon (f);
  g_autoptr (SvpnDbusServer) again = svpn_dbus_server_proxy_new_sync (
      f->connection, G_DBUS_PROXY_FLAGS_NONE, SVPN_BUS_NAME, "/org/smartvpn/servers/default", NULL, &error);
  g_assert_cmpuint (strlen (svpn_dbus_server_get_public_key (again)), ==, 44);
  g_assert_cmpstr (svpn_dbus_server_get_state (again), ==, "stopped");
}

static void
test_keypair (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) first = manager (f, "GenerateKeypair", NULL, &error);
  g_autoptr (GVariant) second = manager (f, "GenerateKeypair", NULL, NULL);
  const char *public_key, *private_key;

  g_assert_no_error (error);
  g_variant_get (first, "(&s&s)", &public_key, &private_key);
  g_assert_cmpuint (strlen (public_key), ==, 44);
  g_assert_cmpuint (strlen (private_key), ==, 44);
  g_assert_false (g_variant_equal (first, second));
  /* Both are taken where settings want them. */
  g_autoptr (GVariant) client
      = call (f, SVPN_MANAGER_PATH, "org.smartvpn.Manager", "AddClient",
              g_variant_new_parsed ("('x', {'server-public-key': <%s>, 'private-key': <%s>})", public_key,
                                    private_key),
              &error);
  g_assert_no_error (error);
}

/* The name is had once; a second smartvpnd says so and changes nothing. */
static void
test_second_daemon (Fixture *f, gconstpointer data)
{
  g_autofree char *runtime = g_build_filename (f->dir, "run2", NULL);
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) second
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, program, "--bus",
                          g_test_dbus_get_bus_address (f->bus), "--config-dir", f->dir, "--runtime-dir",
                          runtime, "--worker", "/nonexistent/smartvpn-worker", "--worker-user", "", NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (second, NULL, NULL, NULL, &errors, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 1);
  g_assert_nonnull (strstr (errors, "org.smartvpn"));
  g_autofree char *objects = list_objects (f);
  g_assert_cmpstr (objects, ==, DEFAULTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  svpn_error_quark ();
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
#define ADD(path, function) g_test_add ("/manager/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("defaults", test_defaults);
  ADD ("add-remove", test_add_remove);
  ADD ("rename", test_rename);
  ADD ("rename-default", test_rename_default);
  ADD ("refusals", test_refusals);
  ADD ("failed-start", test_failed_start);
  ADD ("keypair", test_keypair);
  ADD ("second-daemon", test_second_daemon);
  return g_test_run ();
}

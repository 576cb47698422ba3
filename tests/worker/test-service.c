/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The private D-Bus interface of a worker, spoken to over its control socket as smartvpnd does. In one process, as any
 * user; time is real here, and nothing waits for it. */
#include "error.h"
#include "host.h"
#include "service.h"
#include "smartvpn-worker-dbus.h"
#include "virtual-time.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKER_PATH "/org/smartvpn/Worker"
#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define SERVER                                                                                               \
  "{'private-key': <'" KEY "'>, 'path': <'/p'>, 'ipv4-pool': <'10.8.0.0/24'>, 'dns': <@as []>, "             \
  "'routes': <@as []>, 'mtu': <uint32 1400>, 'max-clients': <uint32 5>, 'client-to-client': <true>, "        \
  "'require-proof': <true>, 'settings-hash': <'H1'>}"

typedef struct {
  char *folder;
  SvpnService *service;
  SvpnDbusWorker *worker; /* smartvpnd's proxy */
  gboolean quit;
  GString *signals; /* "Ended: REASON", "State: NEW" */
} Fixture;

static void
on_quit (gpointer user_data)
{
  ((Fixture *) user_data)->quit = TRUE;
}

static void
on_ended (SvpnDbusWorker *worker, const char *reason, Fixture *f)
{
  g_string_append_printf (f->signals, "Ended: %s\n", reason);
}

static void
on_state_changed (SvpnDbusWorker *worker, const char *state, const char *reason, Fixture *f)
{
  g_string_append_printf (f->signals, "State: %s\n", state);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GDBusConnection *
connect_to (Fixture *f)
{
  g_autofree char *address = g_strdup_printf ("unix:path=%s/client-x/control", f->folder);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL,
                                     on_result, &result);
  WAIT_FOR (result != NULL);
  connection = g_dbus_connection_new_for_address_finish (result, &error);
  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  f->signals = g_string_new (NULL);
  folder = g_build_filename (f->folder, "client-x", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  f->service = svpn_service_new (f->folder, "client-x", getuid (), on_quit, f, &error);
  g_assert_no_error (error);
  connection = connect_to (f);
  svpn_dbus_worker_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, WORKER_PATH, NULL, on_result,
                              &result);
  WAIT_FOR (result != NULL);
  f->worker = svpn_dbus_worker_proxy_new_finish (result, &error);
  g_assert_no_error (error);
  g_signal_connect (f->worker, "ended", G_CALLBACK (on_ended), f);
  g_signal_connect (f->worker, "state-changed", G_CALLBACK (on_state_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->folder, "client-x", NULL);
  g_autofree char *socket = g_build_filename (folder, "control", NULL);

  g_object_unref (f->worker);
  svpn_service_free (f->service);
  settle ();
  g_unlink (socket);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_string_free (f->signals, TRUE);
}

/* Calls @method with @arguments (a tuple, as text) and @fds. Returns the answer; NULL with *error. */
static GVariant *
call (Fixture *f, const char *method, const char *arguments, GUnixFDList *fds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *answer;

  g_dbus_proxy_call_with_unix_fd_list (G_DBUS_PROXY (f->worker), method, g_variant_new_parsed (arguments),
                                       G_DBUS_CALL_FLAGS_NONE, -1, fds, NULL, on_result, &result);
  WAIT_FOR (result != NULL);
  answer = g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (f->worker), NULL, result, error);
  if (answer == NULL)
    g_dbus_error_strip_remote_error (*error);
  return answer;
}

static void
expect_error (Fixture *f, const char *method, const char *arguments, SvpnError code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = call (f, method, arguments, NULL, &error);

  g_test_message ("%s", method);
  g_assert_null (answer);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_error (error, SVPN_ERROR, (int) code);
}

static GVariant *
expect_answer (Fixture *f, const char *method, const char *arguments, GUnixFDList *fds)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = call (f, method, arguments, fds, &error);

  g_assert_no_error (error);
  return answer;
}

static char *
get_text (Fixture *f, const char *method, const char *key)
{
  g_autoptr (GVariant) answer = expect_answer (f, method, "()", NULL);
  g_autoptr (GVariant) dict = g_variant_get_child_value (answer, 0);
  char *text = NULL;

  g_variant_lookup (dict, key, "s", &text);
  return text;
}

static void
expect_state (Fixture *f, const char *key, const char *value)
{
  g_autofree char *text = get_text (f, "GetState", key);

  g_assert_cmpstr (text, ==, value);
}

/* --- without a role --- */

static void
test_idle (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) statistics = NULL;

  expect_state (f, "role", "idle");
  expect_state (f, "settings-hash", NULL);
  statistics = expect_answer (f, "GetStatistics", "()", NULL);
  expect_error (f, "ListClients", "()", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "DisconnectClient", "('a', 'b')", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "PauseClient", "('a', 'b')", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "ListClientsPage", "(uint32 0, uint32 1)", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "Reconfigure", "(@a{sv} {},)", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "GetClientTelemetry", "('a',)", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "SetClientRateLimit", "('a', @t 1, @t 1)", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "SetAuthorizedClients", "(@aa{sv} [],)", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "SetCertificate", "('a', 'b')", SVPN_ERROR_NOT_RUNNING, "no server runs here");
  expect_error (f, "GetConnectionQuality", "()", SVPN_ERROR_NOT_CONNECTED, "there is no session");
  expect_error (f, "GetMtuInfo", "()", SVPN_ERROR_NOT_CONNECTED, "there is no session");
  expect_error (f, "GetHistory", "(uint32 60,)", SVPN_ERROR_NOT_CONNECTED, "there was no session");
  expect_error (f, "AttachTun", "(@h 0,)", SVPN_ERROR_NOT_CONNECTED, "not connected");
  g_assert_false (f->quit);
}

static void
test_stop_idle (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = expect_answer (f, "Stop", "('bye',)", NULL);

  WAIT_FOR (f->quit);
}

/* The control socket lets in its user's processes, and speaks nothing but D-Bus with their credentials. */
static void
test_second_connection (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) second = connect_to (f);

  g_assert_false (g_dbus_connection_is_closed (second));
  expect_state (f, "role", "idle");
}

/* --- a client --- */

static char *
client_settings (Host *host)
{
  g_autofree char *key = g_base64_encode (host->public_key, SVPN_KEY_SIZE);

  return g_strdup_printf (
      "({'server-url': <'ws://127.0.0.1:%u/p'>, 'server-public-key': <'%s'>, "
      "'mtu': <uint32 1400>, 'connect-timeout-s': <uint32 30>, 'settings-hash': <'H2'>},)",
      host->port, key);
}

/* Connects; the answer to StartClient is in *answer once the host has welcomed the client. */
static Hand *
start_client (Fixture *f, Host *host, GAsyncResult **answer)
{
  g_autofree char *settings = client_settings (host), *welcome = host_welcome_json ("");

  g_dbus_proxy_call (G_DBUS_PROXY (f->worker), "StartClient", g_variant_new_parsed (settings),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_result, answer);
  return host_welcome (host, welcome);
}

static void
test_client (Fixture *f, gconstpointer data)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Hand *server = start_client (f, host, &result);
  g_autoptr (GVariant) answer = NULL, assignment = NULL, attached = NULL, quality = NULL, mtu_info = NULL;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  const char *address;
  int tun[2];

  WAIT_FOR (result != NULL);
  answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (f->worker), result, NULL);
  assignment = g_variant_get_child_value (answer, 0);
  g_assert_true (g_variant_lookup (assignment, "assigned-ip", "&s", &address));
  g_assert_cmpstr (address, ==, "10.8.0.2");
  expect_state (f, "role", "client");
  expect_state (f, "state", "connected");
  expect_state (f, "health", "healthy");
  expect_state (f, "settings-hash", "H2");
  expect_error (f, "StartServer", "(@a{sv} {}, @h 0, @ah [])", SVPN_ERROR_BUSY, "this worker has its task");
  expect_error (f, "AttachTun", "(@h 0,)", SVPN_ERROR_INVALID_ARGUMENTS, "tun: no fd came");
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, tun), ==, 0);
  g_assert_cmpint (g_unix_fd_list_append (fds, tun[0], NULL), ==, 0);
  close (tun[0]);
  attached = expect_answer (f, "AttachTun", "(@h 0,)", fds);
  quality = expect_answer (f, "GetConnectionQuality", "()", NULL);
  mtu_info = expect_answer (f, "GetMtuInfo", "()", NULL);

  hand_send_sealed (server, SVPN_FRAME_DISCONNECT, "{\"reason\":\"closing time\"}", 25);
  hand_expect_close (server, SVPN_WS_CLOSE_NORMAL);
  WAIT_FOR (f->quit);
  WAIT_FOR (f->signals->len > 0);
  g_assert_cmpstr (f->signals->str, ==, "Ended: server-ended: closing time\n");
  hand_free (server);
  close (tun[1]);
}

static void
test_client_stopped (Fixture *f, gconstpointer data)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (GAsyncResult) started = NULL, stopped = NULL;
  Hand *server = start_client (f, host, &started);

  WAIT_FOR (started != NULL);
  g_dbus_proxy_call (G_DBUS_PROXY (f->worker), "Stop", g_variant_new ("(s)", "lid closed"),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_result, &stopped);
  hand_expect (server, SVPN_FRAME_DISCONNECT);
  hand_expect_close (server, SVPN_WS_CLOSE_NORMAL);
  WAIT_FOR (stopped != NULL);
  WAIT_FOR (f->quit);
  g_assert_cmpstr (f->signals->str, ==, ""); /* Stop's answer says it */
  hand_free (server);
}

static void
test_client_fails (Fixture *f, gconstpointer data)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *settings = client_settings (host);

  g_dbus_proxy_call (G_DBUS_PROXY (f->worker), "StartClient", g_variant_new_parsed (settings),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_result, &result);
  host_answer (host_accept (host, NULL), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", TRUE);
  WAIT_FOR (result != NULL);
  g_assert_null (g_dbus_proxy_call_finish (G_DBUS_PROXY (f->worker), result, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH);
  WAIT_FOR (f->quit);
}

static void
test_client_bad_settings (Fixture *f, gconstpointer data)
{
  expect_error (f, "StartClient", "(@a{sv} {},)", SVPN_ERROR_INVALID_ARGUMENTS,
                "server-url: missing or not usable");
  WAIT_FOR (f->quit);
}

/* --- a server --- */

/* A TUN device and a listening socket; *port is where the latter listens. */
static GUnixFDList *
server_fds (int *network)
{
  GUnixFDList *fds = g_unix_fd_list_new ();
  int tun[2], listener = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, tun), ==, 0);
  g_assert_cmpint (listen (listener, 16), ==, 0);
  g_unix_fd_list_append (fds, tun[0], NULL);
  g_unix_fd_list_append (fds, listener, NULL);
  close (tun[0]);
  close (listener);
  *network = tun[1];
  return fds;
}

static void
test_server (Fixture *f, gconstpointer data)
{
  int network;
  g_autoptr (GUnixFDList) fds = server_fds (&network);
  g_autoptr (GVariant) started = expect_answer (f, "StartServer", "(" SERVER ", @h 0, [handle 1])", fds);
  g_autoptr (GVariant) clients = expect_answer (f, "ListClients", "()", NULL), statistics = NULL,
                       authorized = NULL, stopped = NULL;

  expect_state (f, "role", "server");
  expect_state (f, "state", "running");
  expect_state (f, "settings-hash", "H1");
  g_assert_cmpstr (g_variant_get_type_string (clients), ==, "(aa{sv})");
  statistics = expect_answer (f, "GetStatistics", "()", NULL);
  expect_error (f, "DisconnectClient", "('a', 'b')", SVPN_ERROR_NO_SUCH_SESSION,
                "there is no client with the id 'a'");
  expect_error (f, "GetClientTelemetry", "('a',)", SVPN_ERROR_NO_SUCH_SESSION,
                "there is no client with the id 'a'");
  expect_error (f, "SetClientRateLimit", "('a', @t 1, @t 1)", SVPN_ERROR_NO_SUCH_SESSION,
                "there is no client with the id 'a'");
  expect_error (f, "SetAuthorizedClients", "([{'name': <'a'>}],)", SVPN_ERROR_INVALID_ARGUMENTS,
                "authorized client: public-key: missing, or not 32 bytes in base64");
  authorized = expect_answer (f, "SetAuthorizedClients", "(@aa{sv} [],)", NULL);
  stopped = expect_answer (f, "Stop", "('bye',)", NULL);
  WAIT_FOR (f->quit);
  close (network);
}

static const struct {
  const char *name, *arguments, *message;
} bad_servers[] = {
  { "settings", "(@a{sv} {}, @h 0, [handle 1])", "private-key: missing or not usable" },
  { "no-listener", "(" SERVER ", @h 0, @ah [])", "tun, listeners: no fds came" },
  { "no-tun", "(" SERVER ", @h 7, [handle 1])", "tun, listeners: no fds came" },
};

static void
test_bad_server (Fixture *f, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  int network;
  g_autoptr (GUnixFDList) fds = server_fds (&network);
  g_autoptr (GError) error = NULL;

  g_assert_null (call (f, "StartServer", bad_servers[i].arguments, fds, &error));
  g_assert_cmpstr (error->message, ==, bad_servers[i].message);
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
  WAIT_FOR (f->quit);
  close (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
#define ADD(name, function) g_test_add ("/service/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("idle", test_idle);
  ADD ("stop-idle", test_stop_idle);
  ADD ("second-connection", test_second_connection);
  ADD ("client", test_client);
  ADD ("client-stopped", test_client_stopped);
  ADD ("client-fails", test_client_fails);
  ADD ("client-bad-settings", test_client_bad_settings);
  ADD ("server", test_server);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_servers); i++) {
    g_autofree char *path = g_strconcat ("/service/bad-server/", bad_servers[i].name, NULL);

    g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_bad_server, tear_down);
  }
  return g_test_run ();
}

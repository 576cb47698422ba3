/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's way to a session: everything that a server, or somebody who is not one, may answer. */
#include "admission.h"
#include "client-scene.h"
#include "error.h"
#include "host.h"
#include "table.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define URL_FORMAT "ws://127.0.0.1:%u/p"

/* A client on its way to @host. */
static ClientScene *
travel (Host *host)
{
  return client_scene_new (client_config (FALSE, host->port, "/p", host->public_key), 0);
}

/* That connecting failed with @code and @format, in which %s is the URL. */
static void
expect_failure (ClientScene *scene, Host *host, SvpnError code, const char *format)
{
  g_autofree char *url = g_strdup_printf (URL_FORMAT, host->port);
  g_autoptr (GString) expected = g_string_new (format);

  g_string_replace (expected, "%s", url, 0);
  client_expect (scene, "failed: ");
  g_assert_cmpstr (scene->failure->message, ==, expected->str);
  g_assert_error (scene->failure, SVPN_ERROR, (int) code);
}

/* --- the request --- */

/* What a browser would send, with the proof as its cookie, and nothing that names a VPN. */
static void
test_request (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  g_autofree char *head = NULL;
  SvpnAdmissionTable *table = svpn_admission_table_new ((const uint8_t[16]){ 0 });
  const char *cookie;
  int fd = host_accept (host, &head);

  g_assert_true (g_str_has_prefix (head, "GET /p HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, "\r\nUpgrade: websocket\r\n"));
  g_assert_nonnull (strstr (head, "\r\nSec-WebSocket-Version: 13\r\n"));
  g_assert_null (strstr (head, "Sec-WebSocket-Extensions"));
  g_assert_null (strstr (head, "Sec-WebSocket-Protocol"));
  cookie = strstr (head, "\r\nCookie: sid=");
  g_assert_nonnull (cookie);
  g_assert_cmpint (
      svpn_admission_check (table, cookie + 14, SVPN_ADMISSION_SIZE, host->private_key, VIRTUAL_UNIX_S), ==,
      SVPN_ADMISSION_OK);
  g_assert_true (g_str_has_prefix (cookie + 14 + SVPN_ADMISSION_SIZE, "\r\n"));
  svpn_admission_table_free (table);
  close (fd);
}

/* --- HTTP answers --- */

static const struct {
  const char *name, *answer;
  SvpnError code;
  const char *message;
} answers[] = {
  { "not-found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", SVPN_ERROR_SERVER_KEY_MISMATCH,
    "%s answered as for a page that does not exist (HTTP 404): server-public-key is not the key of this "
    "server, or "
    "the path of server-url is wrong, or there is no SmartVPN server" },
  { "ok", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", SVPN_ERROR_FAILED,
    "%s is not a SmartVPN server: it answered the WebSocket upgrade with HTTP 200 OK" },
  { "redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    SVPN_ERROR_FAILED, "%s is not a SmartVPN server: it answered the WebSocket upgrade with HTTP 302 Found" },
  { "redirect-to-itself", "HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
    SVPN_ERROR_FAILED, "%s is not a SmartVPN server: it answered the WebSocket upgrade with HTTP 301 Moved" },
  { "proxy", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    SVPN_ERROR_PROXY_AUTH_REQUIRED, "the HTTP proxy on the way to %s asks for credentials" },
  { "error", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", SVPN_ERROR_FAILED,
    "%s is not a SmartVPN server: it answered the WebSocket upgrade with HTTP 502 Bad Gateway" },
};

static void
test_answer (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);

  host_answer (host_accept (host, NULL), answers[i].answer, TRUE);
  expect_failure (scene, host, answers[i].code, answers[i].message);
  g_assert_cmpint (accept (host->fd, NULL, NULL), <, 0); /* it did not try again */
}

/* 101, but not to this request. */
static void
test_wrong_accept (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);

  host_answer (host_accept (host, NULL),
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
               FALSE);
  client_expect (scene, "failed: ");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_nonnull (strstr (scene->failure->message, " is not a SmartVPN server: bad WebSocket answer: "));
}

static void
test_closed (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);

  close (host_accept (host, NULL));
  client_expect (scene, "failed: cannot connect to ws://127.0.0.1:");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_FAILED);
}

static void
test_nobody (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = NULL;

  close (host->fd);
  host->fd = -1;
  scene = travel (host);
  client_expect (scene, "failed: cannot connect to ws://127.0.0.1:");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_UNREACHABLE);
}

static const struct {
  const char *name, *url, *message;
} urls[] = {
  { "not-a-url", "no url", "server-url: 'no url' is not a URL with a host" },
  { "no-host", "ws:///p", "server-url: 'ws:///p' is not a URL with a host" },
};

static void
test_url (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnClientConfig *config = client_config (FALSE, 1, "", (const uint8_t[32]){ 9 });
  g_autoptr (ClientScene) scene = NULL;

  g_free (config->server_url);
  config->server_url = g_strdup (urls[i].url);
  scene = client_scene_new (config, 0);
  client_expect (scene, "failed: ");
  g_assert_cmpstr (scene->failure->message, ==, urls[i].message);
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
}

/* A key of low order, which no server can have. */
static void
test_weak_key (void)
{
  SvpnClientConfig *config = client_config (FALSE, 1, "", (const uint8_t[32]){ 0 });
  g_autoptr (ClientScene) scene = client_scene_new (config, 0);

  client_expect_exactly (scene, "failed: server-public-key: not a usable key");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
}

/* --- time --- */

static void
test_no_answer (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  int fd = host_accept (host, NULL);

  virtual_time_pass_ms (29999);
  g_assert_cmpuint (scene->events->len, ==, 0);
  virtual_time_pass_ms (1);
  expect_failure (scene, host, SVPN_ERROR_TIMEOUT, "%s did not answer within 30 s");
  close (fd);
}

static void
test_no_handshake (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  g_autofree char *head = NULL;
  int fd = host_accept (host, &head);
  Hand *hand = host_upgrade (fd, head);

  hand_expect (hand, SVPN_FRAME_HANDSHAKE_INIT);
  virtual_time_pass_ms (29999);
  g_assert_cmpuint (scene->events->len, ==, 0);
  virtual_time_pass_ms (1);
  expect_failure (scene, host, SVPN_ERROR_TIMEOUT, "%s did not complete the handshake within 30 s");
  hand_free (hand);
}

/* The client's clock is ahead of the server's or behind: where the minute differs, it tries once more with the server's
 * time, which it has from the answer. */
static const struct {
  const char *name;
  gint64 ahead_s;
  const char *date;
  guint64 second_s; /* the time of the second proof; 0: there is none */
} clocks[] = {
  { "right", 0, "Fri, 15 Jan 2027 08:00:30 GMT", 0 },
  { "ahead-within-the-minute", 59, "Fri, 15 Jan 2027 08:00:00 GMT", 0 },
  { "ahead", 3600, "Fri, 15 Jan 2027 08:00:00 GMT", VIRTUAL_UNIX_S },
  { "a-minute-ahead", 60, "Fri, 15 Jan 2027 08:00:59 GMT", VIRTUAL_UNIX_S },
  { "behind", -86400, "Fri, 15 Jan 2027 08:00:00 GMT", VIRTUAL_UNIX_S },
  { "no-date", 3600, NULL, 0 },
  { "no-time", 3600, "yesterday", 0 },
};

static void
test_clock (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene
      = client_scene_new (client_config (FALSE, host->port, "/p", host->public_key), clocks[i].ahead_s);
  g_autofree char *date
      = clocks[i].date != NULL ? g_strdup_printf ("Date: %s\r\n", clocks[i].date) : g_strdup ("");
  g_autofree char *answer
      = g_strdup_printf ("HTTP/1.1 404 Not Found\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", date);
  SvpnAdmissionTable *table = svpn_admission_table_new ((const uint8_t[16]){ 0 });
  g_autofree char *head = NULL;

  host_answer (host_accept (host, NULL), answer, TRUE);
  if (clocks[i].second_s != 0) {
    int fd = host_accept (host, &head);

    g_assert_cmpint (svpn_admission_check (table, strstr (head, "sid=") + 4, SVPN_ADMISSION_SIZE,
                                           host->private_key, clocks[i].second_s - 59),
                     ==, SVPN_ADMISSION_OK);
    host_answer (fd, answer, TRUE); /* again: the end of it */
  }
  client_expect (scene, "failed: ");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH);
  g_assert_cmpint (accept (host->fd, NULL, NULL), <, 0);
  svpn_admission_table_free (table);
}

/* --- the handshake --- */

/* A WebSocket to a client that has sent message 1. */
static Hand *
take_message1 (Host *host)
{
  g_autofree char *head = NULL;
  int fd = host_accept (host, &head);
  Hand *hand = host_upgrade (fd, head);

  hand_expect (hand, SVPN_FRAME_HANDSHAKE_INIT);
  return hand;
}

#define ENDED                                                                                                \
  "%s took the WebSocket but ended it on our handshake: server-public-key is not the key of this server, "   \
  "or it is "                                                                                                \
  "not a SmartVPN server"

static void
test_closes_on_handshake (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  Hand *hand = take_message1 (host);

  hand_send_ws (hand, 0x88, "\x03\xf0", 2);
  expect_failure (scene, host, SVPN_ERROR_SERVER_KEY_MISMATCH, ENDED);
  hand_free (hand);
}

static void
test_breaks_on_handshake (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);

  hand_free (take_message1 (host));
  expect_failure (scene, host, SVPN_ERROR_SERVER_KEY_MISMATCH, ENDED);
}

static const struct {
  const char *name;
  uint8_t first_byte;
  const char *bytes;
  gsize size;
  const char *message;
} messages[] = {
  { "text", 0x81, "hello", 5, "%s is not a SmartVPN server: a text message" },
  { "empty", 0x82, "", 0, "%s is not a SmartVPN server: an empty message" },
  { "half-a-frame", 0x82, "\x02\0\0\0\5abc", 8,
    "%s is not a SmartVPN server: a message ends inside a frame" },
  { "too-long-frame", 0x82, "\x02\x7f\0\0\0", 5, "%s is not a SmartVPN server: a frame is too long" },
  { "message1", 0x82, "\x01\0\0\0\1a", 6, "%s is not a SmartVPN server: it sent no handshake" },
  { "sealed", 0x82, "\x10\0\0\0\1a", 6, "%s is not a SmartVPN server: a sealed frame before the handshake" },
};

static void
test_message (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  Hand *hand = take_message1 (host);

  hand_send_ws (hand, messages[i].first_byte, messages[i].bytes, messages[i].size);
  shutdown (hand->fd, SHUT_WR); /* so that no close frame is waited for */
  expect_failure (scene, host, SVPN_ERROR_FAILED, messages[i].message);
  hand_free (hand);
}

/* A server that has another key, or an answer that somebody altered. */
static void
test_other_key (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  Hand *hand = take_message1 (host);
  uint8_t message2[100] = { 9 };

  hand_send_clear (hand, SVPN_FRAME_HANDSHAKE_RESP, message2, sizeof message2);
  expect_failure (
      scene, host, SVPN_ERROR_SERVER_KEY_MISMATCH,
      "the server at %s does not have the key server-public-key, or somebody on the way altered its "
      "answer");
  hand_free (hand);
}

static const struct {
  const char *name, *json;
  SvpnError code;
  const char *message;
} welcomes[] = {
  { "unauthorized", "{\"version\":1,\"error\":\"unauthorized\"}", SVPN_ERROR_AUTH_FAILED,
    "the server at %s does not know this client's key (unauthorized)" },
  { "full", "{\"version\":1,\"error\":\"server-full\",\"message\":\"later\"}", SVPN_ERROR_LIMIT_EXCEEDED,
    "the server at %s has reached its number of clients (server-full: later)" },
  { "exhausted", "{\"version\":1,\"error\":\"pool-exhausted\"}", SVPN_ERROR_LIMIT_EXCEEDED,
    "the server at %s has no free address left (pool-exhausted)" },
  { "version", "{\"version\":1,\"error\":\"unsupported-version\"}", SVPN_ERROR_NOT_SUPPORTED,
    "the server at %s speaks another version of the protocol (unsupported-version)" },
  { "other-refusal", "{\"version\":1,\"error\":\"ba\\nd\",\"message\":\"mo\\u001bod\"}", SVPN_ERROR_FAILED,
    "the server at %s refused: ba?d: mo?od" },
  { "not-json", "hello", SVPN_ERROR_FAILED,
    "the server at %s sent a bad answer: line 1: word or text without quotes, or in the wrong place" },
  { "no-mtu", "{\"version\":1,\"client_id\":\"c\"}", SVPN_ERROR_FAILED,
    "the server at %s sent a bad answer: \"mtu\" is missing" },
  { "version-2",
    "{\"version\":2,\"client_id\":\"c1\",\"mtu\":1420,\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":24,"
    "\"gateway\":"
    "\"10.8.0.1\"}}",
    SVPN_ERROR_NOT_SUPPORTED, "the server at %s speaks version 2 of the protocol, we speak 1" },
};

static void
test_welcome (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  Hand *hand = host_welcome (host, welcomes[i].json);

  expect_failure (scene, host, welcomes[i].code, welcomes[i].message);
  hand_free (hand);
}

/* A user who does not want to wait. */
static void
test_cancelled (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) scene = travel (host);
  int fd = host_accept (host, NULL);

  svpn_client_disconnect (scene->client, "changed my mind");
  svpn_client_disconnect (scene->client, "twice");
  client_expect_exactly (scene, "failed: changed my mind");
  g_assert_error (scene->failure, SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/attempt/request", test_request);
  ADD_TABLE ("/attempt/answer/", answers, test_answer);
  g_test_add_func ("/attempt/wrong-accept", test_wrong_accept);
  g_test_add_func ("/attempt/closed", test_closed);
  g_test_add_func ("/attempt/nobody", test_nobody);
  ADD_TABLE ("/attempt/url/", urls, test_url);
  g_test_add_func ("/attempt/weak-key", test_weak_key);
  g_test_add_func ("/attempt/no-answer", test_no_answer);
  g_test_add_func ("/attempt/no-handshake", test_no_handshake);
  ADD_TABLE ("/attempt/clock/", clocks, test_clock);
  g_test_add_func ("/attempt/closes-on-handshake", test_closes_on_handshake);
  g_test_add_func ("/attempt/breaks-on-handshake", test_breaks_on_handshake);
  ADD_TABLE ("/attempt/message/", messages, test_message);
  g_test_add_func ("/attempt/other-key", test_other_key);
  ADD_TABLE ("/attempt/welcome/", welcomes, test_welcome);
  g_test_add_func ("/attempt/cancelled", test_cancelled);
  return g_test_run ();
}

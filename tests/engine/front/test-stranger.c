/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Connections to a front from their first request on: a site, another web server, the tunnel. */
#include "scene.h"

#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const SceneKind plain = { 0 }, with_tls = { .tls = TRUE },
                       with_origin = { .tls = TRUE, .origin = TRUE }, behind_proxy = { .trusted = TRUE };

#define FORWARDED_GET "GET /missing HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"
#define GET "GET /missing HTTP/1.1\r\nHost: a\r\n\r\n"

static void
test_site (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  gnutls_session_t session = scene_tls_connect (scene, fd);
  g_autoptr (GString) text = g_string_new (NULL);

  scene_tls_send (session, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  RUN_UNTIL (scene, scene_tls_has (session, text, "It works!"));
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 200 OK\r\n"));
  g_string_truncate (text, 0);
  scene_tls_send (session, "GET /missing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  RUN_UNTIL (scene, !scene_tls_take (session, text));
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 404 Not Found\r\n"));
  g_assert_cmpuint (loop_n_strangers (scene->loop), ==, 1); /* until the client closes, too */
  gnutls_deinit (session);
  close (fd);
  RUN_UNTIL (scene, loop_n_strangers (scene->loop) == 0);
}

/* Many requests sent at once are answered one after the other, however many there are. */
static void
test_pipelining (Scene *scene, gconstpointer data)
{
  enum { N = 200 };
  int fd = scene_connect (scene);
  g_autoptr (GString) requests = g_string_new (NULL), text = NULL;
  guint n = 0;

  for (guint i = 0; i < N; i++)
    g_string_append (requests, i < N - 1 ? GET : "GET /missing HTTP/1.0\r\n\r\n");
  sockets_send (fd, requests->str, requests->len);
  text = scene_read_all (scene, fd);
  for (const char *at = text->str; (at = strstr (at, "HTTP/1.1 404")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, N);
  close (fd);
}

/* A body without end is answered at once; some of it is taken, besides what the sockets hold, and none is kept. */
static void
test_endless_body (Scene *scene, gconstpointer data)
{
  static const char request[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n";
  static const char body[65536];
  int fd = scene_connect (scene);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize before = mallinfo2 ().uordblks, sent = 0, most = 0;

  sockets_send (fd, request, strlen (request));
  RUN_UNTIL (scene, scene_has (fd, text, "HTTP/1.1 405 "));
  while (loop_n_strangers (scene->loop) > 0) {
    ssize_t n = send (fd, body, sizeof body, MSG_NOSIGNAL);

    sent += n > 0 ? (gsize) n : 0;
    loop_iterate (scene->loop, n > 0 ? 0 : 1);
    most = MAX (most, mallinfo2 ().uordblks);
  }
  g_assert_cmpuint (sent, >=, SVPN_STRANGER_LINGER_MAX);
  g_assert_cmpuint (sent, <, 32 * SVPN_STRANGER_LINGER_MAX);
  g_assert_cmpuint (most, <, before + 65536);
  close (fd);
}

/* --- admission --- */

static void
test_admission (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  gnutls_session_t session = scene_tls_connect (scene, fd);
  g_autofree char *request = scene_upgrade_request ("", 2);
  g_autoptr (GString) text = g_string_new (NULL);

  scene_tls_send (session, request);
  RUN_UNTIL (scene, scene_tls_has (session, text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 101 Switching Protocols\r\n"));
  RUN_UNTIL (scene, loop_n_admitted (scene->loop) == 1);
  g_assert_cmpstr (loop_last_bytes (scene->loop), ==, "first frame");
  g_assert_true (g_str_has_prefix (loop_last_address (scene->loop), "127.0.0.1:"));
  gnutls_deinit (session);
  close (fd);
}

/* The same proof again is a request for a page that is not there. */
static void
test_replay (Scene *scene, gconstpointer data)
{
  g_autofree char *request = scene_upgrade_request ("", 3);

  for (guint i = 0; i < 2; i++) {
    int fd = scene_connect (scene);
    g_autoptr (GString) text = g_string_new (NULL);

    sockets_send (fd, request, strlen (request));
    RUN_UNTIL (scene, scene_has (fd, text, i == 0 ? "HTTP/1.1 101 " : "HTTP/1.1 404 "));
    close (fd);
  }
}

/* An upgrade that comes after a page on the same connection: a proxy's connections are used again and again. */
static void
test_admission_later (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autofree char *request = scene_upgrade_request ("", 4);
  g_autoptr (GString) text = g_string_new (NULL);

  sockets_send (fd, GET, strlen (GET));
  RUN_UNTIL (scene, scene_has (fd, text, "</html>"));
  sockets_send (fd, request, strlen (request));
  RUN_UNTIL (scene, scene_has (fd, text, "HTTP/1.1 101 "));
  close (fd);
}

/* --- the origin --- */

static void
test_relay (Scene *scene, gconstpointer data)
{
  static const char head[] = "GET /missing HTTP/1.1\nanything"; /* malformed: as it came */
  int fd = scene_connect (scene), origin = -1;
  gnutls_session_t session = scene_tls_connect (scene, fd);
  g_autoptr (GString) asked = g_string_new (NULL), answered = g_string_new (NULL);

  scene_tls_send (session, head);
  RUN_UNTIL (scene, (origin = accept4 (scene->origin_listener, NULL, NULL, SOCK_NONBLOCK)) >= 0);
  RUN_UNTIL (scene, scene_has (origin, asked, head));
  scene_tls_send (session, " else");
  RUN_UNTIL (scene, scene_has (origin, asked, "anything else"));
  sockets_send (origin, "what it likes", 13);
  RUN_UNTIL (scene, scene_tls_has (session, answered, "what it likes"));
  close (origin);
  RUN_UNTIL (scene, !scene_tls_take (session, answered));
  gnutls_deinit (session);
  close (fd);
  RUN_UNTIL (scene, loop_n_strangers (scene->loop) == 0);
}

/* A large answer through TLS to a client that is slow, and a large body to an origin that is. */
static void
test_relay_bulk (Scene *scene, gconstpointer data)
{
  enum { SIZE = 4 * 1024 * 1024 };
  int fd = scene_connect (scene), origin = -1;
  gnutls_session_t session = scene_tls_connect (scene, fd);
  g_autoptr (GString) asked = g_string_new (NULL), answered = g_string_new (NULL), bulk = g_string_new (NULL);
  gsize sent = 0, answer_sent = 0;

  for (guint i = 0; bulk->len < SIZE; i++)
    g_string_append_printf (bulk, "%u ", i);
  scene_tls_send (session, GET);
  RUN_UNTIL (scene, (origin = accept4 (scene->origin_listener, NULL, NULL, SOCK_NONBLOCK)) >= 0);
  RUN_UNTIL (scene, scene_has (origin, asked, GET));
  g_string_truncate (asked, 0);
  while (asked->len < bulk->len || answered->len < bulk->len) {
    ssize_t n = sent < bulk->len ? gnutls_record_send (session, bulk->str + sent, bulk->len - sent) : 0;

    sent += n > 0 ? (gsize) n : 0;
    n = answer_sent < bulk->len
            ? send (origin, bulk->str + answer_sent, bulk->len - answer_sent, MSG_NOSIGNAL)
            : 0;
    answer_sent += n > 0 ? (gsize) n : 0;
    loop_iterate (scene->loop, 0);
    g_assert_true (scene_take (origin, asked));
    g_assert_true (scene_tls_take (session, answered));
  }
  g_assert_cmpstr (asked->str, ==, bulk->str);
  g_assert_cmpstr (answered->str, ==, bulk->str);
  gnutls_deinit (session);
  close (fd);
  close (origin);
}

static void
test_unreachable (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  gnutls_session_t session = scene_tls_connect (scene, fd);
  g_autoptr (GString) text = g_string_new (NULL);

  close (scene->origin_listener);
  scene->origin_listener = -1;
  scene_tls_send (session, GET);
  RUN_UNTIL (scene, !scene_tls_take (session, text));
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 502 Bad Gateway\r\n"));
  gnutls_deinit (session);
  close (fd);
}

/* --- behind a proxy --- */

static void
test_forwarded (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autofree char *request = scene_upgrade_request ("X-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n", 5);

  sockets_send (fd, request, strlen (request));
  RUN_UNTIL (scene, loop_n_admitted (scene->loop) == 1);
  g_assert_cmpstr (loop_last_address (scene->loop), ==, "192.0.2.7:0");
  close (fd);
}

/* The next request on a proxy's connection may be for somebody else. */
static void
test_forwarded_again (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autofree char *request = scene_upgrade_request ("X-Forwarded-For: 192.0.2.8\r\n", 7);
  g_autoptr (GString) text = g_string_new (NULL);

  sockets_send (fd, FORWARDED_GET, strlen (FORWARDED_GET));
  RUN_UNTIL (scene, scene_has (fd, text, "</html>"));
  sockets_send (fd, request, strlen (request));
  RUN_UNTIL (scene, loop_n_admitted (scene->loop) == 1);
  g_assert_cmpstr (loop_last_address (scene->loop), ==, "192.0.2.8:0");
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  scene_add_test ("/stranger/site", &with_tls, test_site);
  scene_add_test ("/stranger/pipelining", &plain, test_pipelining);
  scene_add_test ("/stranger/endless body", &plain, test_endless_body);
  scene_add_test ("/stranger/admission", &with_tls, test_admission);
  scene_add_test ("/stranger/replay", &plain, test_replay);
  scene_add_test ("/stranger/admission later", &plain, test_admission_later);
  scene_add_test ("/stranger/relay", &with_origin, test_relay);
  scene_add_test ("/stranger/relay/bulk", &with_origin, test_relay_bulk);
  scene_add_test ("/stranger/unreachable origin", &with_origin, test_unreachable);
  scene_add_test ("/stranger/X-Forwarded-For/once", &behind_proxy, test_forwarded);
  scene_add_test ("/stranger/X-Forwarded-For/again", &behind_proxy, test_forwarded_again);
  return scene_run_tests ();
}

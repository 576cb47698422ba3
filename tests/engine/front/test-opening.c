/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Connections to a front before their first request: silent, unfinished, wrong, behind a proxy. */
#include "scene.h"

#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const SceneKind plain = { 0 }, with_tls = { .tls = TRUE }, behind_proxy = { .trusted = TRUE },
                       tls_behind_proxy = { .tls = TRUE, .trusted = TRUE };

/* Hands what has come at @from to @to, in pieces. */
static void
pass_on (Scene *scene, int from, int to, gsize piece)
{
  g_autoptr (GString) bytes = g_string_new (NULL);

  scene_take (from, bytes);
  for (gsize at = 0; at < bytes->len; at += MIN (piece, bytes->len - at)) {
    sockets_send (to, bytes->str + at, MIN (piece, bytes->len - at));
    loop_iterate (scene->loop, 0);
  }
}

static gboolean
pass_both_ways (Scene *scene, int client, int front)
{
  pass_on (scene, client, front, 1);
  pass_on (scene, front, client, G_MAXSIZE);
  return TRUE;
}

/* All that a client sends comes byte by byte, its ClientHello first. */
static void
test_hello_in_pieces (Scene *scene, gconstpointer data)
{
  int client, middle, fd = scene_connect (scene);
  g_autoptr (GString) text = g_string_new (NULL);
  gnutls_session_t session;

  sockets_pair (&client, &middle);
  session = scene_tls_new (client);
  RUN_UNTIL (scene, pass_both_ways (scene, middle, fd) && gnutls_handshake (session) == 0);
  scene_tls_send (session, "GET / HTTP/1.0\r\n\r\n");
  RUN_UNTIL (scene, pass_both_ways (scene, middle, fd) && scene_tls_has (session, text, "It works!"));
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 200 OK\r\n"));
  gnutls_deinit (session);
  close (client);
  close (middle);
  close (fd);
}

/* While only a part has come the loop sleeps: nothing is readable (SO_RCVLOWAT). */
static void
test_half_hello_sleeps (Scene *scene, gconstpointer data)
{
  static const guint8 half[] = { 22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3 };
  int fd = scene_connect (scene);

  sockets_send (fd, half, sizeof half);
  g_assert_cmpint (loop_iterate (scene->loop, 1000), ==, 1);
  g_assert_cmpint (loop_iterate (scene->loop, 50), ==, 0);
  shutdown (fd, SHUT_WR);
  RUN_UNTIL (scene, loop_n_strangers (scene->loop) == 0);
  close (fd);
}

static void
test_plain_http (Scene *scene, gconstpointer data)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  int fd = scene_connect (scene);
  g_autoptr (GString) text = NULL;

  sockets_send (fd, request, strlen (request));
  text = scene_read_all (scene, fd);
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 400 Bad Request\r\n"));
  close (fd);
}

static void
test_alert (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autoptr (GString) text = NULL;

  sockets_send (fd, "\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9);
  text = scene_read_all (scene, fd);
  g_assert_cmpmem (text->str, text->len, "\x15\x03\x03\x00\x02\x02\x0a", 7);
  close (fd);
}

/* Whoever says nothing is gone after a time, and nobody before. */
static void
test_silence (Scene *scene, gconstpointer data)
{
  int silent = scene_connect (scene), half = scene_connect (scene);
  gnutls_session_t session = ((const SceneKind *) data)->tls ? scene_tls_connect (scene, half) : NULL;

  if (session != NULL)
    scene_tls_send (session, "GET / HT");
  else
    sockets_send (half, "GET / HT", 8);
  loop_pass_time (scene->loop, SVPN_STRANGER_HEAD_TIMEOUT_S - 5);
  loop_iterate (scene->loop, 0);
  g_assert_cmpuint (loop_n_strangers (scene->loop), ==, 2);
  loop_pass_time (scene->loop, 10);
  RUN_UNTIL (scene, loop_n_strangers (scene->loop) == 0);
  g_clear_pointer (&session, gnutls_deinit);
  close (silent);
  close (half);
}

/* What a connection costs from which nothing, or half a ClientHello, has come, without its socket. */
static void
test_memory (Scene *scene, gconstpointer data)
{
  enum { N = 100, MAX = 1024 };
  int fds[N];
  gsize before;

  for (guint i = 0; i < N; i++) {
    fds[i] = scene_connect (scene);
    if (i % 2 == 0)
      sockets_send (fds[i], "\x16\x03\x01\x01\x00\x01", 6);
  }
  loop_iterate (scene->loop, 1);
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < N; i++)
    close (fds[i]);
  RUN_UNTIL (scene, loop_n_strangers (scene->loop) == 0);
  g_test_message ("%zu bytes a connection", (before - mallinfo2 ().uordblks) / N);
  g_assert_cmpuint ((before - mallinfo2 ().uordblks) / N, <, MAX);
}

static void
test_proxy_header (Scene *scene, gconstpointer data)
{
  static const char header[] = "PROXY TCP4 192.0.2.7 198.51.100.2 4711 443\r\n";
  int fd = scene_connect (scene);
  g_autofree char *request = scene_upgrade_request ("X-Forwarded-For: 203.0.113.9\r\n", 6);
  gnutls_session_t session;

  for (const char *at = header; *at != '\0'; at++) { /* in pieces */
    sockets_send (fd, at, 1);
    loop_iterate (scene->loop, 0);
  }
  session = scene_tls_connect (scene, fd);
  scene_tls_send (session, request);
  RUN_UNTIL (scene, loop_n_admitted (scene->loop) == 1);
  g_assert_cmpstr (loop_last_address (scene->loop), ==,
                   "192.0.2.7:4711"); /* the client itself is not trusted to forward */
  gnutls_deinit (session);
  close (fd);
}

static void
test_bad_proxy_header (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autoptr (GString) text = NULL;

  sockets_send (fd, "PROXY TCP4 nobody\r\n", 19);
  text = scene_read_all (scene, fd);
  g_assert_cmpuint (text->len, ==, 0);
  close (fd);
}

/* From anybody else such a header is a malformed request. */
static void
test_untrusted_proxy_header (Scene *scene, gconstpointer data)
{
  int fd = scene_connect (scene);
  g_autoptr (GString) text = NULL;

  sockets_send (fd, "PROXY TCP4 192.0.2.7 198.51.100.2 4711 443\r\n", 44);
  text = scene_read_all (scene, fd);
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 400 "));
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  scene_add_test ("/opening/hello in pieces", &with_tls, test_hello_in_pieces);
  scene_add_test ("/opening/half a hello sleeps", &with_tls, test_half_hello_sleeps);
  scene_add_test ("/opening/plain HTTP where TLS is spoken", &with_tls, test_plain_http);
  scene_add_test ("/opening/alert", &with_tls, test_alert);
  scene_add_test ("/opening/silence/plain", &plain, test_silence);
  scene_add_test ("/opening/silence/TLS", &with_tls, test_silence);
  scene_add_test ("/opening/memory/plain", &plain, test_memory);
  scene_add_test ("/opening/memory/TLS", &with_tls, test_memory);
  scene_add_test ("/opening/PROXY header", &tls_behind_proxy, test_proxy_header);
  scene_add_test ("/opening/bad PROXY header", &behind_proxy, test_bad_proxy_header);
  scene_add_test ("/opening/PROXY header of a stranger", &plain, test_untrusted_proxy_header);
  return scene_run_tests ();
}

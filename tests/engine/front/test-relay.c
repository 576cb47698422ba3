/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The relay between a client and another web server, both played by this test. */
#include "web-relay.h"
#include "sockets.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELLO "GET / HTTP/1.1\r\n"

typedef struct {
  int client;           /* the client's end */
  SvpnChannel channel;  /* ours */
  int listener, origin; /* the origin's ends */
  SvpnRelayConfig config;
  SvpnRelay *relay;
  SvpnRelayState state;
  SvpnWish wish;
  gint64 now;
} Fixture;

static void
start (Fixture *fixture)
{
  SvpnEndpoint source = { .port = 4096 }, destination = { .port = 443 };

  svpn_address_parse ("192.0.2.1", &source.address);
  svpn_address_parse ("198.51.100.2", &destination.address);
  fixture->relay = svpn_relay_new (&fixture->config, &fixture->channel, &source, &destination,
                                   (const guint8 *) HELLO, strlen (HELLO), fixture->now);
  g_assert_nonnull (fixture->relay);
  fixture->state = SVPN_RELAY_GOING;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint16 port;

  sockets_pair (&fixture->client, &fixture->channel.fd);
  fixture->listener = sockets_listen (&port);
  svpn_address_parse ("127.0.0.1", &fixture->config.origin.address);
  fixture->config.origin.port = port;
  fixture->config.proxy_version = GPOINTER_TO_UINT (data);
  fixture->origin = -1;
  fixture->now = 1000;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->relay, svpn_relay_free);
  close (fixture->client);
  close (fixture->channel.fd);
  close (fixture->listener);
  if (fixture->origin >= 0)
    close (fixture->origin);
}

static void
run (Fixture *fixture)
{
  if (fixture->state == SVPN_RELAY_GOING)
    fixture->state = svpn_relay_run (fixture->relay, fixture->now, &fixture->wish);
}

/* Waits for what the relay wants, or for @fd to be readable. */
static void
wait_for_any (Fixture *fixture, int fd)
{
  struct pollfd fds[] = {
    { .fd = fixture->wish.client_events != 0 ? fixture->channel.fd : -1,
      .events = fixture->wish.client_events },
    { .fd = fixture->wish.origin_events != 0 ? svpn_relay_get_fd (fixture->relay) : -1,
      .events = fixture->wish.origin_events },
    { .fd = fd, .events = POLLIN },
  };

  if (!fixture->wish.again && poll (fds, G_N_ELEMENTS (fds), DEADLINE_US / 1000) < 1)
    g_error ("nothing happens: the relay's state is %d", fixture->state);
}

/* Runs the relay until @size bytes have come out at @fd, or the end; returns them. */
static GByteArray *
run_until_received (Fixture *fixture, int fd, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 piece[65536];

  while (bytes->len < size) {
    ssize_t n;

    run (fixture);
    n = recv (fd, piece, MIN (sizeof piece, size - bytes->len), MSG_DONTWAIT);
    if (n > 0)
      g_byte_array_append (bytes, piece, (guint) n);
    else if (n == 0 || errno != EAGAIN)
      break;
    else
      wait_for_any (fixture, fd);
  }
  return bytes;
}

static void
expect_bytes (Fixture *fixture, int fd, const char *expected)
{
  g_autoptr (GByteArray) bytes = run_until_received (fixture, fd, strlen (expected));

  g_assert_cmpmem (bytes->data, bytes->len, expected, strlen (expected));
}

/* The next thing that comes out at @fd is the end. */
static void
expect_end (Fixture *fixture, int fd)
{
  g_autoptr (GByteArray) bytes = run_until_received (fixture, fd, 1);

  g_assert_cmpuint (bytes->len, ==, 0);
}

static void
run_until_state (Fixture *fixture, SvpnRelayState state)
{
  run (fixture);
  while (fixture->state == SVPN_RELAY_GOING) {
    wait_for_any (fixture, -1);
    run (fixture);
  }
  g_assert_cmpint (fixture->state, ==, state);
}

static void
start_and_accept (Fixture *fixture)
{
  start (fixture);
  fixture->origin = sockets_accept (fixture->listener);
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  sockets_send (fixture->client, "Host: x\r\n\r\n", 11);
  expect_bytes (fixture, fixture->origin, "Host: x\r\n\r\n");
  sockets_send (fixture->origin, "HTTP/1.1 200 OK\r\n\r\n", 19);
  expect_bytes (fixture, fixture->client, "HTTP/1.1 200 OK\r\n\r\n");
  g_assert_cmpint (fixture->wish.deadline_us, ==, fixture->now + SVPN_RELAY_IDLE_TIMEOUT_S * G_USEC_PER_SEC);
}

static void
test_proxy_header (Fixture *fixture, gconstpointer data)
{
  static const char version2[]
      = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x10\x00\x01\xbb";
  static const char version1[] = "PROXY TCP4 192.0.2.1 198.51.100.2 4096 443\r\n";
  const gsize size = fixture->config.proxy_version == 1 ? sizeof version1 - 1 : sizeof version2 - 1;
  g_autoptr (GByteArray) bytes = NULL;

  start_and_accept (fixture);
  bytes = run_until_received (fixture, fixture->origin, size + strlen (HELLO));
  g_assert_cmpmem (bytes->data, size, fixture->config.proxy_version == 1 ? version1 : version2, size);
  g_assert_cmpmem (bytes->data + size, bytes->len - size, HELLO, strlen (HELLO));
}

/* A client that is done asking still gets its answer. */
static void
test_client_ends_first (Fixture *fixture, gconstpointer data)
{
  start_and_accept (fixture);
  shutdown (fixture->client, SHUT_WR);
  expect_bytes (fixture, fixture->origin, HELLO);
  expect_end (fixture, fixture->origin);
  sockets_send (fixture->origin, "late answer", 11);
  close (fixture->origin);
  fixture->origin = -1;
  expect_bytes (fixture, fixture->client, "late answer");
  expect_end (fixture, fixture->client);
  g_assert_cmpint (fixture->state, ==, SVPN_RELAY_ENDED);
}

static void
test_origin_ends_first (Fixture *fixture, gconstpointer data)
{
  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  shutdown (fixture->origin, SHUT_WR);
  expect_end (fixture, fixture->client);
  sockets_send (fixture->client, "more", 4);
  expect_bytes (fixture, fixture->origin, "more");
  g_assert_cmpint (fixture->state, ==, SVPN_RELAY_GOING);
  g_assert_cmpint (fixture->wish.deadline_us, ==, fixture->now + SVPN_RELAY_LINGER_S * G_USEC_PER_SEC);
  fixture->now = fixture->wish.deadline_us;
  run_until_state (fixture, SVPN_RELAY_ENDED);
}

/* What one end does not take is not read from the other, and none of it is lost. */
static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  const gsize size = 32 * 1024 * 1024;
  gboolean to_client = GPOINTER_TO_INT (data);
  g_autofree guint8 *sent = g_malloc (size);
  g_autoptr (GByteArray) received = g_byte_array_new ();
  gsize at = 0;
  int from, to;

  for (gsize i = 0; i < size; i++)
    sent[i] = (guint8) (i * 7 + i / 251);
  fixture->config.proxy_version = 0;
  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  from = to_client ? fixture->origin : fixture->client;
  to = to_client ? fixture->client : fixture->origin;

  /* Nobody reads: after a while nothing is taken from the sender, and the receiver is waited for alone. */
  for (;;) {
    ssize_t n = send (from, sent + at, size - at, MSG_NOSIGNAL);
    short *source = to_client ? &fixture->wish.origin_events : &fixture->wish.client_events;

    g_assert_true (n > 0 || errno == EAGAIN);
    at += n > 0 ? (gsize) n : 0;
    run (fixture);
    if (n < 0 && *source == 0)
      break;
  }
  g_assert_cmpuint (at, <, size);
  while (received->len < size) {
    g_autoptr (GByteArray) piece = run_until_received (fixture, to, MIN (100000, at - received->len));
    ssize_t n = at < size ? send (from, sent + at, size - at, MSG_NOSIGNAL) : 0;

    at += n > 0 ? (gsize) n : 0;
    g_byte_array_append (received, piece->data, piece->len);
  }
  g_assert_cmpmem (received->data, received->len, sent, size);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  close (fixture->listener);
  fixture->listener = -1;
  start (fixture);
  run_until_state (fixture, SVPN_RELAY_UNREACHABLE);
}

/* An origin whose queue is full says nothing. */
static void
test_silent_origin (Fixture *fixture, gconstpointer data)
{
  int others[8];

  g_assert_cmpint (listen (fixture->listener, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = sockets_connect (fixture->config.origin.port);
  start (fixture);
  run (fixture);
  g_assert_cmpint (fixture->state, ==, SVPN_RELAY_GOING);
  g_assert_cmpint (fixture->wish.deadline_us, ==,
                   fixture->now + SVPN_RELAY_CONNECT_TIMEOUT_S * G_USEC_PER_SEC);
  fixture->now = fixture->wish.deadline_us;
  run_until_state (fixture, SVPN_RELAY_UNREACHABLE);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    close (others[i]);
}

static void
reset (int fd)
{
  const SvpnChannel channel = { .fd = fd };

  svpn_channel_reset_on_close (&channel);
  close (fd);
}

static void
test_origin_resets (Fixture *fixture, gconstpointer data)
{
  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  reset (fixture->origin);
  fixture->origin = -1;
  run_until_state (fixture, SVPN_RELAY_RESET);
}

static void
test_client_resets (Fixture *fixture, gconstpointer data)
{
  gboolean is_reset;

  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  reset (fixture->client);
  fixture->client = -1;
  run_until_state (fixture, SVPN_RELAY_ENDED);
  g_clear_pointer (&fixture->relay, svpn_relay_free);
  g_byte_array_unref (sockets_receive (fixture->origin, 1, &is_reset));
  g_assert_true (is_reset);
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  start_and_accept (fixture);
  expect_bytes (fixture, fixture->origin, HELLO);
  fixture->now = fixture->wish.deadline_us - 1;
  run (fixture);
  g_assert_cmpint (fixture->state, ==, SVPN_RELAY_GOING);
  fixture->now++;
  run_until_state (fixture, SVPN_RELAY_ENDED);
}

static void
add (const char *path, gconstpointer data, void (*function) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, function, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/relay/both ways", NULL, test_both_ways);
  add ("/relay/PROXY header/1", GUINT_TO_POINTER (1), test_proxy_header);
  add ("/relay/PROXY header/2", GUINT_TO_POINTER (2), test_proxy_header);
  add ("/relay/client ends first", NULL, test_client_ends_first);
  add ("/relay/origin ends first", NULL, test_origin_ends_first);
  add ("/relay/back-pressure/to origin", GINT_TO_POINTER (FALSE), test_back_pressure);
  add ("/relay/back-pressure/to client", GINT_TO_POINTER (TRUE), test_back_pressure);
  add ("/relay/refused", NULL, test_refused);
  add ("/relay/silent origin", NULL, test_silent_origin);
  add ("/relay/origin resets", NULL, test_origin_resets);
  add ("/relay/client resets", NULL, test_client_resets);
  add ("/relay/idle", NULL, test_idle);
  return g_test_run ();
}

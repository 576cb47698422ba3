/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Two peers in memory over a carrier that cuts, stalls and corrupts:
 *
 *     client peer == socketpair == relay == socketpair == server peer
 */
#include "peer.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_S 20

typedef struct {
  SvpnPeer *peer;
  GString *received; /* payload bytes of IP packets, one after the other */
  guint packets;
  gboolean confirmed, ended;
  SvpnPeerEnd end;
  char *reason;
} Side;

typedef struct {
  Side client, server;
  int relay[2]; /* the carrier's ends to the client and to the server */
  guint8 key_up[32], key_down[32];
} Fixture;

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
}

static void
on_confirmed (gpointer user_data)
{
  ((Side *) user_data)->confirmed = TRUE;
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  Side *side = user_data;

  side->packets++;
  g_string_append_len (side->received, (char *) data + 20, packet->size - 20);
}

static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  Side *side = user_data;

  g_assert_false (side->ended);
  side->ended = TRUE;
  side->end = end;
  side->reason = g_strdup (reason);
}

static const SvpnPeerEvents events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .ended = on_ended,
};

static void
set_up_side (Side *side, SvpnWsRole role, int *relay)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  *relay = fds[1];
  socket = g_socket_new_from_fd (fds[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  side->received = g_string_new (NULL);
  side->peer = svpn_peer_new (G_IO_STREAM (connection), socket, NULL, role, &events, side);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  memset (f->key_up, 1, 32);
  memset (f->key_down, 2, 32);
  set_up_side (&f->client, SVPN_WS_CLIENT, &f->relay[0]);
  set_up_side (&f->server, SVPN_WS_SERVER, &f->relay[1]);
  svpn_peer_open (f->client.peer, f->key_up, f->key_down);
  svpn_peer_open (f->server.peer, f->key_down, f->key_up);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  Side *sides[] = { &f->client, &f->server };

  for (int i = 0; i < 2; i++) {
    svpn_peer_free (sides[i]->peer);
    g_string_free (sides[i]->received, TRUE);
    g_free (sides[i]->reason);
    if (f->relay[i] >= 0)
      close (f->relay[i]);
  }
}

/* Carries what one end has to the other, at most @max bytes at a time; @change sees them in between. */
static void
relay (Fixture *f, int from, gsize max, void (*change) (guint8 *data, gsize size))
{
  guint8 buffer[65536];
  ssize_t n = read (f->relay[from], buffer, MIN (max, sizeof buffer));
  gsize sent = 0;

  if (n <= 0)
    return;
  if (change != NULL)
    change (buffer, (gsize) n);
  while (sent < (gsize) n) {
    ssize_t m = write (f->relay[1 - from], buffer + sent, (gsize) n - sent);
    if (m > 0)
      sent += (gsize) m;
    else
      g_main_context_iteration (NULL, FALSE); /* the receiver must read first */
  }
}

static gboolean
in_time (gint64 start)
{
  g_assert_cmpint (g_get_monotonic_time () - start, <, DEADLINE_S * G_USEC_PER_SEC);
  return TRUE;
}

/* An IPv4 packet of @size bytes whose payload is @fill. */
static void
send_packet (SvpnPeer *peer, gsize size, guint8 fill)
{
  g_autofree guint8 *packet = g_malloc0 (size);
  SvpnPacket parsed;

  packet[0] = 0x45;
  packet[2] = (guint8) (size >> 8);
  packet[3] = (guint8) size;
  packet[9] = 59;
  memset (packet + 20, fill, size - 20);
  g_assert_cmpint (svpn_packet_parse (packet, size, &parsed), ==, SVPN_PACKET_OK);
  svpn_peer_send_packet (peer, &parsed, packet);
}

/* Thousands of packets of all sizes each way, through a carrier that cuts wherever it likes. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GString) up = g_string_new (NULL), down = g_string_new (NULL);
  gint64 start = g_get_monotonic_time ();
  guint sent = 0;

  svpn_peer_set_qos (f->client.peer, FALSE); /* which would change the order */
  svpn_peer_set_qos (f->server.peer, FALSE);
  while ((f->client.packets < 3000 || f->server.packets < 3000) && in_time (start)) {
    for (int i = 0; i < 5 && sent < 3000; i++, sent++) {
      gsize size = g_rand_int_range (rand, 0, 50) == 0 ? 65535 : (gsize) g_rand_int_range (rand, 21, 1500);

      send_packet (f->client.peer, size, (guint8) sent);
      send_packet (f->server.peer, size, (guint8) (sent + 1));
      for (gsize k = 20; k < size; k++) {
        g_string_append_c (up, (char) sent);
        g_string_append_c (down, (char) (sent + 1));
      }
    }
    svpn_peer_flush (f->client.peer);
    svpn_peer_flush (f->server.peer);
    for (int i = 0; i < 50; i++) {
      relay (f, 0, g_rand_int_range (rand, 0, 10) == 0 ? 1 : 30000, NULL);
      relay (f, 1, g_rand_int_range (rand, 0, 10) == 0 ? 3 : 30000, NULL);
      g_main_context_iteration (NULL, FALSE);
    }
  }
  g_assert_cmpuint (svpn_peer_get_counters (f->client.peer)->drops_queue_full, ==, 0);
  g_assert_true (g_string_equal (f->server.received, up));
  g_assert_true (g_string_equal (f->client.received, down));
  g_assert_true (f->server.confirmed);
}

/* A carrier that stands still: the queue fills to its bound and drops, nothing grows; then all that was taken
 * arrives. */
static void
test_stall (Fixture *f, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();
  SvpnCounters *counters;
  guint64 dropped;

  for (int i = 0; i < 20000; i++) {
    send_packet (f->client.peer, 1000, (guint8) i);
    svpn_peer_flush (f->client.peer);
    g_main_context_iteration (NULL, FALSE);
  }
  counters = svpn_peer_get_counters (f->client.peer);
  dropped = counters->drops_queue_full;
  g_assert_cmpuint (dropped, >, 15000);
  while (f->server.packets < 20000 - dropped && in_time (start)) {
    relay (f, 0, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (svpn_peer_get_counters (f->client.peer)->packets_sent, ==, 20000 - dropped);
  g_assert_false (f->server.ended);
}

/* The answer to a keepalive overtakes what is queued. */
static void
test_keepalive_overtakes (Fixture *f, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < 500; i++)
    send_packet (f->server.peer, 1000, 1);
  svpn_peer_start_vitals (f->client.peer, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  while (svpn_peer_get_counters (f->client.peer)->frames_received == 0 && in_time (start)) {
    relay (f, 0, 65536, NULL);
    relay (f, 1, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  /* frames that are no packets: the answer came before the 500 were through */
  while (svpn_peer_get_counters (f->client.peer)->frames_received == f->client.packets && in_time (start)) {
    relay (f, 1, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (f->client.packets, <, 500);
}

static void
flip_last (guint8 *data, gsize size)
{
  data[size - 1] ^= 1;
}

static void
expect_end (Fixture *f, Side *side, SvpnPeerEnd end)
{
  gint64 start = g_get_monotonic_time ();

  while (!side->ended && in_time (start)) {
    relay (f, 0, 65536, NULL);
    relay (f, 1, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  g_test_message ("%s", side->reason);
  g_assert_cmpint (side->end, ==, end);
}

/* One bit flipped on the way ends the session, and says so. */
static void
test_corrupt (Fixture *f, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  send_packet (f->client.peer, 100, 1);
  svpn_peer_flush (f->client.peer);
  while (svpn_peer_get_state (f->server.peer) == SVPN_PEER_OPEN && in_time (start)) {
    relay (f, 0, 65536, flip_last);
    g_main_context_iteration (NULL, FALSE);
  }
  expect_end (f, &f->server, SVPN_PEER_END_PROTOCOL);
  g_assert_cmpuint (f->server.packets, ==, 0);
  expect_end (f, &f->client, SVPN_PEER_END_CLOSED);
}

static void
test_break (Fixture *f, gconstpointer data)
{
  close (f->relay[0]);
  f->relay[0] = -1;
  while (!f->client.ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->client.end, ==, SVPN_PEER_END_BROKEN);
}

/* DISCONNECT arrives behind nothing that was still queued, with its reason. */
static void
test_disconnect (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < 500; i++)
    send_packet (f->server.peer, 1000, 1);
  svpn_peer_disconnect (f->server.peer, "closing time");
  expect_end (f, &f->client, SVPN_PEER_END_GOODBYE);
  g_assert_cmpstr (f->client.reason, ==, "closing time");
  expect_end (f, &f->server, SVPN_PEER_END_LOCAL);
}

/* A peer that never closes its side does not keep us. */
static void
test_close_timeout (Fixture *f, gconstpointer data)
{
  svpn_peer_disconnect (f->client.peer, "bye");
  while (!f->client.ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->client.end, ==, SVPN_PEER_END_LOCAL);
}

/* Rekeys by volume, many, while packets go both ways: nothing is lost, and both sides count the same. */
static void
test_rekey (Fixture *f, gconstpointer data)
{
  static const guint8 server_private[32] = { [1] = 7 }, client_private[32] = { [1] = 9 }, hash[32] = { 1 };
  guint8 server_public[32], client_public[32];
  gint64 start = g_get_monotonic_time ();
  SvpnNoisePattern pattern = GPOINTER_TO_INT (data);
  gboolean ik = pattern == SVPN_NOISE_IK;
  guint sent = 0;

  svpn_noise_public_key (server_public, server_private);
  svpn_noise_public_key (client_public, client_private);
  svpn_peer_enable_rekey (
      f->client.peer, svpn_rekey_new_client (pattern, ik ? client_private : NULL, server_public, hash), 0, 1);
  svpn_peer_enable_rekey (
      f->server.peer, svpn_rekey_new_server (pattern, server_private, ik ? client_public : NULL, hash), 0, 0);
  while ((f->client.packets < 6000 || f->server.packets < 6000) && in_time (start)) {
    for (int i = 0; i < 10 && sent < 6000; i++, sent++) {
      send_packet (f->client.peer, 1400, (guint8) sent);
      send_packet (f->server.peer, 1400, (guint8) sent);
    }
    svpn_peer_flush (f->client.peer);
    svpn_peer_flush (f->server.peer);
    for (int i = 0; i < 4; i++) {
      relay (f, 0, 30000, NULL);
      relay (f, 1, 30000, NULL);
      g_main_context_iteration (NULL, FALSE);
    }
  }
  g_assert_cmpuint (svpn_peer_get_counters (f->client.peer)->rekeys, >=, 10);
  g_assert_cmpuint (svpn_peer_get_counters (f->server.peer)->rekeys, ==,
                    svpn_peer_get_counters (f->client.peer)->rekeys);
  g_assert_cmpint (svpn_peer_get_state (f->client.peer), ==, SVPN_PEER_OPEN);
}

/* An IK session whose rekey proves another key than the one that opened it. */
static void
test_rekey_other_key (Fixture *f, gconstpointer data)
{
  static const guint8 server_private[32] = { [1] = 7 }, client_private[32] = { [1] = 9 }, hash[32] = { 1 };
  guint8 server_public[32], other[32] = { 5 };

  svpn_noise_public_key (server_public, server_private);
  svpn_peer_enable_rekey (f->client.peer,
                          svpn_rekey_new_client (SVPN_NOISE_IK, client_private, server_public, hash), 1, 0);
  svpn_peer_enable_rekey (f->server.peer, svpn_rekey_new_server (SVPN_NOISE_IK, server_private, other, hash),
                          0, 0);
  expect_end (f, &f->server, SVPN_PEER_END_PROTOCOL);
}

/* A carrier that swallows everything: the keepalives find out, in the time that the machine says. */
static void
test_dead (Fixture *f, gconstpointer data)
{
  const SvpnKeepaliveConfig config = {
    .interval_ms = { 100, 60, 30 }, .timeout_ms = 20, .rtt_threshold_ms = 500, .loss_threshold_permille = 200
  };
  gint64 start = g_get_monotonic_time ();

  svpn_peer_start_vitals (f->client.peer, &config);
  while (!f->client.ended && in_time (start))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->client.end, ==, SVPN_PEER_END_DEAD);
  g_assert_cmpint (svpn_vitals_get_health (svpn_peer_get_vitals (f->client.peer)), ==, SVPN_HEALTH_CRITICAL);
}

/* A limit holds, to the burst: what arrives in a time is counted against the clock, not the other way round. */
static void
test_limit (Fixture *f, gconstpointer data)
{
  const guint64 rate = 1000000, burst = 20000;
  gint64 start = g_get_monotonic_time ();
  guint64 bytes, allowed;

  svpn_peer_set_limit (f->client.peer, rate, burst);
  while (f->server.packets < 300 && in_time (start)) {
    send_packet (f->client.peer, 1000, 1);
    svpn_peer_flush (f->client.peer);
    relay (f, 0, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
    bytes = svpn_peer_get_counters (f->client.peer)->bytes_sent;
    allowed = burst + rate * (guint64) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
    g_assert_cmpuint (bytes, <=, allowed);
  }
  svpn_peer_set_limit (f->client.peer, 0, 0);
  while (!f->server.ended && f->server.packets < 2000 && in_time (start)) {
    send_packet (f->client.peer, 1000, 1);
    svpn_peer_flush (f->client.peer);
    relay (f, 0, 65536, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
#define ADD(name, function) g_test_add ("/peer/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("cut", test_cut);
  ADD ("stall", test_stall);
  ADD ("keepalive-overtakes", test_keepalive_overtakes);
  ADD ("corrupt", test_corrupt);
  ADD ("break", test_break);
  ADD ("disconnect", test_disconnect);
  ADD ("close-timeout", test_close_timeout);
  ADD ("rekey-other-key", test_rekey_other_key);
  ADD ("dead", test_dead);
  ADD ("limit", test_limit);
  g_test_add ("/peer/rekey-nk", Fixture, GINT_TO_POINTER (SVPN_NOISE_NK), set_up, test_rekey, tear_down);
  g_test_add ("/peer/rekey-ik", Fixture, GINT_TO_POINTER (SVPN_NOISE_IK), set_up, test_rekey, tear_down);
  return g_test_run ();
}

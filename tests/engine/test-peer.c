/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Two peers in memory over a carrier that cuts, stalls and corrupts. */
#include "pair.h"
#include "qos-queue.h"
#include "table.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define LINK_QUEUE 400000 /* bytes that a stalled socketpair takes, at most */

/* Packets of all sizes each way, through a carrier that cuts wherever it likes. */
static void
test_cut (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GString) up = g_string_new (NULL), down = g_string_new (NULL);
  guint sent = 0;

  svpn_peer_set_qos (pair->client.peer, FALSE); /* which would change the order */
  svpn_peer_set_qos (pair->server.peer, FALSE);
  for (gsize carried = 1; sent < 500 || carried > 0;) {
    for (int i = 0; i < 5 && sent < 500; i++, sent++) {
      gsize size = i == 0 && sent % 50 == 0 ? 65535 : (gsize) g_rand_int_range (rand, 21, 1500);

      side_send_packet (&pair->client, size, (guint8) sent);
      side_send_packet (&pair->server, size, (guint8) (sent + 1));
      for (gsize k = 20; k < size; k++) {
        g_string_append_c (up, (char) sent);
        g_string_append_c (down, (char) (sent + 1));
      }
    }
    svpn_peer_flush (pair->client.peer);
    svpn_peer_flush (pair->server.peer);
    settle ();
    carried = pair_carry (pair, FROM_CLIENT, (gsize) g_rand_int_range (rand, 1, 10000), NULL);
    carried += pair_carry (pair, FROM_SERVER, (gsize) g_rand_int_range (rand, 1, 10000), NULL);
  }
  settle ();
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->drops_queue_full, ==, 0);
  g_assert_true (g_string_equal (pair->server.received, up));
  g_assert_true (g_string_equal (pair->client.received, down));
  g_assert_cmpuint (pair->server.confirmations, ==, 1);
}

/* One byte at a time: every place where a message, a frame or a header can be cut. */
static void
test_every_byte (void)
{
  g_autoptr (Pair) pair = pair_new ();

  side_send_packet (&pair->client, 21, 1);
  side_send_packet (&pair->client, 300, 2);
  side_send_packet (&pair->client, 20, 3);
  svpn_peer_flush (pair->client.peer);
  while (pair_carry (pair, FROM_CLIENT, 1, NULL) > 0)
    settle ();
  g_assert_cmpuint (pair->server.packets, ==, 3);
  g_assert_cmpuint (pair->server.received->len, ==, 1 + 280);
  g_assert_cmpint (svpn_peer_get_state (pair->server.peer), ==, SVPN_PEER_OPEN);
}

static GHashTable *nonces; /* seen by note_nonce() */

static void
note_nonce (guint8 *data, gsize size)
{
  const gsize at
      = 2 + SVPN_FRAME_HEADER_SIZE; /* behind the head of a short message of a server, and of the frame */

  g_assert_cmpuint (size, >=, at + SVPN_NONCE_SIZE);
  g_assert_true (g_hash_table_add (nonces, g_bytes_new (data + at, SVPN_NONCE_SIZE)));
}

/* Each frame has a nonce of its own. */
static void
test_nonces (void)
{
  g_autoptr (Pair) pair = pair_new ();

  nonces = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  for (int i = 0; i < 200; i++) {
    side_send_packet (&pair->server, 60, 1);
    svpn_peer_flush (pair->server.peer);
    settle ();
    g_assert_cmpuint (pair_carry (pair, FROM_SERVER, 1000, note_nonce), >, 0);
    settle ();
  }
  g_assert_cmpuint (pair->client.packets, ==, 200);
  g_hash_table_unref (nonces);
}

/* A carrier that stands still: the queue fills to its bound and drops, nothing grows; then all that was taken
 * arrives. */
static void
test_stall (void)
{
  g_autoptr (Pair) pair = pair_new ();
  SvpnCounters *counters = svpn_peer_get_counters (pair->client.peer);
  guint64 dropped;

  for (int i = 0; i < 2000; i++) {
    side_send_packet (&pair->client, 1000, (guint8) i);
    svpn_peer_flush (pair->client.peer);
    settle ();
  }
  counters = svpn_peer_get_counters (pair->client.peer);
  dropped = counters->drops_queue_full;
  g_assert_cmpuint (dropped, >, 2000 - (SVPN_QOS_BUDGET_BYTES + LINK_QUEUE) / 1000);
  g_assert_cmpuint (counters->drops_qos_low + counters->drops_qos_normal, ==, dropped);
  g_assert_cmpuint (counters->drops_qos_high, ==, 0);
  pair_settle (pair);
  g_assert_cmpuint (pair->server.packets, ==, 2000 - dropped);
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->packets_sent, ==, 2000 - dropped);
  g_assert_cmpuint (svpn_peer_get_counters (pair->server.peer)->packets_received, ==, 2000 - dropped);
  g_assert_cmpuint (svpn_peer_get_counters (pair->server.peer)->bytes_received, ==, (2000 - dropped) * 1000);
  g_assert_cmpuint (svpn_peer_get_counters (pair->server.peer)->wire_bytes_received, ==,
                    svpn_peer_get_counters (pair->client.peer)->wire_bytes_sent);
}

/* Somebody who sends much does not keep the main loop from others: a peer reads a part of it, and then it is their turn. */
static void
test_turns (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  static const uint8_t padding[30000];
  int size = 1 << 20; /* the kernel takes what it allows */
  socklen_t length = sizeof size;

  setsockopt (solo->hand->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  g_assert_cmpint (getsockopt (solo->hand->fd, SOL_SOCKET, SO_SNDBUF, &size, &length), ==, 0);
  g_assert_cmpint (size, >=, 400000);
  for (int i = 0; i < 12; i++)
    hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, padding, sizeof padding);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, >, 0);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, <, 12);
  settle ();
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 12);
}

/* What waits is told, by class. */
static void
test_queues (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  guint64 packets, bytes, high, normal, low;

  for (int i = 0; i < 3; i++)
    side_send_packet (&pair->client, 1000, 1);
  side_send_packet (&pair->client, 100, 1);
  svpn_peer_queues_to_dict (pair->client.peer, &dict);
  g_assert_true (g_variant_dict_lookup (&dict, "queue-packets", "t", &packets));
  g_assert_true (g_variant_dict_lookup (&dict, "queue-bytes", "t", &bytes));
  g_assert_true (g_variant_dict_lookup (&dict, "queue-bytes-high", "t", &high));
  g_assert_true (g_variant_dict_lookup (&dict, "queue-bytes-normal", "t", &normal));
  g_assert_true (g_variant_dict_lookup (&dict, "queue-bytes-low", "t", &low));
  g_assert_cmpuint (packets, ==, 4);
  g_assert_cmpuint (bytes, ==, 3100);
  g_assert_cmpuint (high, ==, 100);
  g_assert_cmpuint (normal, ==, 3000);
  g_assert_cmpuint (low, ==, 0);
}

/* --- corruption --- */

static struct {
  gsize at;
  guint8 bits;
} flip;

static void
flip_bits (guint8 *data, gsize size)
{
  g_assert_cmpuint (flip.at, <, size);
  data[flip.at] ^= flip.bits;
}

/* What ends a session when a bit of a message changes on the way, by the byte's place. The message has 2 + 4 bytes of
 * WebSocket header with the mask, then a frame: 1 + 4 bytes of header, 24 of nonce, 21 of packet, 16 of tag. */
#define NOT_AUTHENTIC "a frame is not authentic: damaged, repeated, reordered or retyped on its way"
static const struct {
  const char *name;
  gsize from, to;
  guint8 bits;
  const char *reason;
} corruptions[] = {
  { "fin-and-reserved", 0, 0, 0x10, "reserved bits are set" },
  { "opcode", 0, 0, 0x04, "unknown opcode" },
  { "masked", 1, 1, 0x80, "a frame of the client is not masked" },
  { "message-length", 1, 1, 0x40, "a message ends inside a frame" },
  { "mask-of-type", 2, 2, 0x10, NOT_AUTHENTIC },
  { "mask-of-high-length", 3, 4, 0x10, "a frame is too long" },
  { "mask-of-middle-length", 5, 5, 0x10, "a message ends inside a frame" },
  { "type", 6, 6, 0x30, NOT_AUTHENTIC },
  { "type-of-handshake", 6, 6, 0x11, "a handshake frame after the handshake" },
  { "high-length", 7, 8, 0x10, "a frame is too long" },
  { "middle-length", 9, 9, 0x10, "a message ends inside a frame" },
  { "low-length", 10, 10, 0x10, NOT_AUTHENTIC },
  { "length-under-overhead", 10, 10, 0x20, NOT_AUTHENTIC },
  { "nonce", 11, 34, 0x01, NOT_AUTHENTIC },
  { "ciphertext", 35, 55, 0x80, NOT_AUTHENTIC },
  { "tag", 56, 71, 0x01, NOT_AUTHENTIC },
};

/* The session ends, for the reason of that place; no packet gets through, and the other side sees a close frame. */
static void
test_corrupt (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  flip.bits = corruptions[i].bits;
  /* its first byte, one in the middle, and its last; test-seal.c has every bit of a frame */
  for (flip.at = corruptions[i].from; flip.at <= corruptions[i].to;
       flip.at += MAX ((corruptions[i].to - corruptions[i].from) / 2, 1)) {
    g_autoptr (Pair) pair = pair_new ();

    side_send_packet (&pair->client, 21, 1);
    svpn_peer_flush (pair->client.peer);
    g_assert_cmpuint (pair_carry (pair, FROM_CLIENT, 65536, flip_bits), ==, 72);
    pair_settle (pair);
    g_assert_cmpstr (pair->server.reason, ==, corruptions[i].reason);
    g_assert_cmpint (pair->server.end, ==, SVPN_PEER_END_PROTOCOL);
    g_assert_cmpuint (pair->server.packets, ==, 0);
    g_assert_cmpuint (pair->server.confirmations, ==, 0);
    g_assert_true (pair->client.ended);
    g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_CLOSED);
  }
}

/* --- ends --- */

static void
test_break (void)
{
  g_autoptr (Pair) pair = pair_new ();

  pair_cut (pair, FROM_CLIENT);
  WAIT_FOR (pair->client.ended);
  g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_BROKEN);
  g_assert_cmpstr (pair->client.reason, ==, "the connection broke off without a close frame");
}

/* DISCONNECT arrives before all that was still queued, with its reason. */
static void
test_disconnect (void)
{
  g_autoptr (Pair) pair = pair_new ();

  for (int i = 0; i < 500; i++)
    side_send_packet (&pair->server, 1000, 1);
  svpn_peer_disconnect (pair->server.peer, "closing time");
  svpn_peer_disconnect (pair->server.peer, "a second reason");
  pair_settle (pair);
  g_assert_true (pair->client.ended);
  g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_PAUSE);
  g_assert_cmpstr (pair->client.reason, ==, "closing time");
  g_assert_cmpuint (pair->client.packets, ==, 0);
  g_assert_true (pair->server.ended);
  g_assert_cmpint (pair->server.end, ==, SVPN_PEER_END_LOCAL);
  g_assert_cmpstr (pair->server.reason, ==, "closing time");
}

/* Packets that are to be sent after the end, or come after it, go nowhere. */
static void
test_after_end (void)
{
  g_autoptr (Pair) pair = pair_new ();

  side_send_packet (&pair->client, 1000, 1);
  svpn_peer_flush (pair->client.peer);
  settle ();
  svpn_peer_disconnect (pair->server.peer, "bye");
  side_send_packet (&pair->server, 1000, 1);
  pair_settle (pair);
  g_assert_cmpuint (pair->server.packets, ==, 0);
  g_assert_cmpuint (pair->client.packets, ==, 0);
  side_send_packet (&pair->server, 1000, 1);
  svpn_peer_flush (pair->server.peer);
  g_assert_cmpint (svpn_peer_get_state (pair->server.peer), ==, SVPN_PEER_CLOSED);
}

/* A peer that never closes its side does not keep us. */
static void
test_close_timeout (void)
{
  g_autoptr (Pair) pair = pair_new ();

  svpn_peer_disconnect (pair->client.peer, "bye");
  virtual_time_pass_ms (SVPN_CLOSE_TIMEOUT_MS - 1);
  g_assert_false (pair->client.ended);
  virtual_time_pass_ms (1);
  settle ();
  g_assert_true (pair->client.ended);
  g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_LOCAL);
}

/* --- dead peer detection --- */

static const SvpnKeepaliveConfig quick = {
  .interval_ms = { 100, 60, 30 }, .timeout_ms = 20, .rtt_threshold_ms = 7, .loss_threshold_permille = 200
};

/* The answer to a keepalive overtakes what is queued. */
static void
test_keepalive_overtakes (void)
{
  g_autoptr (Pair) pair = pair_new ();

  for (int i = 0; i < 500; i++)
    side_send_packet (&pair->server, 1000, 1);
  svpn_peer_start_dpd (pair->client.peer, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  virtual_time_pass_ms (0);
  settle ();
  pair_carry (pair, FROM_CLIENT, 65536, NULL);
  settle ();
  /* frames that are not packets: the answer came before the 500 were through */
  while (svpn_peer_get_counters (pair->client.peer)->frames_received == pair->client.packets) {
    g_assert_cmpuint (pair_carry (pair, FROM_SERVER, 4096, NULL), >, 0);
    settle ();
  }
  g_assert_cmpuint (pair->client.packets, <, 100);
}

/* A carrier that swallows everything: two timeouts in each of two states, three in the last, to the millisecond. */
static void
test_dead (void)
{
  g_autoptr (Pair) pair = pair_new ();

  svpn_peer_start_dpd (pair->client.peer, &quick);
  virtual_time_pass_ms (1000);
  settle ();
  g_assert_true (pair->client.ended);
  g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_DEAD);
  g_assert_cmpstr (pair->client.reason, ==, "the other side no longer answers");
  g_assert_cmpstr (pair->client.health->str, ==, "degraded critical ");
  /* checks at 0 and 100 (healthy), 160 and 220 (degraded), 250, 280 and 310 (critical), and the last one's timeout */
  g_assert_cmpuint (pair->client.ended_us, ==, 330 * 1000);
}

/* A slow line is not a dead one. */
static void
test_slow (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  double rtt_ms;

  svpn_peer_start_dpd (pair->client.peer, &quick);
  for (int i = 0; i < 60; i++) {
    virtual_time_pass_ms (8);
    pair_carry (pair, FROM_CLIENT, 65536, NULL);
    settle ();
    virtual_time_pass_ms (8);
    pair_carry (pair, FROM_SERVER, 65536, NULL);
    settle ();
  }
  g_assert_false (pair->client.ended);
  g_assert_cmpstr (pair->client.health->str, ==, "degraded critical ");
  svpn_dpd_to_dict (svpn_peer_get_dpd (pair->client.peer), &dict);
  g_assert_true (g_variant_dict_lookup (&dict, "rtt-last-ms", "d", &rtt_ms));
  g_assert_cmpfloat (rtt_ms, >, 7);
  g_assert_cmpfloat (rtt_ms, <, 20);
}

/* Only a session that is open checks, and begins once. */
static void
test_dpd_once (void)
{
  g_autoptr (Pair) pair = pair_new ();
  SvpnDpd *dpd;

  g_assert_null (svpn_peer_get_dpd (pair->client.peer));
  svpn_peer_start_dpd (pair->client.peer, &quick);
  dpd = svpn_peer_get_dpd (pair->client.peer);
  g_assert_nonnull (dpd);
  svpn_peer_start_dpd (pair->client.peer, &quick);
  g_assert_true (svpn_peer_get_dpd (pair->client.peer) == dpd);
  svpn_peer_disconnect (pair->server.peer, "bye");
  svpn_peer_start_dpd (pair->server.peer, &quick);
  g_assert_null (svpn_peer_get_dpd (pair->server.peer));
}

/* A line without traffic gets padding before a proxy cuts it, of a random size. */
static void
test_idle_guard (void)
{
  g_autoptr (Pair) pair = pair_new ();
  guint64 frames;

  svpn_peer_start_dpd (pair->client.peer, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  virtual_time_pass_ms (0);
  pair_settle (pair);
  frames = svpn_peer_get_counters (pair->client.peer)->frames_sent;
  g_assert_cmpuint (frames, ==, 1); /* the first keepalive */
  virtual_time_pass_ms (SVPN_IDLE_GUARD_MIN_MS - 1);
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->frames_sent, ==, frames);
  virtual_time_pass_ms (SVPN_IDLE_GUARD_MAX_MS - SVPN_IDLE_GUARD_MIN_MS + 1);
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->frames_sent, ==, frames + 1);
  pair_settle (pair);
  g_assert_cmpint (svpn_peer_get_state (pair->server.peer), ==, SVPN_PEER_OPEN);
}

/* --- limits --- */

/* In no time more passes than the rate and the burst allow, and in the long run no less; then none any more. */
static void
test_limit (void)
{
  const guint64 rate = 1000000, burst = 20000;
  g_autoptr (Pair) pair = pair_new ();
  guint64 got_rate, got_burst, bytes;

  svpn_peer_set_limit (pair->client.peer, rate, burst);
  svpn_peer_get_limit (pair->client.peer, &got_rate, &got_burst);
  g_assert_cmpuint (got_rate, ==, rate);
  g_assert_cmpuint (got_burst, ==, burst);
  for (guint ms = 0; ms <= 200; ms++) {
    for (int i = 0; i < 4; i++)
      side_send_packet (&pair->client, 1000, 1);
    svpn_peer_flush (pair->client.peer);
    pair_settle (pair);
    bytes = svpn_peer_get_counters (pair->client.peer)->bytes_sent;
    g_assert_cmpuint (bytes, <=, burst + rate / 1000 * ms);
    g_assert_cmpuint (bytes + 1000, >=, MIN (burst + rate / 1000 * ms, 4000 * (ms + 1)));
    virtual_time_pass_ms (1);
  }
  svpn_peer_set_limit (pair->client.peer, 0, 0);
  pair_settle (pair);
  bytes = svpn_peer_get_counters (pair->client.peer)->bytes_sent;
  for (int i = 0; i < 100; i++)
    side_send_packet (&pair->client, 1000, 1);
  svpn_peer_flush (pair->client.peer);
  pair_settle (pair);
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->bytes_sent, ==, bytes + 100000);
  svpn_peer_get_limit (pair->client.peer, &got_rate, &got_burst);
  g_assert_cmpuint (got_rate, ==, 0);
  g_assert_cmpuint (got_burst, ==, 0);
}

/* Under a limit a packet waits 250 ms of it at most, whatever comes behind: else TCP would fill the queue. */
static void
test_limit_latency (void)
{
  const guint64 rate = 1000000;
  g_autoptr (Pair) pair = pair_new ();
  guint64 waiting;

  svpn_peer_set_limit (pair->client.peer, rate, 20000);
  for (int i = 0; i < 1000; i++)
    side_send_packet (&pair->client, 1000, 1);
  svpn_peer_flush (pair->client.peer);
  pair_settle (pair);
  waiting = 1000 - svpn_peer_get_counters (pair->client.peer)->drops_queue_full - pair->server.packets;
  g_assert_cmpuint (waiting * 1000, <=, rate / 4);
  g_assert_cmpuint (waiting * 1000, >, rate / 5);
  pair_pass_ms (pair, 251);
  g_assert_cmpuint (pair->server.packets, ==,
                    1000 - svpn_peer_get_counters (pair->client.peer)->drops_queue_full);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/peer/cut", test_cut);
  g_test_add_func ("/peer/every-byte", test_every_byte);
  g_test_add_func ("/peer/stall", test_stall);
  g_test_add_func ("/peer/nonces", test_nonces);
  g_test_add_func ("/peer/turns", test_turns);
  g_test_add_func ("/peer/queues", test_queues);
  ADD_TABLE ("/peer/corrupt/", corruptions, test_corrupt);
  g_test_add_func ("/peer/break", test_break);
  g_test_add_func ("/peer/disconnect", test_disconnect);
  g_test_add_func ("/peer/after-end", test_after_end);
  g_test_add_func ("/peer/close-timeout", test_close_timeout);
  g_test_add_func ("/peer/keepalive-overtakes", test_keepalive_overtakes);
  g_test_add_func ("/peer/dead", test_dead);
  g_test_add_func ("/peer/slow", test_slow);
  g_test_add_func ("/peer/dpd-once", test_dpd_once);
  g_test_add_func ("/peer/idle-guard", test_idle_guard);
  g_test_add_func ("/peer/limit", test_limit);
  g_test_add_func ("/peer/limit-latency", test_limit_latency);
  return g_test_run ();
}

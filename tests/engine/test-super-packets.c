/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Super-packets between peers: whole where both agreed on them, cut where not, and cut to what limits and queues bear. */
#include "gso.h"
#include "pair.h"
#include "too-big.h"

#include "../core/tcp-packet.h"

#include <sodium.h>

typedef struct {
  Pair *pair;
  GPtrArray *received; /* BuiltPacket, at the server */
} Fixture;

static void
ignore (gpointer user_data)
{
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  Fixture *f = user_data;
  BuiltPacket *copy = g_new0 (BuiltPacket, 1);

  memcpy (copy->data, data, packet->size);
  copy->packet = *packet;
  copy->packet.source = copy->data + (packet->source - data);
  copy->packet.destination = copy->data + (packet->destination - data);
  g_ptr_array_add (f->received, copy);
}

static const SvpnPeerEvents events = { .confirmed = ignore, .packet = on_packet };

static void
set_up (Fixture *f, gboolean client_gso, gboolean server_gso)
{
  f->pair = pair_new ();
  f->received = g_ptr_array_new_with_free_func (g_free);
  svpn_peer_set_gso (f->pair->client.peer, client_gso);
  svpn_peer_set_gso (f->pair->server.peer, server_gso);
  svpn_peer_set_events (f->pair->server.peer, &events, f);
}

static void
tear_down (Fixture *f)
{
  pair_free (f->pair);
  g_ptr_array_unref (f->received);
}

static void
send_super (Fixture *f, const BuiltPacket *super)
{
  svpn_peer_send_packet (f->pair->client.peer, &super->packet, super->data);
  svpn_peer_flush (f->pair->client.peer);
}

static BuiltPacket *
received (Fixture *f, guint i)
{
  g_assert_cmpuint (i, <, f->received->len);
  return f->received->pdata[i];
}

/* What arrived is @super in pieces of @segments, but for the last; @complete: nothing is left to do of them. */
static void
assert_pieces (Fixture *f, const BuiltPacket *super, guint segments, gboolean complete)
{
  g_autofree BuiltPacket *expected = g_new (BuiltPacket, 1);
  guint first = 0;

  for (guint i = 0; i < f->received->len; i++, first += segments) {
    svpn_gso_slice (&super->packet, super->data, first, segments, complete, expected->data,
                    &expected->packet);
    g_assert_cmpmem (received (f, i)->data, received (f, i)->packet.size, expected->data,
                     expected->packet.size);
    g_assert_cmpuint (received (f, i)->packet.segment_size, ==, expected->packet.segment_size);
  }
  g_assert_cmpuint (first, >=, svpn_gso_segments (&super->packet, super->data));
}

static const TcpPacket large = { 6, 60000, 1, SVPN_TCP_ACK | SVPN_TCP_PSH, 12, 1348 };

/* Both agreed: one frame, which is counted as the packets that it stands for at both ends. */
static void
test_whole (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&large);
  guint segments = svpn_gso_segments (&super->packet, super->data);
  SvpnCounters *sent, *received;
  Fixture f;

  set_up (&f, TRUE, TRUE);
  send_super (&f, super);
  WAIT_FOR (pair_carry (f.pair, FROM_CLIENT, 65536, NULL) == 0 && f.received->len > 0);
  assert_pieces (&f, super, segments, FALSE);
  g_assert_cmpuint (f.received->len, ==, 1);
  sent = svpn_peer_get_counters (f.pair->client.peer);
  received = svpn_peer_get_counters (f.pair->server.peer);
  g_assert_cmpuint (sent->frames_sent, ==, 1);
  g_assert_cmpuint (sent->packets_sent, ==, segments);
  g_assert_cmpuint (received->packets_received, ==, segments);
  g_assert_cmpuint (sent->bytes_sent, ==, super->packet.size);
  g_assert_cmpuint (received->bytes_received, ==, super->packet.size);
  tear_down (&f);
}

/* A packet whose checksum alone is left. */
static void
test_checksum_left (void)
{
  g_autofree BuiltPacket *left = tcp_packet_new (&(TcpPacket){ 4, 500, 1, SVPN_TCP_ACK, 0, 500 });
  Fixture f;

  g_assert_true (left->packet.checksum_partial);
  for (guint gso = 0; gso <= 1; gso++) {
    set_up (&f, gso, gso);
    send_super (&f, left);
    pair_settle (f.pair);
    g_assert_cmpuint (f.received->len, ==, 1);
    g_assert_cmpint (received (&f, 0)->packet.checksum_partial, ==, gso);
    if (!gso)
      g_assert_true (tcp_packet_is_valid (received (&f, 0)->data, received (&f, 0)->packet.size));
    tear_down (&f);
  }
}

/* Not agreed on: segments, complete. */
static void
test_cut (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&large);
  Fixture f;

  set_up (&f, FALSE, FALSE);
  send_super (&f, super);
  pair_settle (f.pair);
  assert_pieces (&f, super, 1, TRUE);
  for (guint i = 0; i < f.received->len; i++)
    g_assert_true (tcp_packet_is_valid (received (&f, i)->data, received (&f, i)->packet.size));
  g_assert_cmpuint (svpn_peer_get_counters (f.pair->client.peer)->packets_sent, ==,
                    svpn_gso_segments (&super->packet, super->data));
  tear_down (&f);
}

/* One that was not agreed on is dropped and counted, and the session goes on. */
static void
test_uninvited (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&large);
  Fixture f;

  set_up (&f, TRUE, FALSE);
  send_super (&f, super);
  pair_settle (f.pair);
  g_assert_cmpuint (f.received->len, ==, 0);
  g_assert_cmpuint (svpn_peer_get_counters (f.pair->server.peer)->drops_malformed, ==, 1);
  svpn_peer_set_gso (f.pair->server.peer, TRUE);
  send_super (&f, super);
  pair_settle (f.pair);
  g_assert_cmpuint (f.received->len, ==, 1);
  tear_down (&f);
}

/* No more segments in one than the other side takes. */
static void
test_small_segments (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&(TcpPacket){ 4, 9600, 1, SVPN_TCP_ACK, 12, 1000 });
  Fixture f;

  super->packet.segment_size = 24; /* of a kernel, which has no such bound */
  set_up (&f, TRUE, TRUE);
  send_super (&f, super);
  pair_settle (f.pair);
  assert_pieces (&f, super, SVPN_GSO_SEGMENTS_MAX, FALSE);
  tear_down (&f);
}

/* Under a limit the pieces are no larger than its burst, so that in no time more passes than rate and burst allow. */
static void
test_limit (void)
{
  static const guint64 bursts[] = { 1500, 5000, 20000 };
  g_autofree BuiltPacket *super = tcp_packet_new (&large);

  for (gsize i = 0; i < G_N_ELEMENTS (bursts); i++) {
    guint64 rate = 1000000, begin;
    Fixture f;

    set_up (&f, TRUE, TRUE);
    svpn_peer_set_limit (f.pair->client.peer, rate, bursts[i]);
    pair_settle (f.pair);
    begin = virtual_time_us ();
    send_super (&f, super);
    for (guint ms = 0; ms < 100; ms++) {
      guint64 sent = svpn_peer_get_counters (f.pair->client.peer)->bytes_sent;

      g_assert_cmpuint (sent, <=, bursts[i] + rate * (virtual_time_us () - begin) / G_USEC_PER_SEC);
      pair_pass_ms (f.pair, 1);
    }
    g_assert_cmpuint (f.received->len, >, 1);
    assert_pieces (&f, super, svpn_gso_segments (&received (&f, 0)->packet, received (&f, 0)->data), FALSE);
    tear_down (&f);
  }
}

/* A full queue drops pieces, counted as packets. */
static void
test_full_queue (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&large);
  guint segments = svpn_gso_segments (&super->packet, super->data);
  SvpnCounters *counters;
  Fixture f;

  set_up (&f, TRUE, TRUE);
  for (guint i = 0; i < 40; i++)
    send_super (&f, super);
  counters = svpn_peer_get_counters (f.pair->client.peer);
  g_assert_cmpuint (counters->drops_queue_full, >, 0);
  g_assert_cmpuint (counters->drops_queue_full % segments, ==, 0);
  pair_settle (f.pair);
  counters = svpn_peer_get_counters (f.pair->client.peer);
  g_assert_cmpuint (counters->packets_sent + counters->drops_queue_full, ==, 40 * segments);
  g_assert_cmpuint (svpn_peer_get_counters (f.pair->server.peer)->packets_received, ==,
                    counters->packets_sent);
  tear_down (&f);
}

/* Not the super-packet is what can be too big, but its segments; the answer quotes one. */
static void
test_too_big (void)
{
  static const guint8 source[16] = { 0xfd, [15] = 9 };
  g_autofree BuiltPacket *super = tcp_packet_new (&large), *first = g_new (BuiltPacket, 1);
  SvpnClock *clock = virtual_clock_new (0);
  uint8_t answer[SVPN_MTU_ANSWER_MAX];
  SvpnTooBig too_big;
  size_t size;

  svpn_too_big_init (&too_big, clock);
  g_assert_false (svpn_too_big_refuse (&too_big, &super->packet, super->data, source, 1420, answer, &size));
  g_assert_true (svpn_too_big_refuse (&too_big, &super->packet, super->data, source, 1419, answer, &size));
  svpn_gso_slice (&super->packet, super->data, 0, 1, TRUE, first->data, &first->packet);
  g_assert_cmpuint (size, ==, SVPN_MTU_ANSWER_MAX);
  g_assert_cmpmem (answer + 48, size - 48, first->data, size - 48);
  svpn_clock_free (clock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/super-packets/whole", test_whole);
  g_test_add_func ("/super-packets/checksum-left", test_checksum_left);
  g_test_add_func ("/super-packets/cut", test_cut);
  g_test_add_func ("/super-packets/uninvited", test_uninvited);
  g_test_add_func ("/super-packets/small-segments", test_small_segments);
  g_test_add_func ("/super-packets/limit", test_limit);
  g_test_add_func ("/super-packets/full-queue", test_full_queue);
  g_test_add_func ("/super-packets/too-big", test_too_big);
  return g_test_run ();
}

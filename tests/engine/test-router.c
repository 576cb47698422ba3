/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where a server lets packets go, and how fast. */
#include "scene.h"
#include "table.h"
#include "too-big.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

#define FAR "192.0.2.1"
#define FAR6 "2001:db8::1"

/* --- from a client --- */

/* What becomes of a packet from 10.8.0.2, fd00:8::2, while somebody else is 10.8.0.3. */
static const struct {
  const char *name, *source, *destination;
  const char *drop; /* the counter, NULL: it gets to the TUN device */
} ways[] = {
  { "out", "10.8.0.2", FAR, NULL },
  { "out-ipv6", "fd00:8::2", FAR6, NULL },
  { "to-server", "10.8.0.2", "10.8.0.1", NULL },
  { "to-server-ipv6", "fd00:8::2", "fd00:8::1", NULL },
  { "to-client", "10.8.0.2", "10.8.0.3", "drops-client-to-client" },
  { "to-client-ipv6", "fd00:8::2", "fd00:8::3", "drops-client-to-client" },
  { "to-nobody", "10.8.0.2", "10.8.0.77", "drops-client-to-client" },
  { "to-itself", "10.8.0.2", "10.8.0.2", "drops-client-to-client" },
  { "from-other-client", "10.8.0.3", FAR, "drops-spoofed" },
  { "from-server", "10.8.0.1", FAR, "drops-spoofed" },
  { "from-network", "10.8.0.0", FAR, "drops-spoofed" },
  { "from-elsewhere", "192.0.2.9", FAR, "drops-spoofed" },
  { "from-nowhere", "0.0.0.0", FAR, "drops-spoofed" },
  { "from-other-client-ipv6", "fd00:8::3", FAR6, "drops-spoofed" },
  { "from-far-host-ipv6", "fd00:8::1:0:0:2", FAR6, "drops-spoofed" },
  { "from-link-local", "fe80::2", FAR6, "drops-spoofed" },
};

static void
test_way (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL), other = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new (ways[i].source, ways[i].destination, 100, 1), *got = NULL;
  gsize size;

  guest_send_packet (guest, packet, 100);
  if (ways[i].drop == NULL) {
    got = scene_read_tun (scene, &size);
    g_assert_cmpmem (got, size, packet, 100);
  }
  guest_sync (guest);
  guest_sync (other); /* which passes over a packet that came */
  g_assert_true (scene_tun_is_empty (scene));
  g_assert_cmpuint (scene_client_count (scene, other->welcome->client_id, "packets-sent"), ==, 0);
  if (ways[i].drop != NULL)
    g_assert_cmpuint (scene_count (scene, ways[i].drop), ==, 1);
  g_assert_cmpuint (scene_count (scene, "drops-spoofed") + scene_count (scene, "drops-client-to-client"), ==,
                    ways[i].drop != NULL ? 1 : 0);
}

/* Of what a client sends only the packet itself goes on, and what is not a packet does not. */
static void
test_lengths (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 100, 1), *got = NULL;
  gsize size;

  packet[3] = 60; /* the rest is not part of it */
  guest_send_packet (guest, packet, 100);
  got = scene_read_tun (scene, &size);
  g_assert_cmpmem (got, size, packet, 60);
  packet[3] = 101;
  guest_send_packet (guest, packet, 100);
  packet[0] = 0x55;
  guest_send_packet (guest, packet, 100);
  guest_send_packet (guest, packet, 0);
  guest_sync (guest);
  g_assert_true (scene_tun_is_empty (scene));
  g_assert_cmpuint (scene_count (scene, "drops-malformed"), ==, 3);
  g_assert_cmpuint (scene_count (scene, "bytes-received"), ==, 60);
}

/* The first packet of a session that returns proves that it has the keys: it goes on, and takes the address over. */
static void
test_first_packet (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) before = guest_new (scene, NULL), after = guest_connect (scene);
  const GuestOptions options = { .lease = before->welcome->lease };
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 100, 1), *got = NULL;
  gsize size;

  guest_shake_hands (after, scene, &options);
  guest_send_packet (after, packet, 100);
  got = scene_read_tun (scene, &size);
  g_assert_cmpmem (got, size, packet, 100);
  guest_expect_goodbye (before, "replaced: the same client has connected again");
}

/* --- from the network --- */

static const struct {
  const char *name, *source, *destination;
  const char *drop; /* NULL: it gets to the client */
} returns[] = {
  { "client", FAR, "10.8.0.2", NULL },
  { "client-ipv6", FAR6, "fd00:8::2", NULL },
  { "other-client", FAR, "10.8.0.3", "drops-no-route" },
  { "outside", FAR, "192.0.2.2", "drops-no-route" },
  { "server", FAR, "10.8.0.1", "drops-no-route" },
  { "broadcast", FAR, "10.8.0.255", "drops-no-route" },
  { "far-host-ipv6", FAR6, "fd00:8::1:0:0:2", "drops-no-route" },
};

static void
test_return (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new (returns[i].source, returns[i].destination, 100, 1);

  scene_write_tun (scene, packet, 100);
  if (returns[i].drop == NULL) {
    HandEvent event = hand_expect (guest->hand, SVPN_FRAME_IP_PACKET);

    g_assert_cmpmem (event.payload, event.size, packet, 100);
    return;
  }
  settle ();
  guest_sync (guest);
  g_assert_cmpuint (scene_count (scene, returns[i].drop), ==, 1);
  g_assert_cmpuint (scene_count (scene, "packets-sent"), ==, 0);
}

static void
test_malformed (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());

  scene_write_tun (scene, (const guint8 *) "not a packet", 12);
  settle ();
  g_assert_cmpuint (scene_count (scene, "drops-malformed"), ==, 1);
}

/* --- from client to client --- */

static SvpnServerConfig *
open_config (void)
{
  SvpnServerConfig *config = scene_config ();

  config->client_to_client = TRUE;
  return config;
}

static void
test_client_to_client (void)
{
  g_autoptr (Scene) scene = scene_new (open_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL), other = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", "10.8.0.3", 100, 1);
  g_autofree guint8 *lost = packet_new ("10.8.0.2", "10.8.0.4", 100, 1);
  HandEvent event;

  guest_send_packet (guest, packet, 100);
  event = hand_expect (other->hand, SVPN_FRAME_IP_PACKET);
  g_assert_cmpmem (event.payload, event.size, packet, 100);
  guest_send_packet (guest, lost, 100);
  guest_sync (guest);
  g_assert_cmpuint (scene_count (scene, "drops-no-route"), ==, 1);
  g_assert_cmpuint (scene_count (scene, "drops-client-to-client"), ==, 0);
  g_assert_true (scene_tun_is_empty (scene));
}

/* --- too big --- */

static Guest *
guest_with_mtu (Scene *scene, guint mtu)
{
  const GuestOptions options = { .mtu = mtu };

  return guest_new (scene, &options);
}

/* ICMP "fragmentation needed" (3, 4) with the MTU, from the packet's destination to its source, quoting it. */
static void
expect_icmp (const guint8 *answer, gsize size, const guint8 *packet, guint mtu)
{
  SvpnPacket icmp = packet_parse (answer, size), cause = packet_parse (packet, 1400);

  g_assert_cmpmem (icmp.source, 4, cause.destination, 4);
  g_assert_cmpmem (icmp.destination, 4, cause.source, 4);
  g_assert_cmpuint (answer[20], ==, 3);
  g_assert_cmpuint (answer[21], ==, 4);
  g_assert_cmpuint (answer[26] << 8 | answer[27], ==, mtu);
  g_assert_cmpmem (answer + 28, 20, packet, 20);
}

static void
test_too_big (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_with_mtu (scene, 1300);
  g_autofree guint8 *packet = packet_new (FAR, "10.8.0.2", 1400, 1), *answer = NULL;
  HandEvent event;
  gsize size;

  scene_write_tun (scene, packet, 1400);
  answer = scene_read_tun (scene, &size);
  expect_icmp (answer, size, packet, 1300);
  g_assert_cmpuint (scene_count (scene, "drops-too-big"), ==, 1);
  packet[6] = 0; /* may be fragmented: goes whole */
  scene_write_tun (scene, packet, 1400);
  event = hand_expect (guest->hand, SVPN_FRAME_IP_PACKET);
  g_assert_cmpuint (event.size, ==, 1400);
  packet[6] = 0x40;
  packet[2] = 1300 >> 8;
  packet[3] = 1300 & 0xff;
  scene_write_tun (scene, packet, 1300); /* just fits */
  event = hand_expect (guest->hand, SVPN_FRAME_IP_PACKET);
  g_assert_cmpuint (event.size, ==, 1300);
}

/* Between clients the answer goes to the client. */
static void
test_too_big_between (void)
{
  g_autoptr (Scene) scene = scene_new (open_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL), other = guest_with_mtu (scene, 1300);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", "10.8.0.3", 1400, 1);
  HandEvent event;

  guest_send_packet (guest, packet, 1400);
  event = hand_expect (guest->hand, SVPN_FRAME_IP_PACKET);
  expect_icmp (event.payload, event.size, packet, 1300);
  guest_sync (other);
  g_assert_cmpuint (scene_client_count (scene, other->welcome->client_id, "packets-sent"), ==, 0);
}

/* 100 answers a second, at once, and then one each 10 ms. */
static void
test_too_big_flood (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_with_mtu (scene, 1300);
  g_autofree guint8 *packet = packet_new (FAR, "10.8.0.2", 1400, 1);
  guint answers = 0;
  gsize size;

  for (int i = 0; i < 150; i++) {
    scene_write_tun (scene, packet, 1400);
    settle ();
    while (!scene_tun_is_empty (scene)) {
      g_free (scene_read_tun (scene, &size));
      answers++;
    }
  }
  g_assert_cmpuint (answers, ==, SVPN_TOO_BIG_ANSWERS_PER_S);
  g_assert_cmpuint (scene_count (scene, "drops-too-big"), ==, 150);
  virtual_time_pass_ms (10);
  scene_write_tun (scene, packet, 1400);
  g_free (scene_read_tun (scene, &size));
}

/* --- limits --- */

static void
set_limit (Scene *scene, Guest *guest, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  g_assert_true (
      svpn_server_set_limit (scene->server, guest->welcome->client_id, rate_bytes_per_s, burst_bytes, NULL));
}

/* Packets that have come out at the TUN device. */
static guint
count_tun (Scene *scene)
{
  guint n = 0;
  gsize size;

  for (; !scene_tun_is_empty (scene); n++)
    g_free (scene_read_tun (scene, &size));
  return n;
}

static void
send_many (Guest *guest, const guint8 *packet, gsize size, guint n)
{
  for (guint i = 0; i < n; i++)
    guest_send_packet (guest, packet, size);
  guest_sync (guest);
}

/* From the client: the burst at once, then the rate to the packet; what does not fit 250 ms of it is dropped and counted;
 * and none of it once the limit is gone. */
static void
test_limit_up (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 1000, 1);
  guint dropped;

  set_limit (scene, guest, 200000, 10000);
  send_many (guest, packet, 1000, 10);
  g_assert_cmpuint (count_tun (scene), ==, 10);
  send_many (guest, packet, 1000, 100);
  g_assert_cmpuint (count_tun (scene), ==, 0);
  dropped = (guint) scene_client_count (scene, guest->welcome->client_id, "drops-rate-limit");
  g_assert_cmpuint (dropped, ==, 50); /* 250 ms of the rate are 50 kB */
  for (int i = 0; i < 10; i++) {
    virtual_time_pass_ms (5);
    g_assert_cmpuint (count_tun (scene), ==, 1);
  }
  set_limit (scene, guest, 0, 0);
  g_assert_cmpuint (count_tun (scene), ==, 40);
  send_many (guest, packet, 1000, 60);
  g_assert_cmpuint (count_tun (scene), ==, 60);
  g_assert_cmpuint (scene_count (scene, "drops-rate-limit"), ==, 50);
}

/* To the client, each direction on its own: what went up takes nothing from what comes down. */
static void
test_limit_down (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *up = packet_new ("10.8.0.2", FAR, 1000, 1),
                    *down = packet_new (FAR, "10.8.0.2", 1000, 1);

  set_limit (scene, guest, 200000, 10000);
  send_many (guest, up, 1000, 10);
  g_assert_cmpuint (count_tun (scene), ==, 10);
  for (int i = 0; i < 30; i++)
    scene_write_tun (scene, down, 1000);
  guest_sync (guest);
  g_assert_cmpuint (scene_client_count (scene, guest->welcome->client_id, "packets-sent"), ==, 10);
  virtual_time_pass_ms (50);
  g_assert_cmpuint (scene_client_count (scene, guest->welcome->client_id, "packets-sent"), ==, 20);
}

/* Under a limit, too, what is small goes ahead of bulk that waits, both ways. */
static void
test_limit_priority (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *bulk = packet_new ("10.8.0.2", FAR, 1000, 1),
                    *small = packet_new ("10.8.0.2", FAR, 60, 2);
  g_autofree guint8 *got = NULL;
  gsize size;

  set_limit (scene, guest, 200000, 10000);
  send_many (guest, bulk, 1000, 50);
  g_assert_cmpuint (count_tun (scene), ==, 10);
  send_many (guest, small, 60, 1);
  virtual_time_pass_ms (1);
  got = scene_read_tun (scene, &size);
  g_assert_cmpmem (got, size, small, 60);
  g_assert_true (scene_tun_is_empty (scene));
}

/* Kept for the client's next session. */
static void
test_limit_kept (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) before = guest_new (scene, NULL), after = NULL, stranger = guest_new (scene, NULL);
  const GuestOptions options = { .lease = before->welcome->lease };

  set_limit (scene, before, 5000, 6000);
  after = guest_new (scene, &options);
  g_assert_cmpuint (scene_client_count (scene, after->welcome->client_id, "rate-limit-bytes-per-s"), ==,
                    5000);
  g_assert_cmpuint (scene_client_count (scene, after->welcome->client_id, "rate-limit-burst-bytes"), ==,
                    6000);
  g_assert_cmpuint (scene_client_count (scene, stranger->welcome->client_id, "rate-limit-bytes-per-s"), ==,
                    0);
}

static void
test_limit_default (void)
{
  SvpnServerConfig *config = scene_config ();
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 1000, 1);

  config->rate_bytes_per_s = 200000;
  config->burst_bytes = 3000;
  scene = scene_new (config);
  guest = guest_new (scene, NULL);
  send_many (guest, packet, 1000, 5);
  g_assert_cmpuint (count_tun (scene), ==, 3);
  virtual_time_pass_ms (10);
  g_assert_cmpuint (count_tun (scene), ==, 2);
}

/* What still waits of a session that is told to go never comes out: its address may be another's by then. */
static void
test_limit_end (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 1000, 1);

  set_limit (scene, guest, 200000, 3000);
  send_many (guest, packet, 1000, 20);
  g_assert_cmpuint (count_tun (scene), ==, 3);
  g_assert_true (svpn_server_disconnect_client (scene->server, guest->welcome->client_id, "out", NULL));
  virtual_time_pass_ms (1000);
  g_assert_cmpuint (count_tun (scene), ==, 0);
}

/* A client that reads nothing has its own queue fill, and disturbs nobody else. */
static void
test_back_pressure (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) stalled = guest_new (scene, NULL), other = guest_new (scene, NULL);
  g_autofree guint8 *flood = packet_new (FAR, "10.8.0.2", 1400, 1),
                    *packet = packet_new (FAR, "10.8.0.3", 100, 1);
  guint64 sent, dropped;

  for (int i = 0; i < 10000; i++) {
    scene_write_tun (scene, flood, 1400);
    settle ();
  }
  sent = scene_client_count (scene, stalled->welcome->client_id, "packets-sent");
  dropped = scene_client_count (scene, stalled->welcome->client_id, "drops-queue-full");
  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (sent + dropped + scene_client_count (scene, stalled->welcome->client_id, "queue-packets"),
                    ==, 10000);
  g_assert_cmpuint (scene_client_count (scene, stalled->welcome->client_id, "queue-bytes"), <=, 524288);
  scene_write_tun (scene, packet, 100);
  hand_expect (other->hand, SVPN_FRAME_IP_PACKET);
  g_assert_cmpuint (scene_client_count (scene, other->welcome->client_id, "drops-queue-full"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD_TABLE ("/router/way/", ways, test_way);
  g_test_add_func ("/router/lengths", test_lengths);
  g_test_add_func ("/router/first-packet", test_first_packet);
  ADD_TABLE ("/router/return/", returns, test_return);
  g_test_add_func ("/router/malformed", test_malformed);
  g_test_add_func ("/router/client-to-client", test_client_to_client);
  g_test_add_func ("/router/too-big", test_too_big);
  g_test_add_func ("/router/too-big-between", test_too_big_between);
  g_test_add_func ("/router/too-big-flood", test_too_big_flood);
  g_test_add_func ("/router/limit-up", test_limit_up);
  g_test_add_func ("/router/limit-down", test_limit_down);
  g_test_add_func ("/router/limit-priority", test_limit_priority);
  g_test_add_func ("/router/limit-kept", test_limit_kept);
  g_test_add_func ("/router/limit-default", test_limit_default);
  g_test_add_func ("/router/limit-end", test_limit_end);
  g_test_add_func ("/router/back-pressure", test_back_pressure);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's tunnel with a server by hand: its packets, what the server changes, and what it tells. */
#include "client-scene.h"
#include "host.h"
#include "log.h"
#include "table.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define FAR "192.0.2.1"
#define FAR6 "2001:db8::1"

typedef struct {
  Host *host;
  ClientScene *client;
  Hand *server;
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  g_autofree char *welcome = host_welcome_json (",\"lease\":\"L1\",\"dns\":[\"1.1.1.1\"]");

  f->host = host_new ();
  f->client = client_scene_new (client_config (FALSE, f->host->port, "/p", f->host->public_key), 0);
  f->server = host_welcome (f->host, welcome);
  client_expect (f->client, "connected 10.8.0.2");
  return f;
}

static void
fixture_free (Fixture *f)
{
  client_scene_free (f->client);
  hand_free (f->server);
  host_free (f->host);
  g_free (f);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* The client has taken all that the server sent. */
static void
sync_client (Fixture *f)
{
  hand_send_sealed (f->server, SVPN_FRAME_KEEPALIVE, "12345678", 8);
  hand_expect (f->server, SVPN_FRAME_KEEPALIVE_ACK);
}

static void
send_control (Fixture *f, const char *json)
{
  hand_send_sealed (f->server, SVPN_FRAME_CONTROL, json, strlen (json));
  sync_client (f);
}

/* --- connecting --- */

static void
test_welcome (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  g_assert_cmpstr (f->client->lease, ==, "L1");
  g_assert_cmpuint (f->client->mtu, ==, 1420);
  g_assert_cmpstr (svpn_client_get_health (f->client->client), ==, "healthy");
  /* The first thing it sends is a keepalive, which proves that it has the keys. */
  virtual_time_pass_ms (0);
  g_assert_cmpint (hand_next (f->server).type, ==, SVPN_FRAME_KEEPALIVE);
}

static void
test_before_connected (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) client
      = client_scene_new (client_config (FALSE, host->port, "/p", host->public_key), 0);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_assert_cmpstr (svpn_client_get_health (client->client), ==, "");
  g_assert_false (svpn_client_quality (client->client, &dict));
  g_assert_false (svpn_client_mtu_info (client->client, &dict));
  g_assert_cmpuint (client_count (client, "packets-sent"), ==, 0);
}

/* The lease of the settings is for the first session, then that of the last welcome. */
static void
test_lease (void)
{
  g_autoptr (Host) host = host_new ();
  SvpnClientConfig *config = client_config (FALSE, host->port, "/p", host->public_key);
  g_autoptr (ClientScene) client = NULL;
  g_autofree char *first = host_welcome_json (",\"lease\":\"L2\""), *none = host_welcome_json ("");
  Hand *hand;

  config->lease = g_strdup ("L1");
  config->mtu = 1300;
  client = client_scene_new (config, 0);
  hand = host_welcome (host, first);
  g_assert_cmpstr (host->lease, ==, "L1");
  g_assert_cmpuint (host->mtu, ==, 1300);
  client_expect (client, "connected ");
  hand_free (hand);
  client_expect (client, "reconnecting: ");
  virtual_time_pass_ms (300);
  hand = host_welcome (host, none);
  g_assert_cmpstr (host->lease, ==, "L2");
  client_expect (client, "reconnected ");
  hand_free (hand);
}

/* --- packets --- */

static const struct {
  const char *name, *source, *destination;
  const char *drop; /* NULL: it goes to the server */
} ways[] = {
  { "own", "10.8.0.2", FAR, NULL },
  { "own-ipv6", "fd00:8::2", FAR6, NULL },
  { "other", "10.8.0.3", FAR, "drops-spoofed" },
  { "other-ipv6", "fd00:8::3", FAR6, "drops-spoofed" },
  { "link-local", "fe80::1", "ff02::2", "drops-spoofed" },
};

static void
test_way (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Fixture) f = fixture_new ();
  g_autofree guint8 *packet = packet_new (ways[i].source, ways[i].destination, 100, 1);

  client_attach (f->client);
  client_write_tun (f->client, packet, 100);
  if (ways[i].drop == NULL) {
    HandEvent event = hand_expect (f->server, SVPN_FRAME_IP_PACKET);

    g_assert_cmpmem (event.payload, event.size, packet, 100);
    return;
  }
  settle ();
  g_assert_cmpuint (client_count (f->client, ways[i].drop), ==, 1);
  g_assert_cmpuint (client_count (f->client, "packets-sent"), ==, 0);
}

static void
test_malformed (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  client_attach (f->client);
  client_write_tun (f->client, (const guint8 *) "not a packet", 12);
  settle ();
  g_assert_cmpuint (client_count (f->client, "drops-malformed"), ==, 1);
}

/* A server without IPv6: nothing goes out from any IPv6 address, :: included. */
static void
test_no_ipv6 (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) client
      = client_scene_new (client_config (FALSE, host->port, "/p", host->public_key), 0);
  g_autofree guint8 *packet = packet_new ("::", FAR6, 100, 1);
  Hand *hand = host_welcome (host, "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420,\"ipv4\":{\"address\":"
                                   "\"10.8.0.2\",\"prefix\":24,\"gateway\":\"10.8.0.1\"}}");

  client_expect (client, "connected ");
  client_attach (client);
  client_write_tun (client, packet, 100);
  settle ();
  g_assert_cmpuint (client_count (client, "drops-spoofed"), ==, 1);
  hand_free (hand);
}

/* Packets that come before there is a device. */
static void
test_no_device (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  g_autofree guint8 *packet = packet_new (FAR, "10.8.0.2", 100, 1), *got = NULL;
  gsize size;

  hand_send_sealed (f->server, SVPN_FRAME_IP_PACKET, packet, 100);
  sync_client (f);
  g_assert_cmpuint (client_count (f->client, "drops-no-route"), ==, 1);
  client_attach (f->client);
  hand_send_sealed (f->server, SVPN_FRAME_IP_PACKET, packet, 100);
  got = client_read_tun (f->client, &size);
  g_assert_cmpmem (got, size, packet, 100);
  client_attach (f->client); /* another one takes its place */
  hand_send_sealed (f->server, SVPN_FRAME_IP_PACKET, packet, 100);
  g_free (client_read_tun (f->client, &size));
}

/* Somebody has deleted the device: the session goes on, and another device takes its place. */
static void
test_device_gone (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  g_autofree guint8 *packet = packet_new (FAR, "10.8.0.2", 100, 1), *got = NULL;
  gsize size;

  client_attach (f->client);
  shutdown (f->client->tun, SHUT_WR);
  settle ();
  log_expect ("reading the TUN device: Input/output error; waiting for another device");
  client_attach (f->client);
  hand_send_sealed (f->server, SVPN_FRAME_IP_PACKET, packet, 100);
  got = client_read_tun (f->client, &size);
  g_assert_cmpmem (got, size, packet, 100);
}

/* Too big for the tunnel: an ICMP answer from the gateway comes back out of the device. */
static void
test_too_big (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 1421, 1),
                    *fits = packet_new ("10.8.0.2", FAR, 1420, 1);
  g_autofree guint8 *packet6 = packet_new ("fd00:8::2", FAR6, 1421, 1), *answer = NULL, *answer6 = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  SvpnPacket icmp;
  guint64 too_big;
  guint32 mtu, overhead;
  gsize size;

  client_attach (f->client);
  client_write_tun (f->client, packet, 1421);
  answer = client_read_tun (f->client, &size);
  icmp = packet_parse (answer, size);
  g_assert_cmpmem (icmp.source, 4, "\x0a\x08\x00\x01", 4);
  g_assert_cmpmem (icmp.destination, 4, "\x0a\x08\x00\x02", 4);
  g_assert_cmpuint (answer[26] << 8 | answer[27], ==, 1420);
  client_write_tun (f->client, packet6, 1421);
  answer6 = client_read_tun (f->client, &size);
  icmp = packet_parse (answer6, size);
  g_assert_cmpuint (icmp.source[15], ==, 1);
  g_assert_cmpuint (answer6[40], ==, 2); /* Packet Too Big */
  client_write_tun (f->client, fits, 1420);
  hand_expect (f->server, SVPN_FRAME_IP_PACKET);
  g_assert_true (svpn_client_mtu_info (f->client->client, &dict));
  g_assert_true (g_variant_dict_lookup (&dict, "packets-too-big", "t", &too_big));
  g_assert_cmpuint (too_big, ==, 2);
  g_assert_true (g_variant_dict_lookup (&dict, "mtu", "u", &mtu));
  g_assert_cmpuint (mtu, ==, 1420);
  g_assert_true (g_variant_dict_lookup (&dict, "overhead", "u", &overhead));
  g_assert_cmpuint (overhead, ==, 79);
}

/* A server that does not say that it knows rekeying is not asked to. */
static void
test_no_rekey (void)
{
  g_autoptr (Host) host = host_new ();
  g_autofree char *welcome = host_welcome_json ("");
  SvpnClientConfig *config = client_config (FALSE, host->port, "/p", host->public_key);
  g_autoptr (ClientScene) client = NULL;
  Hand *server;

  config->rekey_interval_s = 1;
  client = client_scene_new (config, 0);
  server = host_welcome (host, welcome);
  client_expect (client, "connected ");
  virtual_time_pass_ms (3000);
  hand_send_sealed (server, SVPN_FRAME_KEEPALIVE, "12345678", 8);
  for (HandEvent event = hand_next (server); event.type != SVPN_FRAME_KEEPALIVE_ACK;
       event = hand_next (server))
    g_assert_cmpuint (event.type, !=, SVPN_FRAME_REKEY_INIT);
  hand_free (server);
}

/* --- changes by the server --- */

/* The first is reported at once where there is a device, the next ones once a second, and only the latest. */
static void
test_reconfigured (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  send_control (f, "{\"type\":\"config\",\"mtu\":1300}");
  virtual_time_pass_ms (5000);
  g_assert_cmpuint (f->client->mtu, ==, 1420); /* nobody could act on it */
  client_attach (f->client);
  virtual_time_pass_ms (0);
  client_expect (f->client, "reconfigured ");
  g_assert_cmpuint (f->client->mtu, ==, 1300);

  g_ptr_array_set_size (f->client->events, 0);
  send_control (f, "{\"type\":\"config\",\"mtu\":1290}");
  send_control (f, "{\"type\":\"config\",\"mtu\":1280}");
  virtual_time_pass_ms (999);
  g_assert_cmpuint (f->client->events->len, ==, 0);
  virtual_time_pass_ms (1);
  g_assert_cmpuint (f->client->events->len, ==, 1);
  g_assert_cmpuint (f->client->mtu, ==, 1280);
  virtual_time_pass_ms (5000);
  g_assert_cmpuint (f->client->events->len, ==, 1);
}

/* A larger MTU than the client wished counts as its wish; what cannot be, changes nothing. */
static void
test_reconfigured_wrong (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  client_attach (f->client);
  send_control (f, "{\"type\":\"config\",\"mtu\":1300,\"dns\":\"x\"}");
  send_control (f, "{\"type\":\"config\"");
  virtual_time_pass_ms (2000);
  g_assert_cmpuint (f->client->mtu, ==, 1420);
  send_control (f, "{\"type\":\"config\",\"mtu\":1300}");
  virtual_time_pass_ms (2000);
  g_assert_cmpuint (f->client->mtu, ==, 1300);
  send_control (f, "{\"type\":\"config\",\"mtu\":9000}");
  virtual_time_pass_ms (2000);
  g_assert_cmpuint (f->client->mtu, ==, 1420);
}

/* What was changed and not reported yet ends with the session. */
static void
test_reconfigured_lost (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  send_control (f, "{\"type\":\"config\",\"mtu\":1300}");
  hand_free (f->server);
  client_expect (f->client, "reconnecting: ");
  client_attach (f->client);
  virtual_time_pass_ms (300);
  g_assert_cmpuint (f->client->events->len, ==, 0);
  f->server = host_welcome (f->host, "{\"version\":1,\"client_id\":\"c2\",\"mtu\":1400,\"ipv4\":{\"address\":"
                                     "\"10.8.0.9\",\"prefix\":24,\"gateway\":\"10.8.0.1\"}}");
  client_expect (f->client, "reconnected 10.8.0.9");
  g_assert_cmpuint (f->client->mtu, ==, 1400);
  virtual_time_pass_ms (2000);
  g_assert_cmpuint (f->client->mtu, ==, 1400);
}

/* --- quality --- */

static void
test_health (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  HandEvent check;

  virtual_time_pass_ms (0);
  check = hand_expect (f->server, SVPN_FRAME_KEEPALIVE);
  hand_send_sealed (f->server, SVPN_FRAME_KEEPALIVE_ACK, check.payload, check.size);
  sync_client (f);
  virtual_time_pass_ms (60000 + 60000 + 5000);
  client_expect_exactly (f->client, "health degraded");
  g_assert_cmpstr (svpn_client_get_health (f->client->client), ==, "degraded");
  virtual_time_pass_ms (60000);
  client_expect_exactly (f->client, "health critical");
  virtual_time_pass_ms (30000);
  client_expect_exactly (f->client, "reconnecting: no-answer: the other side no longer answers");
}

/* A server that goes without a word on the first keepalive: the session was open, so that is a loss, not a failure. */
static void
test_ends_at_once (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  hand_send_ws (f->server, 0x88, "\x03\xf0", 2);
  client_expect_exactly (f->client, "reconnecting: connection-lost: the other side closed the connection");
}

/* --- what comes next --- */

/* The client tells which attempt comes when, and why the last one failed; where there is no network, none is due. */
static void
test_retry (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  SvpnRetry retry, before;

  g_assert_false (svpn_client_get_retry (f->client->client, &retry));
  hand_send_ws (f->server, 0x88, "\x03\xf0", 2);
  client_expect (f->client, "reconnecting: ");
  g_assert_true (svpn_client_get_retry (f->client->client, &retry));
  g_assert_cmpuint (retry.attempt, ==, 1);
  g_assert_cmpuint (retry.next_ms, <=, 300);
  g_assert_cmpstr (retry.reason, ==, "connection-lost: the other side closed the connection");

  close (f->host->fd);
  f->host->fd = -1;
  virtual_time_pass_ms (300);
  WAIT_FOR (f->client->retry.attempt == 2);
  g_assert_cmpuint (f->client->retry.next_ms, >=, 500);
  g_assert_nonnull (strstr (f->client->retry.reason, "Connection refused"));
  g_assert_true (svpn_client_get_retry (f->client->client, &before));
  virtual_time_pass_ms (200);
  g_assert_true (svpn_client_get_retry (f->client->client, &retry));
  g_assert_cmpuint (retry.next_ms + 200, ==, before.next_ms);
  g_assert_cmpuint (retry.lost_ms, ==, before.lost_ms + 200);

  svpn_client_network_changed (f->client->client, SVPN_NETWORK_LOST);
  g_assert_true (f->client->retry.waits);
  svpn_client_network_changed (f->client->client, SVPN_NETWORK_MOVED);
  g_assert_false (f->client->retry.waits);
  g_assert_cmpuint (f->client->retry.attempt, ==, 1);
  g_assert_cmpuint (f->client->retry.next_ms, ==, 0);
}

/* --- sessions that do not last --- */

/* The server ends the session at once, after @lasting_ms, and the client comes back. Returns how long that took, in ms. */
static guint64
lose_and_return (Fixture *f, guint64 lasting_ms)
{
  g_autofree char *welcome = host_welcome_json ("");
  guint64 lost_us;
  gint64 wait_ms;

  virtual_time_pass_ms (lasting_ms);
  hand_free (f->server);
  client_expect (f->client, "reconnecting: ");
  lost_us = virtual_time_us ();
  wait_ms = virtual_clock_next_ms (f->client->clock);
  g_assert_cmpint (wait_ms, >=, 0);
  virtual_time_pass_ms ((guint64) wait_ms);
  f->server = host_welcome (f->host, welcome);
  client_expect (f->client, "reconnected ");
  return (virtual_time_us () - lost_us) / 1000;
}

/* What lets every session in and breaks it is not asked again and again: the waits grow up to a minute. One session that
 * lasts puts an end to that. */
static void
test_brief_sessions (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  g_assert_cmpuint (lose_and_return (f, 0), <=, 300); /* the first may be an accident */
  for (guint64 full_ms = 1000; full_ms < 60000; full_ms *= 2) {
    guint64 wait_ms = lose_and_return (f, 100);

    g_assert_cmpuint (wait_ms, >=, full_ms / 2);
    g_assert_cmpuint (wait_ms, <=, full_ms);
  }
  g_assert_cmpuint (lose_and_return (f, 9999), >=, 30000);
  g_assert_cmpuint (lose_and_return (f, 10000), <=, 300);
}

/* Nor does a server that says "come back" to each of its clients at once get them all every second. */
static void
test_brief_pauses (void)
{
  static const char pause[] = "{\"reason\":\"later\",\"final\":false}";
  g_autoptr (Fixture) f = fixture_new ();

  for (int i = 0; i < 4; i++) {
    hand_send_sealed (f->server, SVPN_FRAME_DISCONNECT, pause, strlen (pause));
    hand_expect_close (f->server, SVPN_WS_CLOSE_NORMAL);
    client_expect_exactly (f->client, "reconnecting: server-ended: later");
    if (i == 3)
      g_assert_cmpint (virtual_clock_next_ms (f->client->clock), >=, 2000);
    virtual_time_pass_ms ((guint64) virtual_clock_next_ms (f->client->clock));
    hand_free (f->server);
    f->server
        = host_welcome (f->host, "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420,\"ipv4\":{\"address\":"
                                 "\"10.8.0.2\",\"prefix\":24,\"gateway\":\"10.8.0.1\"}}");
    client_expect (f->client, "reconnected ");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/client/welcome", test_welcome);
  g_test_add_func ("/client/before-connected", test_before_connected);
  g_test_add_func ("/client/lease", test_lease);
  ADD_TABLE ("/client/way/", ways, test_way);
  g_test_add_func ("/client/malformed", test_malformed);
  g_test_add_func ("/client/no-ipv6", test_no_ipv6);
  g_test_add_func ("/client/no-device", test_no_device);
  g_test_add_func ("/client/device-gone", test_device_gone);
  g_test_add_func ("/client/too-big", test_too_big);
  g_test_add_func ("/client/no-rekey", test_no_rekey);
  g_test_add_func ("/client/reconfigured", test_reconfigured);
  g_test_add_func ("/client/reconfigured-wrong", test_reconfigured_wrong);
  g_test_add_func ("/client/reconfigured-lost", test_reconfigured_lost);
  g_test_add_func ("/client/health", test_health);
  g_test_add_func ("/client/retry", test_retry);
  g_test_add_func ("/client/ends-at-once", test_ends_at_once);
  g_test_add_func ("/client/brief-sessions", test_brief_sessions);
  g_test_add_func ("/client/brief-pauses", test_brief_pauses);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A whole tunnel in one process, over a network that misbehaves:
 *
 *     the test == SvpnClient == TCP == relay == TCP == SvpnServer == the test
 */
#include "client-scene.h"
#include "error.h"
#include "relay.h"
#include "scene.h"
#include "table.h"
#include "transport.h"

#include <sodium.h>
#include <string.h>

#define FAR "192.0.2.1"

static const uint8_t alice[32] = { [1] = 9 };

typedef struct {
  Scene *server;
  Relay *relay;
  ClientScene *client;
} Tunnel;

/* A server that never finds a client dead. */
static SvpnServerConfig *
quiet_config (void)
{
  SvpnServerConfig *config = scene_config ();

  config->keepalive = (SvpnKeepaliveConfig){ { 3600000, 3600000, 3600000 }, 3600000, 500, 200 };
  return config;
}

/* @change, unless NULL, changes the client's settings. */
static Tunnel *
tunnel_new (SvpnServerConfig *server_config, void (*change) (SvpnClientConfig *config))
{
  Tunnel *tunnel = g_new0 (Tunnel, 1);
  SvpnClientConfig *config;

  tunnel->server = scene_new (server_config);
  tunnel->relay = relay_new (tunnel->server->port, tunnel->server->clock);
  config = client_config (FALSE, relay_port (tunnel->relay), SCENE_PATH, tunnel->server->public_key);
  if (change != NULL)
    change (config);
  tunnel->client = client_scene_new (config, 0);
  client_expect (tunnel->client, "connected 10.8.0.2");
  client_attach (tunnel->client);
  virtual_time_pass_ms (0); /* the first keepalive */
  WAIT_FOR (scene_count (tunnel->server, "frames-received") >= 1);
  return tunnel;
}

static void
tunnel_free (Tunnel *tunnel)
{
  client_scene_free (tunnel->client);
  relay_free (tunnel->relay);
  scene_free (tunnel->server);
  g_free (tunnel);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tunnel, tunnel_free)

/* A packet each way. */
static void
expect_traffic (Tunnel *tunnel)
{
  g_autofree guint8 *up = packet_new ("10.8.0.2", FAR, 500, 1), *down = packet_new (FAR, "10.8.0.2", 600, 2);
  g_autofree guint8 *got_up = NULL, *got_down = NULL;
  gsize size;

  client_write_tun (tunnel->client, up, 500);
  got_up = scene_read_tun (tunnel->server, &size);
  g_assert_cmpmem (got_up, size, up, 500);
  scene_write_tun (tunnel->server, down, 600);
  got_down = client_read_tun (tunnel->client, &size);
  g_assert_cmpmem (got_down, size, down, 600);
}

static const char *
server_end (Tunnel *tunnel)
{
  WAIT_FOR (tunnel->server->disconnected->len == 1);
  return strchr (tunnel->server->disconnected->pdata[0], ' ') + 1;
}

/* --- there and back --- */

static void
test_traffic (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);
  g_autofree guint8 *ipv6 = packet_new ("fd00:8::2", "2001:db8::1", 500, 1), *got = NULL;
  gsize size;

  expect_traffic (tunnel);
  client_write_tun (tunnel->client, ipv6, 500);
  got = scene_read_tun (tunnel->server, &size);
  g_assert_cmpmem (got, size, ipv6, 500);
  g_assert_cmpuint (client_count (tunnel->client, "packets-sent"), ==, 2);
  g_assert_cmpuint (client_count (tunnel->client, "bytes-sent"), ==, 1000);
  g_assert_cmpuint (client_count (tunnel->client, "packets-received"), ==, 1);
  g_assert_cmpuint (client_count (tunnel->client, "bytes-received"), ==, 600);
  g_assert_cmpuint (client_count (tunnel->client, "wire-bytes-sent"), >, 1000 + 2 * 45);
}

static void
test_client_leaves (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);

  svpn_client_disconnect (tunnel->client->client, "lid closed");
  client_expect_exactly (tunnel->client, "ended: lid closed");
  g_assert_cmpstr (server_end (tunnel), ==, "client-left: lid closed");
}

/* A server that leaves may be back soon: its clients try, and not at once. */
static void
test_server_leaves (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);

  svpn_server_stop (tunnel->server->server, "maintenance");
  client_expect_exactly (tunnel->client, "reconnecting: server-ended: maintenance");
  WAIT_FOR (tunnel->server->stopped);
  g_assert_cmpint (virtual_clock_next_ms (tunnel->client->clock), >=, 300);
  g_assert_cmpint (virtual_clock_next_ms (tunnel->client->clock), <=, 3000);
}

/* Where there is no network, the attempts wait for one. */
static void
test_server_leaves_offline (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);

  svpn_client_network_changed (tunnel->client->client, SVPN_NETWORK_LOST);
  svpn_server_stop (tunnel->server->server, "maintenance");
  client_expect_exactly (tunnel->client, "reconnecting: server-ended: maintenance");
  g_assert_cmpint (virtual_clock_next_ms (tunnel->client->clock), ==, -1);
}

/* Make before break: over a new network another session takes the place of the one that we have, with its address. */
static void
test_moved (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);

  svpn_client_network_changed (tunnel->client->client, SVPN_NETWORK_MOVED);
  client_expect_exactly (tunnel->client, "reconnected 10.8.0.2: network-changed");
  virtual_time_pass_ms (0); /* the first keepalive shows the server that it is us */
  WAIT_FOR (tunnel->server->disconnected->len == 1);
  g_assert_cmpuint (tunnel->server->connected->len, ==, 2);
  expect_traffic (tunnel);
}

/* Whom a server sends away does not come back. */
static void
test_sent_away (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (svpn_server_disconnect_client (tunnel->server->server, tunnel->server->connected->pdata[0],
                                                "go away", &error));
  client_expect_exactly (tunnel->client, "ended: server-ended: go away");
}

/* --- a carrier that breaks --- */

/* It comes back within the first wait of at most 300 ms, with its address, and counts on. */
static void
test_cut (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);
  g_autofree char *lease = g_strdup (tunnel->client->lease);

  expect_traffic (tunnel);
  relay_cut (tunnel->relay);
  client_expect_exactly (tunnel->client,
                         "reconnecting: connection-lost: the connection broke off without a close frame");
  g_assert_cmpstr (svpn_client_get_health (tunnel->client->client), ==, "");
  virtual_time_pass_ms (300);
  client_expect_exactly (
      tunnel->client,
      "reconnected 10.8.0.2: connection-lost: the connection broke off without a close frame");
  g_assert_cmpuint (tunnel->client->reconnection.attempts, ==, 1);
  g_assert_cmpuint (tunnel->client->reconnection.reconnects, ==, 1);
  g_assert_cmpuint (tunnel->client->reconnection.duration_ms, <=, 300);
  g_assert_cmpstr (tunnel->client->lease, ==, lease);
  g_assert_cmpstr (svpn_client_get_health (tunnel->client->client), ==, "healthy");
  expect_traffic (tunnel);
  g_assert_cmpuint (client_count (tunnel->client, "packets-sent"), ==, 2);
  g_assert_cmpuint (client_count (tunnel->client, "reconnects"), ==, 1);
}

/* The line dies without a word to either side. The client notices first, and its new session takes over from the one that
 * the server still has. */
static void
test_take_over (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (quiet_config (), NULL);

  relay_stall (tunnel->relay, TRUE);
  virtual_time_pass_ms (216000); /* 215 s until it is dead at the latest, and the first attempt */
  client_expect_exactly (tunnel->client, "reconnecting: no-answer: the other side no longer answers");
  client_expect (tunnel->client, "reconnected 10.8.0.2");
  virtual_time_pass_ms (0);
  WAIT_FOR (scene_count (tunnel->server, "sessions-total") == 2);
  expect_traffic (tunnel);
  virtual_time_pass_ms (SVPN_CLOSE_TIMEOUT_MS); /* nobody answers the server's goodbye */
  g_assert_cmpstr (server_end (tunnel), ==, "replaced: the same client has connected again");
}

#define CONNECT_TIMEOUT_MS 100000 /* longer than any wait before an attempt */

static void
patient (SvpnClientConfig *config)
{
  config->connect_timeout_s = CONNECT_TIMEOUT_MS / 1000;
}

static void
at_most_twice (SvpnClientConfig *config)
{
  patient (config);
  config->max_reconnect_attempts = 2;
}

/* Whether no attempt runs, whose timeout would be armed. */
static gboolean
waits (Tunnel *tunnel)
{
  gint64 next_ms = virtual_clock_next_ms (tunnel->client->clock);

  return next_ms >= 0 && next_ms < CONNECT_TIMEOUT_MS;
}

/* Lets the time pass that the client waits, and the attempt fail that follows. Returns how long it waited. */
static guint
fail_attempt (Tunnel *tunnel)
{
  guint before = relay_count (tunnel->relay);
  gint64 wait_ms;

  WAIT_FOR (waits (tunnel));
  wait_ms = virtual_clock_next_ms (tunnel->client->clock);
  virtual_time_pass_ms ((guint64) wait_ms);
  WAIT_FOR (relay_count (tunnel->relay) == before + 1);
  return (guint) wait_ms;
}

/* Nobody answers for a while: attempts follow with growing waits, the TUN device stays and drops, and the network's
 * coming back ends it. */
static void
test_long_cut (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), patient);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 100, 1);

  relay_refuse (tunnel->relay, TRUE);
  relay_cut (tunnel->relay);
  client_expect (tunnel->client, "reconnecting: ");
  client_write_tun (tunnel->client, packet, 100);
  g_assert_cmpuint (fail_attempt (tunnel), <=, 300);
  for (guint attempt = 2, full_ms = 1000; attempt <= 8; attempt++, full_ms = MIN (full_ms * 2, 60000)) {
    guint wait_ms = fail_attempt (tunnel);

    g_assert_cmpuint (wait_ms, >=, full_ms / 2);
    g_assert_cmpuint (wait_ms, <=, full_ms);
  }
  WAIT_FOR (waits (tunnel));
  relay_refuse (tunnel->relay, FALSE);
  virtual_time_pass_ms (60000);
  client_expect (tunnel->client, "reconnected 10.8.0.2");
  g_assert_cmpuint (tunnel->client->reconnection.attempts, ==, 9);
  g_assert_cmpuint (client_count (tunnel->client, "drops-no-route"), ==, 1);
  expect_traffic (tunnel);
}

static void
test_attempts_end (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), at_most_twice);
  guint before = relay_count (tunnel->relay);

  relay_refuse (tunnel->relay, TRUE);
  relay_cut (tunnel->relay);
  client_expect (tunnel->client, "reconnecting: ");
  fail_attempt (tunnel);
  fail_attempt (tunnel);
  client_expect (tunnel->client, "ended: Failed: cannot connect to ws://127.0.0.1:");
  g_assert_cmpuint (relay_count (tunnel->relay), ==, before + 2);
}

static void
never_again (SvpnClientConfig *config)
{
  config->auto_reconnect = FALSE;
}

static void
test_no_reconnect (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), never_again);

  relay_cut (tunnel->relay);
  client_expect_exactly (tunnel->client,
                         "ended: connection-lost: the connection broke off without a close frame");
}

static void
test_leave_while_reconnecting (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);

  relay_refuse (tunnel->relay, TRUE);
  relay_cut (tunnel->relay);
  client_expect (tunnel->client, "reconnecting: ");
  svpn_client_disconnect (tunnel->client->client, "enough");
  client_expect_exactly (tunnel->client, "ended: enough");
}

/* --- no longer welcome --- */

static void
as_alice (SvpnClientConfig *config)
{
  config->private_key = sodium_malloc (SVPN_KEY_SIZE);
  memcpy (config->private_key, alice, SVPN_KEY_SIZE);
}

static SvpnServerConfig *
known_only (void)
{
  SvpnServerConfig *config = scene_config ();

  config->client_auth = TRUE;
  return config;
}

static void
authorize (Scene *scene, const char *list)
{
  uint8_t key[SVPN_KEY_SIZE];
  g_autofree char *key_text = NULL;
  g_autoptr (GString) text = g_string_new (list);
  g_autoptr (GVariant) clients = NULL;

  svpn_noise_public_key (key, alice);
  key_text = g_base64_encode (key, sizeof key);
  g_string_replace (text, "ALICE", key_text, 0);
  clients = g_variant_ref_sink (g_variant_new_parsed (text->str));
  g_assert_true (svpn_server_set_authorized (scene->server, clients, NULL));
}

/* The client is taken off the list while it is on its way back: it learns so, and does not try for ever. */
static void
test_revoked_while_reconnecting (void)
{
  Tunnel tunnel = { .server = scene_new (known_only ()) };
  SvpnClientConfig *config;

  authorize (tunnel.server, "[{'public-key': <'ALICE'>}]");
  tunnel.relay = relay_new (tunnel.server->port, tunnel.server->clock);
  config = client_config (FALSE, relay_port (tunnel.relay), SCENE_PATH, tunnel.server->public_key);
  as_alice (config);
  tunnel.client = client_scene_new (config, 0);
  client_expect (tunnel.client, "connected ");
  virtual_time_pass_ms (0);
  relay_cut (tunnel.relay);
  client_expect (tunnel.client, "reconnecting: ");
  authorize (tunnel.server, "@aa{sv} []");
  virtual_time_pass_ms (300);
  g_assert_nonnull (strstr (client_expect (tunnel.client, "ended: AuthFailed: the server at ws://127.0.0.1:"),
                            " does not know this client's key (unauthorized: "));
  client_scene_free (tunnel.client);
  relay_free (tunnel.relay);
  scene_free (tunnel.server);
}

/* --- a carrier that corrupts --- */

/* A bit flipped in what either side sends: who notices ends the session, a new one follows, and no wrong packet comes
 * out. Of WebSocket header, frame header, nonce, ciphertext and tag one byte each. */
static const struct {
  const char *name;
  RelayDirection direction;
  guint64 at;
  const char *reason; /* for the session's end at who notices */
} corruptions[] = {
  { "up-header", UPWARDS, 0, "reserved bits are set" },
  { "up-mask", UPWARDS, 4, "a frame is not authentic: damaged, repeated, reordered or retyped on its way" },
  { "up-type", UPWARDS, 8, "a frame is not authentic: damaged, repeated, reordered or retyped on its way" },
  { "up-ciphertext", UPWARDS, 100,
    "a frame is not authentic: damaged, repeated, reordered or retyped on its way" },
  { "down-header", DOWNWARDS, 0, "reserved bits are set" },
  { "down-length", DOWNWARDS, 5, "a frame is too long" },
  { "down-nonce", DOWNWARDS, 10,
    "a frame is not authentic: damaged, repeated, reordered or retyped on its way" },
  { "down-tag", DOWNWARDS, 540,
    "a frame is not authentic: damaged, repeated, reordered or retyped on its way" },
};

static void
test_corrupt (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);
  g_autofree guint8 *up = packet_new ("10.8.0.2", FAR, 500, 1), *down = packet_new (FAR, "10.8.0.2", 500, 2);
  gboolean is_up = corruptions[i].direction == UPWARDS;
  const char *loss;

  settle ();
  relay_corrupt (tunnel->relay, corruptions[i].direction, corruptions[i].at);
  if (is_up)
    client_write_tun (tunnel->client, up, 500);
  else
    scene_write_tun (tunnel->server, down, 500);
  if (is_up)
    g_assert_true (g_str_has_suffix (server_end (tunnel), corruptions[i].reason));
  loss = client_expect (tunnel->client, "reconnecting: ") + strlen ("reconnecting: ");
  if (is_up)
    g_assert_cmpstr (loss, ==, "connection-lost: the other side closed the connection");
  else
    g_assert_true (g_str_has_suffix (loss, corruptions[i].reason));
  virtual_time_pass_ms (300);
  client_expect (tunnel->client, "reconnected 10.8.0.2");
  g_assert_true (scene_tun_is_empty (tunnel->server));
  g_assert_true (client_tun_is_empty (tunnel->client));
  virtual_time_pass_ms (0);
  expect_traffic (tunnel);
}

/* --- a carrier that is slow --- */

static double
last_rtt_ms (Tunnel *tunnel)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  double rtt_ms;

  g_assert_true (svpn_client_quality (tunnel->client->client, &dict));
  g_assert_true (g_variant_dict_lookup (&dict, "rtt-last-ms", "d", &rtt_ms));
  return rtt_ms;
}

/* Round trips are measured. */
static void
test_delay (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (quiet_config (), NULL);

  WAIT_FOR (client_count (tunnel->client, "frames-received")
            == 2); /* the first echo, and the server's keepalive */
  relay_delay (tunnel->relay, 40);
  virtual_time_pass_ms (60000);
  for (guint steps = 0; last_rtt_ms (tunnel) == 0; steps++) {
    g_assert_cmpuint (steps, <, 200);
    virtual_time_step_ms (10);
  }
  g_assert_cmpfloat (last_rtt_ms (tunnel), >=, 80);
  g_assert_cmpfloat (last_rtt_ms (tunnel), <, 300);
}

/* Bulk that a stalled line does not take waits in the client's queues, up to their bound, and a new line takes it. */
static void
test_back_pressure (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), NULL);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 1400, 1);
  guint64 dropped;
  gsize size;

  relay_stall (tunnel->relay, TRUE);
  for (int i = 0; i < 8000; i++) {
    client_write_tun (tunnel->client, packet, 1400);
    settle ();
  }
  dropped = client_count (tunnel->client, "drops-queue-full");
  g_assert_cmpuint (dropped, >, 0);
  g_assert_cmpuint (client_count (tunnel->client, "queue-bytes"), <=, 524288);
  g_assert_cmpuint (client_count (tunnel->client, "queue-bytes"), >, 524288 - 1400);
  relay_stall (tunnel->relay, FALSE);
  for (guint64 i = 0; i < 100; i++)
    g_free (scene_read_tun (tunnel->server, &size));
}

/* --- rekey --- */

static void
rekey_often (SvpnClientConfig *config)
{
  config->rekey_interval_s = 10;
  config->rekey_mib = 1;
}

/* By time and by volume, while packets go both ways: nothing is lost, and both sides count the same. */
static void
test_rekey (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), rekey_often);
  g_autofree guint8 *up = packet_new ("10.8.0.2", FAR, 1400, 1),
                    *down = packet_new (FAR, "10.8.0.2", 1400, 2);
  gsize size;

  for (int i = 0; i < 1000; i++) {
    client_write_tun (tunnel->client, up, 1400);
    scene_write_tun (tunnel->server, down, 1400);
    g_free (scene_read_tun (tunnel->server, &size));
    g_free (client_read_tun (tunnel->client, &size));
  }
  WAIT_FOR (client_count (tunnel->client, "rekeys") == 2); /* 2.8 MB */
  for (guint64 n = 3; n <= 5; n++) {
    virtual_time_pass_ms (10000);
    WAIT_FOR (client_count (tunnel->client, "rekeys") == n);
    WAIT_FOR (scene_count (tunnel->server, "rekeys") == n);
    expect_traffic (tunnel);
  }
  g_assert_cmpuint (tunnel->server->disconnected->len, ==, 0);
}

static void
rekey_as_alice (SvpnClientConfig *config)
{
  as_alice (config);
  config->rekey_interval_s = 10;
}

static void
test_rekey_ik (void)
{
  g_autoptr (Tunnel) tunnel = tunnel_new (scene_config (), rekey_as_alice);

  virtual_time_pass_ms (10000);
  WAIT_FOR (scene_count (tunnel->server, "rekeys") == 1);
  expect_traffic (tunnel);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/tunnel/traffic", test_traffic);
  g_test_add_func ("/tunnel/client-leaves", test_client_leaves);
  g_test_add_func ("/tunnel/server-leaves", test_server_leaves);
  g_test_add_func ("/tunnel/server-leaves-offline", test_server_leaves_offline);
  g_test_add_func ("/tunnel/moved", test_moved);
  g_test_add_func ("/tunnel/sent-away", test_sent_away);
  g_test_add_func ("/tunnel/cut", test_cut);
  g_test_add_func ("/tunnel/take-over", test_take_over);
  g_test_add_func ("/tunnel/long-cut", test_long_cut);
  g_test_add_func ("/tunnel/attempts-end", test_attempts_end);
  g_test_add_func ("/tunnel/no-reconnect", test_no_reconnect);
  g_test_add_func ("/tunnel/leave-while-reconnecting", test_leave_while_reconnecting);
  g_test_add_func ("/tunnel/revoked-while-reconnecting", test_revoked_while_reconnecting);
  ADD_TABLE ("/tunnel/corrupt/", corruptions, test_corrupt);
  g_test_add_func ("/tunnel/delay", test_delay);
  g_test_add_func ("/tunnel/back-pressure", test_back_pressure);
  g_test_add_func ("/tunnel/rekey", test_rekey);
  g_test_add_func ("/tunnel/rekey-ik", test_rekey_ik);
  return g_test_run ();
}

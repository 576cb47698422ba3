/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who has which session and which address at a server: returning, taking over, replays, and what happens when it is full. */
#include "error.h"
#include "goodbye.h"
#include "log.h"
#include "scene.h"
#include "transport.h"

#include <sodium.h>
#include <string.h>

static const uint8_t alice[32] = { [1] = 9 }, bob[32] = { [1] = 11 };

#define MESSAGE1_MAX (1 + SVPN_NOISE_IK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX)
#define HOUR_MS (60 * 60 * 1000)

/* An address in the network behind the server, of the family of @address. */
static const char *
far_address (const char *address)
{
  return strchr (address, ':') != NULL ? "2001:db8::1" : "192.0.2.1";
}

/* Which guest a packet from the network behind the server reaches. */
static void
expect_route (Scene *scene, const char *address, Guest *guest)
{
  g_autofree guint8 *packet = packet_new (far_address (address), address, 60, 7);
  HandEvent event;

  scene_write_tun (scene, packet, 60);
  event = hand_expect (guest->hand, SVPN_FRAME_IP_PACKET);
  g_assert_cmpmem (event.payload, event.size, packet, 60);
}

/* That the guest may send from its address. */
static void
expect_source (Scene *scene, const char *address, Guest *guest)
{
  g_autofree guint8 *packet = packet_new (address, far_address (address), 60, 8), *got = NULL;
  gsize size;

  guest_send_packet (guest, packet, 60);
  got = scene_read_tun (scene, &size);
  g_assert_cmpmem (got, size, packet, 60);
}

static Guest *
guest_named (Scene *scene, const uint8_t *private_key, const char *lease)
{
  const GuestOptions options = { .private_key = private_key, .lease = lease };

  return guest_new (scene, &options);
}

/* A session whose client never proves that it has the keys. */
static Guest *
guest_unconfirmed (Scene *scene, const GuestOptions *options)
{
  Guest *guest = guest_connect (scene);

  guest_shake_hands (guest, scene, options);
  g_assert_cmpstr (guest->welcome->error, ==, NULL);
  return guest;
}

static void
expect_refusal (Scene *scene, const GuestOptions *options, const char *code)
{
  g_autoptr (Guest) guest = guest_connect (scene);

  guest_shake_hands (guest, scene, options);
  g_assert_cmpstr (guest->welcome->error, ==, code);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
}

/* Without a word. */
static void
expect_end (Guest *guest)
{
  HandKind kind;

  do
    kind = hand_next (guest->hand).kind;
  while (kind != HAND_EOF && kind != HAND_CLOSE);
  g_assert_cmpint (kind, ==, HAND_EOF);
}

/* --- coming back --- */

static void
test_addresses (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL);
  g_autofree char *first_address = guest_address (first), *second_address = guest_address (second);

  g_assert_cmpstr (first_address, ==, "10.8.0.2");
  g_assert_cmpstr (second_address, ==, "10.8.0.3");
  expect_route (scene, "10.8.0.2", first);
  expect_route (scene, "10.8.0.3", second);
  expect_route (scene, "fd00:8::2", first);
  expect_source (scene, "10.8.0.3", second);
  expect_source (scene, "fd00:8::3", second);
}

static void
test_goodbye (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autofree char *ended = g_strconcat (guest->welcome->client_id, ": client-left: bye", NULL);
  guint64 packets;

  expect_source (scene, "10.8.0.2", guest);
  guest_leave (scene, guest);
  g_assert_cmpstr (scene->disconnected->pdata[0], ==, ended);
  g_assert_true (g_variant_lookup (scene->telemetry, "packets-received", "t", &packets));
  g_assert_cmpuint (packets, ==, 1);
  g_assert_cmpuint (svpn_server_get_n_clients (scene->server), ==, 0);
  g_assert_cmpuint (scene_count (scene, "packets-received"), ==, 1); /* the sum keeps it */
}

/* A lease brings the address back, and a key does, but not the token of a client that proved a key. */
static void
test_return (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) other = guest_new (scene, NULL), first = guest_new (scene, NULL), again = NULL;
  g_autofree char *address = NULL;

  guest_leave (scene, first);
  again = guest_named (scene, NULL, first->welcome->lease);
  address = guest_address (again);
  g_assert_cmpstr (address, ==, "10.8.0.3");
  g_assert_cmpstr (again->welcome->lease, ==, first->welcome->lease);
  g_assert_cmpstr (again->welcome->client_id, !=, first->welcome->client_id);
}

static void
test_return_by_key (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) first = guest_named (scene, alice, NULL), thief = NULL, other_key = NULL, again = NULL;
  g_autofree char *theft = NULL, *other = NULL, *address = NULL;

  guest_leave (scene, first);
  thief = guest_named (scene, NULL, first->welcome->lease);
  theft = guest_address (thief);
  g_assert_cmpstr (theft, ==, "10.8.0.3");
  other_key = guest_named (scene, bob, first->welcome->lease);
  other = guest_address (other_key);
  g_assert_cmpstr (other, ==, "10.8.0.4");
  again = guest_named (scene, alice, NULL);
  address = guest_address (again);
  g_assert_cmpstr (address, ==, "10.8.0.2");
}

/* --- taking over --- */

/* The live session keeps its address until the new one has proved that it has the keys; then it is told and ends. */
static void
test_take_over (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) before = guest_new (scene, NULL), after = NULL;
  const GuestOptions options = { .lease = before->welcome->lease };

  after = guest_unconfirmed (scene, &options);
  g_assert_cmpint (after->welcome->ipv4.bytes[3], ==, 2);
  expect_route (scene, "10.8.0.2", before);
  expect_source (scene, "10.8.0.2", before);
  guest_sync (after);
  guest_expect_goodbye (before, "replaced: the same client has connected again");
  expect_route (scene, "10.8.0.2", after);
  expect_source (scene, "10.8.0.2", after);
  WAIT_FOR (scene->disconnected->len == 1);
  g_assert_cmpuint (svpn_server_get_n_clients (scene->server), ==, 1);
  expect_route (scene, "10.8.0.2", after); /* the end of the old one took nothing away */
}

static void
test_take_over_by_key (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) before = guest_named (scene, alice, NULL), after = guest_named (scene, alice, NULL);

  guest_expect_goodbye (before, "replaced: the same client has connected again");
  expect_route (scene, "10.8.0.2", after);
}

/* Somebody repeats a recorded message 1, with a proof of his own: he gets an answer that he cannot read, and the client
 * notices nothing, for however long. */
static void
test_repeated_message1 (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) client = guest_connect (scene), replay = guest_connect (scene),
                    flood = guest_connect (scene);
  const GuestOptions options = { .private_key = alice };
  uint8_t recorded[MESSAGE1_MAX], payload[100] = { 0 };
  size_t size = guest_message1 (client, scene, &options, recorded);
  g_autoptr (Guest) real = guest_named (scene, alice, NULL);

  hand_send_clear (replay->hand, SVPN_FRAME_HANDSHAKE_INIT, recorded, size);
  hand_expect (replay->hand, SVPN_FRAME_HANDSHAKE_RESP);
  hand_send_clear (flood->hand, SVPN_FRAME_HANDSHAKE_INIT, recorded, size);
  hand_expect (flood->hand, SVPN_FRAME_HANDSHAKE_RESP);
  expect_route (scene, "10.8.0.2", real);
  log_clear ();
  virtual_time_pass_ms (SVPN_CLOSE_TIMEOUT_MS);
  WAIT_FOR (scene->disconnected->len == 1); /* the first repetition: two sessions of a key are enough */
  hand_send_clear (flood->hand, SVPN_FRAME_KEEPALIVE, payload, sizeof payload);
  hand_expect_close (flood->hand, SVPN_WS_CLOSE_POLICY);
  expect_route (scene, "10.8.0.2", real);
  expect_source (scene, "10.8.0.2", real);
  for (int i = 0; i < 10; i++) {
    virtual_time_pass_ms (5000);
    guest_sync (real);
  }
  expect_route (scene, "10.8.0.2", real);
  g_assert_cmpuint (scene->disconnected->len, ==, 2);
}

/* --- full --- */

static SvpnServerConfig *
config_for (guint max_clients)
{
  SvpnServerConfig *config = scene_config ();

  config->max_clients = max_clients;
  config->keepalive = (SvpnKeepaliveConfig){ { 4294967, 4294967, 4294967 }, 4294967, 500, 200 };
  return config;
}

/* However often the clients of two leases come, there are never more than two sessions of each. */
static void
test_two_of_a_lease (void)
{
  enum { N = 20 };
  g_autoptr (Scene) scene = scene_new (config_for (5));
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL);
  Guest *more[N];

  for (int i = 0; i < N; i++) {
    const GuestOptions options = { .lease = (i % 2 == 0 ? first : second)->welcome->lease };

    more[i] = guest_unconfirmed (scene, &options);
    g_assert_cmpuint (svpn_server_get_n_clients (scene->server), <=, 4);
  }
  virtual_time_pass_ms (SVPN_CLOSE_TIMEOUT_MS);
  WAIT_FOR (scene->disconnected->len == N - 2);
  expect_route (scene, "10.8.0.2", first);
  expect_route (scene, "10.8.0.3", second);
  for (int i = 0; i < N; i++)
    guest_free (more[i]);
}

/* Nor do those count double who gave way and do not answer the goodbye. */
static void
test_two_of_a_lease_that_take_over (void)
{
  enum { N = 20 };
  g_autoptr (Scene) scene = scene_new (config_for (5));
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL);
  Guest *more[N];

  for (int i = 0; i < N; i++) {
    more[i] = guest_named (scene, NULL, (i % 2 == 0 ? first : second)->welcome->lease);
    settle ();
    g_assert_cmpuint (scene->connected->len - scene->disconnected->len, <=, 4);
  }
  expect_route (scene, "10.8.0.2", more[N - 2]);
  expect_route (scene, "10.8.0.3", more[N - 1]);
  for (int i = 0; i < N; i++)
    guest_free (more[i]);
}

/* Of a full server a newcomer throws out nobody who is alive, however old the session. */
static void
test_full (void)
{
  g_autoptr (Scene) scene = scene_new (config_for (2));
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL), third = NULL,
                    again = NULL;

  virtual_time_pass_ms (HOUR_MS / 4);
  expect_refusal (scene, &(GuestOptions){ 0 }, SVPN_REFUSAL_SERVER_FULL);
  expect_route (scene, "10.8.0.2", first);
  expect_route (scene, "10.8.0.3", second);
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, 1);
  again = guest_named (scene, NULL, first->welcome->lease); /* who takes over needs no second place */
  guest_expect_goodbye (first, "replaced: the same client has connected again");
  WAIT_FOR (scene->disconnected->len == 1);
  guest_leave (scene, second);
  third = guest_new (scene, NULL);
  expect_route (scene, "10.8.0.2", again);
  expect_route (scene, "10.8.0.5", third); /* addresses that were never given out come first */
}

/* Whom a full server refuses keeps none of its addresses. */
static void
test_full_keeps_addresses (void)
{
  SvpnServerConfig *config = config_for (1);
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL, newcomer = NULL;

  g_assert_true (svpn_prefix_parse ("10.8.0.0/29", &config->ipv4_pool)); /* five addresses for clients */
  scene = scene_new (config);
  guest = guest_new (scene, NULL);
  for (int i = 0; i < 6; i++)
    expect_refusal (scene, &(GuestOptions){ 0 }, SVPN_REFUSAL_SERVER_FULL);
  guest_leave (scene, guest);
  newcomer = guest_new (scene, NULL);
  g_assert_null (newcomer->welcome->error);
}

/* Who never proved to have the keys gives way once it had 10 s to: the oldest of them. */
static void
test_full_of_unconfirmed (void)
{
  g_autoptr (Scene) scene = scene_new (config_for (2));
  g_autoptr (Guest) oldest = guest_unconfirmed (scene, &(GuestOptions){ 0 }), older = NULL, newcomer = NULL;
  g_autofree char *ended
      = g_strconcat (oldest->welcome->client_id, ": evicted: made room for another client", NULL);

  virtual_time_pass_ms (1);
  older = guest_unconfirmed (scene, &(GuestOptions){ 0 });
  virtual_time_pass_ms (SVPN_HANDSHAKE_TIMEOUT_MS - 1);
  expect_refusal (scene, &(GuestOptions){ 0 }, SVPN_REFUSAL_SERVER_FULL); /* not yet */
  virtual_time_pass_ms (1);
  newcomer = guest_new (scene, NULL);
  expect_end (oldest);
  WAIT_FOR (scene->disconnected->len == 1);
  g_assert_cmpstr (scene->disconnected->pdata[0], ==, ended);
  guest_sync (older);
  expect_route (scene, "10.8.0.3", older);
}

/* The pool: 5 addresses. The same rules hold, with another code. */
static void
test_pool_exhausted (void)
{
  SvpnServerConfig *config = config_for (100);
  g_autoptr (Scene) scene = NULL;
  g_autoptr (GPtrArray) guests = g_ptr_array_new_with_free_func ((GDestroyNotify) guest_free);
  g_autoptr (Guest) newcomer = NULL;
  g_autofree char *address = NULL;

  g_assert_true (svpn_prefix_parse ("10.8.0.0/29", &config->ipv4_pool));
  scene = scene_new (config);
  for (int i = 0; i < 5; i++)
    g_ptr_array_add (guests, guest_new (scene, NULL));
  virtual_time_pass_ms (HOUR_MS / 4);
  expect_refusal (scene, &(GuestOptions){ 0 }, SVPN_REFUSAL_POOL_EXHAUSTED);
  expect_route (scene, "10.8.0.6", guests->pdata[4]);
  guest_leave (scene, guests->pdata[3]);
  newcomer = guest_new (scene, NULL);
  address = guest_address (newcomer);
  g_assert_cmpstr (address, ==, "10.8.0.5");
}

static void
test_pool_of_unconfirmed (void)
{
  SvpnServerConfig *config = config_for (100);
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) silent = NULL, newcomer = NULL;
  g_autofree char *address = NULL;

  g_assert_true (svpn_prefix_parse ("10.8.0.0/30", &config->ipv4_pool));
  scene = scene_new (config);
  silent = guest_unconfirmed (scene, &(GuestOptions){ 0 });
  virtual_time_pass_ms (SVPN_HANDSHAKE_TIMEOUT_MS + 1);
  newcomer = guest_new (scene, NULL);
  address = guest_address (newcomer);
  g_assert_cmpstr (address, ==, "10.8.0.2");
  expect_end (silent);
  expect_route (scene, "10.8.0.2", newcomer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/sessions/addresses", test_addresses);
  g_test_add_func ("/sessions/goodbye", test_goodbye);
  g_test_add_func ("/sessions/return", test_return);
  g_test_add_func ("/sessions/return-by-key", test_return_by_key);
  g_test_add_func ("/sessions/take-over", test_take_over);
  g_test_add_func ("/sessions/take-over-by-key", test_take_over_by_key);
  g_test_add_func ("/sessions/repeated-message1", test_repeated_message1);
  g_test_add_func ("/sessions/two-of-a-lease", test_two_of_a_lease);
  g_test_add_func ("/sessions/two-of-a-lease-that-take-over", test_two_of_a_lease_that_take_over);
  g_test_add_func ("/sessions/full", test_full);
  g_test_add_func ("/sessions/full-keeps-addresses", test_full_keeps_addresses);
  g_test_add_func ("/sessions/full-of-unconfirmed", test_full_of_unconfirmed);
  g_test_add_func ("/sessions/pool-exhausted", test_pool_exhausted);
  g_test_add_func ("/sessions/pool-of-unconfirmed", test_pool_of_unconfirmed);
  return g_test_run ();
}

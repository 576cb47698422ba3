/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's side of the handshake: what a client is given, and what ends the connection. */
#include "session.h"
#include "log.h"
#include "scene.h"
#include "table.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

static const uint8_t alice[32] = { [1] = 9 };

#define MESSAGE1_MAX (1 + SVPN_NOISE_IK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX)

/* --- what is given --- */

static void
test_welcome (void)
{
  SvpnServerConfig *config = scene_config ();
  const GuestOptions options = { .name = "laptop", .capabilities = SVPN_CAPABILITY_REKEY };
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;
  g_autofree char *address = NULL, *gateway = NULL, *address6 = NULL, *gateway6 = NULL;

  g_strfreev (config->dns);
  config->dns = g_strsplit ("1.1.1.1 fd00:8::1", " ", -1);
  g_strfreev (config->routes);
  config->routes = g_strsplit ("0.0.0.0/0 ::/0", " ", -1);
  scene = scene_new (config);
  guest = guest_new (scene, &options);
  address = svpn_address_to_string (&guest->welcome->ipv4);
  gateway = svpn_address_to_string (&guest->welcome->ipv4_gateway);
  address6 = svpn_address_to_string (&guest->welcome->ipv6);
  gateway6 = svpn_address_to_string (&guest->welcome->ipv6_gateway);
  g_assert_cmpstr (address, ==, "10.8.0.2");
  g_assert_cmpstr (gateway, ==, "10.8.0.1");
  g_assert_cmpuint (guest->welcome->ipv4.prefix, ==, 24);
  g_assert_cmpstr (address6, ==, "fd00:8::2");
  g_assert_cmpstr (gateway6, ==, "fd00:8::1");
  g_assert_cmpuint (guest->welcome->ipv6.prefix, ==, 64);
  g_assert_cmpuint (guest->welcome->mtu, ==, 1420);
  g_assert_cmpuint (guest->welcome->capabilities, ==, SVPN_CAPABILITY_REKEY);
  g_assert_cmpstr (guest->welcome->dns[1], ==, "fd00:8::1");
  g_assert_cmpstr (guest->welcome->routes[0], ==, "0.0.0.0/0");
  g_assert_cmpuint (strlen (guest->welcome->lease), ==, SVPN_LEASE_TOKEN_SIZE);
  g_assert_cmpstr (guest->welcome->client_id, ==, scene->connected->pdata[0]);
  g_assert_cmpuint (strlen (guest->welcome->client_id), ==, SVPN_SESSION_ID_SIZE);
  g_assert_cmpuint (scene_count (scene, "sessions-total"), ==, 1);
}

/* One family alone, and a client without the capability. */
static void
test_welcome_ipv4 (void)
{
  SvpnServerConfig *config = scene_config ();
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;

  config->ipv6_pool = (SvpnPrefix){ 0 };
  scene = scene_new (config);
  guest = guest_new (scene, NULL);
  g_assert_cmpint (guest->welcome->ipv6.family, ==, 0);
  g_assert_cmpuint (guest->welcome->capabilities, ==, 0);
}

static const struct {
  const char *name;
  guint wish, mtu;
} mtus[] = {
  { "no-wish", 0, 1420 },
  { "smaller", 1300, 1300 },
  { "smallest", 576, 576 },
  { "larger", 9000, 1420 },
};

static void
test_mtu (gconstpointer data)
{
  const GuestOptions options = { .mtu = mtus[GPOINTER_TO_SIZE (data)].wish };
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, &options);

  g_assert_cmpuint (guest->welcome->mtu, ==, mtus[GPOINTER_TO_SIZE (data)].mtu);
}

/* What ListClients says of a client. */
static void
test_list (void)
{
  const GuestOptions options = { .name = "lap\ntop", .private_key = alice, .mtu = 1400 };
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, &options);
  g_autoptr (Guest) unfinished = guest_connect (scene);
  g_autoptr (GVariant) clients = NULL, client = NULL;
  const char *text;
  uint8_t key[32];
  g_autofree char *key_text = NULL;
  guint64 number;
  guint32 mtu;

  virtual_time_pass_ms (2500);
  clients = g_variant_ref_sink (svpn_server_list_clients (scene->server));
  g_assert_cmpuint (g_variant_n_children (clients), ==, 1);
  g_assert_cmpuint (svpn_server_get_n_clients (scene->server), ==, 1);
  client = g_variant_get_child_value (clients, 0);
  g_assert_true (g_variant_lookup (client, "id", "&s", &text));
  g_assert_cmpstr (text, ==, guest->welcome->client_id);
  g_assert_true (g_variant_lookup (client, "name", "&s", &text));
  g_assert_cmpstr (text, ==, "lap?top");
  g_assert_true (g_variant_lookup (client, "assigned-ip", "&s", &text));
  g_assert_cmpstr (text, ==, "10.8.0.2");
  g_assert_true (g_variant_lookup (client, "assigned-ipv6", "&s", &text));
  g_assert_cmpstr (text, ==, "fd00:8::2");
  g_assert_true (g_variant_lookup (client, "remote-address", "&s", &text));
  g_assert_true (g_str_has_prefix (text, "127.0.0.1:"));
  svpn_noise_public_key (key, alice);
  key_text = g_base64_encode (key, sizeof key);
  g_assert_true (g_variant_lookup (client, "public-key", "&s", &text));
  g_assert_cmpstr (text, ==, key_text);
  g_assert_true (g_variant_lookup (client, "mtu", "u", &mtu));
  g_assert_cmpuint (mtu, ==, 1400);
  g_assert_true (g_variant_lookup (client, "since", "t", &number));
  g_assert_cmpuint (number, ==, VIRTUAL_UNIX_S);
  g_assert_true (g_variant_lookup (client, "uptime-s", "t", &number));
  g_assert_cmpuint (number, ==, 2);
  g_assert_false (g_variant_lookup (client, "rtt-ms", "d", NULL)); /* telemetry has it */
}

/* Everything that clients are told must fit into message 2, whatever address they get. */
static const struct {
  const char *name, *pool, *route;
  guint n_routes;
  const char *message; /* NULL: it starts */
} configs[] = {
  { "many", "10.8.0.0/24", "10.0.0.0/8", 256, NULL },
  { "too-many", "10.8.0.0/24", "10.0.0.0/8", 257,
    "routes, dns: too many; the handshake takes 256 and 16, and 4096 bytes in all" },
  { "too-long", "10.8.0.0/24", "2001:db8:1000:2000::/64", 200,
    "routes, dns: too many; the handshake takes 256 and 16, and 4096 bytes in all" },
  { "smallest-pool", "10.8.0.0/30", "10.0.0.0/8", 1, NULL },
  { "no-room", "10.8.0.0/31", "10.0.0.0/8", 1, "ipv4-pool, ipv6-pool: no room for a client" },
};

static void
test_config (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnClock *clock = virtual_clock_new (0);
  g_autoptr (GStrvBuilder) routes = g_strv_builder_new ();
  SvpnServerConfig *config = scene_config ();
  g_autoptr (GError) error = NULL;
  SvpnServer *server;

  for (guint n = 0; n < configs[i].n_routes; n++)
    g_strv_builder_add (routes, configs[i].route);
  g_strfreev (config->routes);
  config->routes = g_strv_builder_end (routes);
  g_assert_true (svpn_prefix_parse (configs[i].pool, &config->ipv4_pool));
  server = svpn_server_new (config, clock, dup (0), &(SvpnServerEvents){ 0 }, NULL, &error);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, configs[i].message);
  g_clear_pointer (&server, svpn_server_free);
  svpn_clock_free (clock);
}

/* --- what is refused --- */

static void
expect_refusal (Scene *scene, const GuestOptions *options, const char *code, const char *message)
{
  g_autoptr (Guest) guest = guest_connect (scene);
  guint64 before = scene_count (scene, "handshakes-failed");

  guest_shake_hands (guest, scene, options);
  g_assert_cmpstr (guest->welcome->error, ==, code);
  g_assert_cmpstr (guest->welcome->message, ==, message);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, before + 1);
  g_assert_cmpuint (scene_count (scene, "protocol-errors"), ==, 0);
}

static void
test_version (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  const GuestOptions options = { .version = 2 };

  expect_refusal (scene, &options, SVPN_REFUSAL_UNSUPPORTED_VERSION, "this server speaks version 1");
  g_assert_cmpuint (scene->connected->len, ==, 0);
  g_assert_cmpuint (scene_count (scene, "sessions-total"), ==, 0);
}

/* --- what ends the connection --- */

typedef size_t (*Spoil) (uint8_t *payload, size_t size);

static size_t
to_nothing (uint8_t *payload, size_t size)
{
  return 0;
}

static size_t
other_pattern (uint8_t *payload, size_t size)
{
  payload[0] = 2;
  return size;
}

static size_t
pattern_of_ik (uint8_t *payload, size_t size)
{
  payload[0] = SVPN_NOISE_IK;
  return size;
}

static size_t
cut_short (uint8_t *payload, size_t size)
{
  return 1 + SVPN_NOISE_NK_MESSAGE1_OVERHEAD - 1;
}

static size_t
flip_ephemeral (uint8_t *payload, size_t size)
{
  payload[1] ^= 1;
  return size;
}

static size_t
zero_ephemeral (uint8_t *payload, size_t size)
{
  memset (payload + 1, 0, 32);
  return size;
}

static size_t
flip_last (uint8_t *payload, size_t size)
{
  payload[size - 1] ^= 1;
  return size;
}

static size_t
too_long (uint8_t *payload, size_t size)
{
  return 1 + SVPN_NOISE_NK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX + 1;
}

static const struct {
  const char *name;
  Spoil spoil;
  const char *reason;
} spoilt[] = {
  { "empty", to_nothing, "unknown handshake pattern" },
  { "unknown-pattern", other_pattern, "unknown handshake pattern" },
  { "other-pattern", pattern_of_ik, "handshake message 1 is not for our key" },
  { "cut-short", cut_short, "handshake message 1 is not for our key" },
  { "other-ephemeral", flip_ephemeral, "handshake message 1 is not for our key" },
  { "zero-ephemeral", zero_ephemeral, "handshake message 1 is not for our key" },
  { "other-tag", flip_last, "handshake message 1 is not for our key" },
  { "too-long", too_long, "handshake message 1 is too long" },
};

/* A message 1 that is not right gets no answer but a close frame. */
static void
test_spoilt (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);
  uint8_t payload[MESSAGE1_MAX + 100] = { 0 };
  size_t size = guest_message1 (guest, scene, &(GuestOptions){ 0 }, payload);
  HandEvent event;

  log_clear ();
  hand_send_clear (guest->hand, SVPN_FRAME_HANDSHAKE_INIT, payload, spoilt[i].spoil (payload, size));
  event = hand_next (guest->hand);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
  g_assert_cmpuint (event.close_code, ==, SVPN_WS_CLOSE_POLICY);
  hand_send_ws (guest->hand, 0x88, NULL, 0);
  WAIT_FOR (hand_next (guest->hand).kind == HAND_EOF);
  settle ();
  log_expect (spoilt[i].reason);
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, 1);
  g_assert_cmpuint (scene_count (scene, "protocol-errors"), ==, 1);
  g_assert_cmpuint (svpn_server_get_n_clients (scene->server), ==, 0);
}

/* What is inside message 1 is wrong, though it opens. */
static void
test_bad_json (void)
{
  static const char json[] = "{\"version\":1,\"mtu\":5}";
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);
  uint8_t payload[MESSAGE1_MAX] = { SVPN_NOISE_NK };
  size_t size;

  svpn_noise_init_initiator (&guest->noise, SVPN_NOISE_NK, (const uint8_t *) SVPN_PROLOGUE,
                             strlen (SVPN_PROLOGUE), NULL, scene->public_key);
  g_assert_cmpint (svpn_noise_write_message1 (&guest->noise, alice, (const uint8_t *) json, strlen (json),
                                              payload + 1, &size),
                   ==, SVPN_NOISE_OK);
  log_clear ();
  hand_send_clear (guest->hand, SVPN_FRAME_HANDSHAKE_INIT, payload, 1 + size);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_POLICY);
  settle ();
  log_expect ("handshake message 1 holds no valid JSON");
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, 1);
}

static void
expect_protocol_error (Scene *scene, Guest *guest, const char *reason)
{
  log_clear ();
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_POLICY);
  WAIT_FOR (scene_count (scene, "protocol-errors") == 1);
  log_expect (reason);
}

static void
test_wrong_frame (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);
  uint8_t payload[100] = { 0 };

  hand_send_clear (guest->hand, SVPN_FRAME_HANDSHAKE_RESP, payload, sizeof payload);
  expect_protocol_error (scene, guest, "a client sent HANDSHAKE_RESP");
}

static void
test_sealed_first (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);
  uint8_t payload[100] = { 0 };

  hand_send_clear (guest->hand, SVPN_FRAME_IP_PACKET, payload, sizeof payload);
  expect_protocol_error (scene, guest, "a sealed frame before the handshake");
}

static void
test_second_message1 (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  uint8_t payload[MESSAGE1_MAX];
  size_t size = guest_message1 (guest, scene, &(GuestOptions){ 0 }, payload);

  hand_send_clear (guest->hand, SVPN_FRAME_HANDSHAKE_INIT, payload, size);
  expect_protocol_error (scene, guest, "a handshake frame after the handshake");
  g_assert_cmpuint (scene->disconnected->len, ==, 1);
}

/* --- time --- */

/* 10 s from the upgrade on for message 1. */
static void
test_timeout (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);

  virtual_time_pass_ms (SVPN_HANDSHAKE_TIMEOUT_MS - 1);
  g_assert_false (hand_has_next (guest->hand));
  log_clear ();
  virtual_time_pass_ms (1);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
  settle ();
  log_expect ("no handshake in time");
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, 1);
}

/* A client that sends nothing sealed for 30 s is asked whether it is there, and stays if it is. */
static void
test_silent_client (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_connect (scene);
  HandEvent keepalive;

  guest_shake_hands (guest, scene, &(GuestOptions){ 0 });
  virtual_time_pass_ms (29999);
  g_assert_false (hand_has_next (guest->hand));
  virtual_time_pass_ms (1);
  keepalive = hand_expect (guest->hand, SVPN_FRAME_KEEPALIVE);
  hand_send_sealed (guest->hand, SVPN_FRAME_KEEPALIVE_ACK, keepalive.payload, keepalive.size);
  guest_sync (guest);
  virtual_time_pass_ms (60000);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
}

/* One that does not answer is dead at the time the machine says. */
static void
test_dead_client (void)
{
  SvpnServerConfig *config = scene_config ();
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;

  config->keepalive = (SvpnKeepaliveConfig){ { 6000, 3000, 1000 }, 500, 500, 200 };
  scene = scene_new (config);
  guest = guest_connect (scene);
  guest_shake_hands (guest, scene, &(GuestOptions){ 0 });
  virtual_time_pass_ms (30000 + 6000 + 2 * 3000 + 3 * 1000 + 499);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
  virtual_time_pass_ms (1);
  settle ();
  g_assert_cmpuint (scene->disconnected->len, ==, 1);
  g_assert_true (g_str_has_suffix (scene->disconnected->pdata[0], ": the other side no longer answers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/admit/welcome", test_welcome);
  g_test_add_func ("/admit/welcome-ipv4", test_welcome_ipv4);
  ADD_TABLE ("/admit/mtu/", mtus, test_mtu);
  g_test_add_func ("/admit/list", test_list);
  ADD_TABLE ("/admit/config/", configs, test_config);
  g_test_add_func ("/admit/version", test_version);
  ADD_TABLE ("/admit/spoilt/", spoilt, test_spoilt);
  g_test_add_func ("/admit/bad-json", test_bad_json);
  g_test_add_func ("/admit/wrong-frame", test_wrong_frame);
  g_test_add_func ("/admit/sealed-first", test_sealed_first);
  g_test_add_func ("/admit/second-message1", test_second_message1);
  g_test_add_func ("/admit/timeout", test_timeout);
  g_test_add_func ("/admit/silent-client", test_silent_client);
  g_test_add_func ("/admit/dead-client", test_dead_client);
  return g_test_run ();
}

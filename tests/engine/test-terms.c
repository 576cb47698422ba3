/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server that takes only clients it knows: who is let in, on which terms, and until when. */
#include "error.h"
#include "scene.h"
#include "table.h"

#include <sodium.h>

static const uint8_t alice[32] = { [1] = 9 }, bob[32] = { [1] = 11 };
static const GuestOptions as_alice = { .private_key = alice, .name = "calls herself so" },
                          as_bob = { .private_key = bob };

#define HOUR_S G_GINT64_CONSTANT (3600)

static SvpnServerConfig *
known_only (void)
{
  SvpnServerConfig *config = scene_config ();

  config->client_auth = TRUE;
  config->keepalive
      = (SvpnKeepaliveConfig){ { HOUR_S * 1000, HOUR_S * 1000, HOUR_S * 1000 }, HOUR_S * 1000, 500, 200 };
  return config;
}

/* An entry for the client with @private_key and @details, "'KEY': <VALUE>, ..." or "". */
static char *
entry (const uint8_t *private_key, const char *details)
{
  uint8_t key[32];
  g_autofree char *text = NULL;

  svpn_noise_public_key (key, private_key);
  text = g_base64_encode (key, sizeof key);
  return g_strdup_printf ("{'public-key': <'%s'>%s%s}", text, *details != '\0' ? ", " : "", details);
}

static gboolean
authorize (Scene *scene, const char *entries, GError **error)
{
  g_autofree char *text = g_strdup_printf ("@aa{sv} [%s]", entries);
  g_autoptr (GVariant) clients = g_variant_ref_sink (g_variant_new_parsed (text));

  return svpn_server_set_authorized (scene->server, clients, error);
}

static void
authorize_alice (Scene *scene, const char *details)
{
  g_autofree char *alices = entry (alice, details);
  g_autoptr (GError) error = NULL;

  g_assert_true (authorize (scene, alices, &error));
  g_assert_no_error (error);
}

static void
expect_unauthorized (Scene *scene, const GuestOptions *options)
{
  g_autoptr (Guest) guest = guest_connect (scene);

  guest_shake_hands (guest, scene, options);
  g_assert_cmpstr (guest->welcome->error, ==, SVPN_REFUSAL_UNAUTHORIZED);
  g_assert_cmpstr (guest->welcome->message, ==, "this server takes only clients that it knows");
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
}

/* --- who is let in --- */

/* Nobody before there is a list; then those on it; anonymous ones and others are answered alike. */
static void
test_known (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autoptr (Guest) guest = NULL;
  g_autoptr (GVariant) clients = NULL, client = NULL;
  const char *name;

  expect_unauthorized (scene, &as_alice);
  authorize_alice (scene, "'name': <'laptop'>");
  expect_unauthorized (scene, &as_bob);
  expect_unauthorized (scene, &(GuestOptions){ 0 });
  guest = guest_new (scene, &as_alice);
  clients = g_variant_ref_sink (svpn_server_list_clients (scene->server));
  client = g_variant_get_child_value (clients, 0);
  g_assert_true (g_variant_lookup (client, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "laptop");
  g_assert_cmpuint (scene_count (scene, "handshakes-failed"), ==, 3);
}

/* A server that takes anybody knows its clients, too: their names, addresses and limits, but does not end them. */
static void
test_anybody (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autofree char *details = g_strdup_printf (
      "'ipv4': <'10.8.0.7'>, 'expires': <uint64 %" G_GINT64_FORMAT ">", VIRTUAL_UNIX_S + 10);
  g_autoptr (Guest) stranger = NULL, guest = NULL;
  g_autofree char *address = NULL;

  authorize_alice (scene, details);
  stranger = guest_new (scene, NULL);
  guest = guest_new (scene, &as_alice);
  address = guest_address (guest);
  g_assert_cmpstr (address, ==, "10.8.0.7");
  virtual_time_pass_ms (11000);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
}

/* --- how long --- */

static void
test_expiry (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autofree char *details
      = g_strdup_printf ("'expires': <uint64 %" G_GINT64_FORMAT ">", VIRTUAL_UNIX_S + 10);
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, details);
  guest = guest_new (scene, &as_alice);
  virtual_time_pass_ms (9999);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
  virtual_time_pass_ms (2);
  guest_expect_goodbye (guest, "expired: the authorization of this client has expired");
  expect_unauthorized (scene, &as_alice);
}

/* The clock is set while somebody waits for a time that is far off: it is looked at again each hour. */
static void
test_expiry_clock_set (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autofree char *details
      = g_strdup_printf ("'expires': <uint64 %" G_GINT64_FORMAT ">", VIRTUAL_UNIX_S + 100 * HOUR_S);
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, details);
  guest = guest_new (scene, &as_alice);
  virtual_time_pass_ms (HOUR_S * 500);
  virtual_clock_set_ahead (scene->clock, 100 * HOUR_S);
  virtual_time_pass_ms (HOUR_S * 500 - 1);
  guest_sync (guest);
  virtual_time_pass_ms (1);
  guest_expect_goodbye (guest, "expired: the authorization of this client has expired");
}

/* A longer authorization is in force at once. */
static void
test_expiry_moved (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autofree char *soon = g_strdup_printf ("'expires': <uint64 %" G_GINT64_FORMAT ">", VIRTUAL_UNIX_S + 10);
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, soon);
  guest = guest_new (scene, &as_alice);
  authorize_alice (scene, "");
  virtual_time_pass_ms (15000);
  guest_sync (guest);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
}

static void
test_revoked (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autofree char *alices = entry (alice, ""), *bobs = entry (bob, "");
  g_autofree char *both = g_strdup_printf ("%s, %s", alices, bobs);
  g_autoptr (Guest) first = NULL, second = NULL;

  g_assert_true (authorize (scene, both, NULL));
  first = guest_new (scene, &as_alice);
  second = guest_new (scene, &as_bob);
  g_assert_true (authorize (scene, bobs, NULL));
  guest_expect_goodbye (first, "revoked: this client is not authorized");
  guest_sync (second);
  expect_unauthorized (scene, &as_alice);
}

/* --- where and how fast --- */

/* An address that somebody has is given to a client that is to have it: who has it ends. */
static void
test_fixed_address (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) anonymous = guest_new (scene, NULL), guest = NULL;
  g_autofree char *address = NULL;

  authorize_alice (scene, "'ipv4': <'10.8.0.2'>, 'ipv6': <'fd00:8::2'>");
  guest_expect_goodbye (anonymous, "server-ended: its address was given to another client");
  WAIT_FOR (scene->disconnected->len == 1);
  guest = guest_new (scene, &as_alice);
  address = guest_address (guest);
  g_assert_cmpstr (address, ==, "10.8.0.2");
  authorize_alice (scene, "'ipv4': <'10.8.0.2'>"); /* its own: nothing happens */
  guest_sync (guest);
}

static const struct {
  const char *name, *details;
  guint64 rate, burst;
} limits[] = {
  { "none", "", 1000, 2000 }, /* the server's default */
  { "rate", "'rate-limit-bytes-per-s': <uint64 5000>", 5000, 2000 },
  { "both", "'rate-limit-bytes-per-s': <uint64 5000>, 'rate-limit-burst-bytes': <uint64 6000>", 5000, 6000 },
  { "burst-alone", "'rate-limit-burst-bytes': <uint64 6000>", 1000, 2000 },
};

static void
test_limit (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnServerConfig *config = known_only ();
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;
  const char *id;

  config->rate_bytes_per_s = 1000;
  config->burst_bytes = 2000;
  scene = scene_new (config);
  authorize_alice (scene, limits[i].details);
  guest = guest_new (scene, &as_alice);
  id = guest->welcome->client_id;
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-bytes-per-s"), ==, limits[i].rate);
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-burst-bytes"), ==, limits[i].burst);

  /* what an administrator sets for the running session comes first, also when the list changes */
  g_assert_true (svpn_server_set_limit (scene->server, id, 7000, 8000, NULL));
  authorize_alice (scene, limits[i].details);
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-bytes-per-s"), ==, 7000);
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-burst-bytes"), ==, 8000);
}

/* As ListClients() tells of the only client. */
static gboolean
is_limit_live (Scene *scene)
{
  g_autoptr (GVariant) clients = g_variant_ref_sink (svpn_server_list_clients (scene->server));
  g_autoptr (GVariant) client = g_variant_get_child_value (clients, 0);
  gboolean live = FALSE;

  g_assert_cmpuint (g_variant_n_children (clients), ==, 1);
  g_assert_true (g_variant_lookup (client, "rate-limit-live", "b", &live));
  return live;
}

/* The list changes under a running session. */
static void
test_limit_live (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, "");
  guest = guest_new (scene, &as_alice);
  authorize_alice (scene, "'rate-limit-bytes-per-s': <uint64 5000>");
  g_assert_cmpuint (scene_client_count (scene, guest->welcome->client_id, "rate-limit-bytes-per-s"), ==,
                    5000);
}

/* A limit that was set live lasts until another one is stored, also for a client that has gone in between. */
static void
test_limit_stored (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autoptr (Guest) guest = NULL, again = NULL;

  authorize_alice (scene, "'rate-limit-bytes-per-s': <uint64 5000>");
  guest = guest_new (scene, &as_alice);
  g_assert_true (svpn_server_set_limit (scene->server, guest->welcome->client_id, 7000, 8000, NULL));
  g_assert_cmpuint (scene_client_count (scene, guest->welcome->client_id, "rate-limit"), ==, 7000);
  g_assert_cmpuint (scene_client_count (scene, guest->welcome->client_id, "rate-limit-burst"), ==, 8000);
  g_clear_pointer (&guest, guest_free);
  WAIT_FOR (scene->disconnected->len == 1);
  authorize_alice (scene, "'rate-limit-bytes-per-s': <uint64 6000>");
  again = guest_new (scene, &as_alice);
  g_assert_cmpuint (scene_client_count (scene, again->welcome->client_id, "rate-limit"), ==, 6000);
}

/* Who has set the limit in force. */
static void
test_limit_told (void)
{
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, "'rate-limit-bytes-per-s': <uint64 5000>");
  guest = guest_new (scene, &as_alice);
  g_assert_false (is_limit_live (scene));
  g_assert_true (svpn_server_set_limit (scene->server, guest->welcome->client_id, 7000, 8000, NULL));
  g_assert_true (is_limit_live (scene));
  authorize_alice (scene, "'rate-limit-bytes-per-s': <uint64 7000>, 'rate-limit-burst-bytes': <uint64 8000>");
  g_assert_false (is_limit_live (scene));
}

/* --- lists that cannot be --- */

static const struct {
  const char *name, *entries, *message;
} bad_lists[] = {
  { "no-key", "{'name': <'a'>}", "authorized client: public-key: missing, or not 32 bytes in base64" },
  { "short-key", "{'public-key': <'AAAA'>}",
    "authorized client: public-key: missing, or not 32 bytes in base64" },
  { "long-key", "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'>}",
    "authorized client: public-key: missing, or not 32 bytes in base64" },
  { "address-outside",
    "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv4': <'10.9.0.2'>}",
    "authorized client: ipv4: not the address of a client in the pool" },
  { "servers-address",
    "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv4': <'10.8.0.1'>}",
    "authorized client: ipv4: not the address of a client in the pool" },
  { "broadcast", "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv4': <'10.8.0.255'>}",
    "authorized client: ipv4: not the address of a client in the pool" },
  { "other-family", "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv4': <'fd00:8::2'>}",
    "authorized client: ipv4: not the address of a client in the pool" },
  { "no-address", "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv6': <'two'>}",
    "authorized client: ipv6: not the address of a client in the pool" },
  { "two-hosts",
    "{'public-key': <'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='>, 'ipv4': <'10.8.0.2'>, 'ipv6': "
    "<'fd00:8::3'>}",
    "authorized client: ipv6: not the same host of its pool as ipv4" },
};

/* Such a list is refused as a whole, and the one before stays in force. */
static void
test_bad_list (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Scene) scene = scene_new (known_only ());
  g_autoptr (GError) error = NULL;
  g_autoptr (Guest) guest = NULL;

  authorize_alice (scene, "'ipv4': <'10.8.0.9'>");
  guest = guest_new (scene, &as_alice);
  g_assert_false (authorize (scene, bad_lists[i].entries, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpstr (error->message, ==, bad_lists[i].message);
  guest_sync (guest);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/terms/known", test_known);
  g_test_add_func ("/terms/anybody", test_anybody);
  g_test_add_func ("/terms/expiry", test_expiry);
  g_test_add_func ("/terms/expiry-clock-set", test_expiry_clock_set);
  g_test_add_func ("/terms/expiry-moved", test_expiry_moved);
  g_test_add_func ("/terms/revoked", test_revoked);
  g_test_add_func ("/terms/fixed-address", test_fixed_address);
  ADD_TABLE ("/terms/limit/", limits, test_limit);
  g_test_add_func ("/terms/limit-live", test_limit_live);
  g_test_add_func ("/terms/limit-stored", test_limit_stored);
  g_test_add_func ("/terms/limit-told", test_limit_told);
  ADD_TABLE ("/terms/bad-list/", bad_lists, test_bad_list);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as smartvpnd sends them, as the engine takes them; and what of a welcome is sent back. */
#include "config.h"
#include "error.h"
#include "table.h"

#include <sodium.h>

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define CLIENT                                                                                               \
  "'server-url': <'wss://h/p'>, 'server-public-key': <'" KEY                                                 \
  "'>, 'mtu': <uint32 1400>, 'connect-timeout-s': <uint32 30>"
#define SERVER                                                                                               \
  "'private-key': <'" KEY "'>, 'path': <'/p'>, 'ipv4-pool': <'10.8.0.0/24'>, 'dns': <['1.1.1.1']>, "         \
  "'routes': <['::/0']>, 'mtu': <uint32 1400>, 'max-clients': <uint32 5>, 'client-to-client': <true>, "      \
  "'require-proof': <true>"

static GVariant *
parse (const char *members)
{
  g_autofree char *text = g_strdup_printf ("@a{sv} {%s}", members);

  return g_variant_ref_sink (g_variant_new_parsed (text));
}

/* --- clients --- */

static void
test_client (void)
{
  g_autoptr (GVariant) settings = parse (
      CLIENT
      ", 'private-key': <'" KEY "'>, 'tls-verify': <'system'>, 'tls-ca-pem': <'PEM'>, 'lease': <'L'>, "
      "'auto-reconnect': <true>, 'max-reconnect-attempts': <uint32 3>, 'rekey-interval-s': <uint32 4>, "
      "'rekey-mib': <uint32 5>, 'qos': <false>, 'keepalive-healthy-s': <uint32 61>, "
      "'keepalive-degraded-s': <uint32 31>, 'keepalive-critical-s': <uint32 11>, "
      "'keepalive-timeout-s': <uint32 6>, 'keepalive-rtt-threshold-ms': <uint32 501>, "
      "'keepalive-loss-threshold-percent': <uint32 21>");
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnClientConfig) config = svpn_config_client (settings, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->server_url, ==, "wss://h/p");
  g_assert_cmpuint (config->server_public_key[31], ==, 31);
  g_assert_cmpuint (config->private_key[31], ==, 31);
  g_assert_true (config->tls_verify);
  g_assert_cmpstr (config->tls_ca_pem, ==, "PEM");
  g_assert_cmpstr (config->lease, ==, "L");
  g_assert_cmpuint (config->mtu, ==, 1400);
  g_assert_cmpuint (config->connect_timeout_s, ==, 30);
  g_assert_true (config->auto_reconnect);
  g_assert_cmpuint (config->max_reconnect_attempts, ==, 3);
  g_assert_cmpuint (config->rekey_interval_s, ==, 4);
  g_assert_cmpuint (config->rekey_mib, ==, 5);
  g_assert_false (config->qos);
  g_assert_cmpuint (config->keepalive.interval_ms[SVPN_HEALTH_HEALTHY], ==, 61000);
  g_assert_cmpuint (config->keepalive.interval_ms[SVPN_HEALTH_DEGRADED], ==, 31000);
  g_assert_cmpuint (config->keepalive.interval_ms[SVPN_HEALTH_CRITICAL], ==, 11000);
  g_assert_cmpuint (config->keepalive.timeout_ms, ==, 6000);
  g_assert_cmpuint (config->keepalive.rtt_threshold_ms, ==, 501);
  g_assert_cmpuint (config->keepalive.loss_threshold_permille, ==, 210);
}

static const struct {
  const char *given, *taken;
} urls[] = {
  { "wss://vpn.example.org./p", "wss://vpn.example.org/p" },
  { "wss://vpn.example.org.:8443/p.", "wss://vpn.example.org:8443/p." },
  { "wss://vpn.example.org.", "wss://vpn.example.org" },
  { "wss://vpn.example.org/p./", "wss://vpn.example.org/p./" },
  { "wss://./", "wss://./" },
  { "ws://[fd00::1]:80/", "ws://[fd00::1]:80/" },
};

/* A name that ends with the dot of the root is the same name. */
static void
test_final_dot (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autofree char *members = g_strdup_printf ("'server-url': <'%s'>, 'server-public-key': <'" KEY
                                                "'>, 'mtu': <uint32 1400>, 'connect-timeout-s': <uint32 30>",
                                                urls[i].given);
    g_autoptr (GVariant) settings = parse (members);
    g_autoptr (SvpnClientConfig) config = svpn_config_client (settings, NULL);

    g_assert_cmpstr (config->server_url, ==, urls[i].taken);
  }
}

/* What an older smartvpnd does not send has its default, and what a newer one sends besides is passed over. */
static void
test_client_defaults (void)
{
  g_autoptr (GVariant) settings = parse (CLIENT ", 'future': <1>");
  g_autoptr (SvpnClientConfig) config = svpn_config_client (settings, NULL);
  const SvpnKeepaliveConfig keepalive = SVPN_KEEPALIVE_CONFIG_DEFAULT;

  g_assert_null (config->private_key);
  g_assert_true (config->tls_verify);
  g_assert_null (config->tls_ca_pem);
  g_assert_null (config->lease);
  g_assert_false (config->auto_reconnect);
  g_assert_cmpuint (config->max_reconnect_attempts, ==, 0);
  g_assert_cmpuint (config->rekey_interval_s, ==, 0);
  g_assert_true (config->qos);
  g_assert_cmpmem (&config->keepalive, sizeof keepalive, &keepalive, sizeof keepalive);
}

static void
test_client_unverified (void)
{
  g_autoptr (GVariant) settings = parse (CLIENT ", 'tls-verify': <'none'>");
  g_autoptr (SvpnClientConfig) config = svpn_config_client (settings, NULL);

  g_assert_false (config->tls_verify);
}

static const struct {
  const char *name, *settings, *message;
} bad_clients[] = {
  { "nothing", "", "server-url: missing or not usable" },
  { "url-type", "'server-url': <7>", "server-url: missing or not usable" },
  { "no-key", "'server-url': <'u'>", "server-public-key: missing or not usable" },
  { "short-key", "'server-url': <'u'>, 'server-public-key': <'AAAA'>",
    "server-public-key: missing or not usable" },
  { "not-base64", "'server-url': <'u'>, 'server-public-key': <'!!!!'>",
    "server-public-key: missing or not usable" },
  { "long-key", "'server-url': <'u'>, 'server-public-key': <'" KEY KEY "'>",
    "server-public-key: missing or not usable" },
  { "private-key", CLIENT ", 'private-key': <'AAAA'>", "private-key: missing or not usable" },
  { "private-key-type", CLIENT ", 'private-key': <7>", "private-key: missing or not usable" },
  { "no-mtu", "'server-url': <'u'>, 'server-public-key': <'" KEY "'>", "mtu: missing or not usable" },
  { "no-timeout", "'server-url': <'u'>, 'server-public-key': <'" KEY "'>, 'mtu': <uint32 1400>",
    "connect-timeout-s: missing or not usable" },
};

static void
test_bad_client (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GVariant) settings = parse (bad_clients[i].settings);
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_config_client (settings, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpstr (error->message, ==, bad_clients[i].message);
}

/* --- servers --- */

static void
test_server (void)
{
  g_autoptr (GVariant) settings = parse (
      SERVER
      ", 'ipv6-pool': <'fd00:8::/64'>, 'client-auth': <'required'>, "
      "'rate-limit-bytes-per-s': <uint32 1000>, 'rate-limit-burst-bytes': <uint32 2000>, 'qos': <false>");
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnServerConfig) config = svpn_config_server (settings, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (config->private_key[31], ==, 31);
  g_assert_cmpstr (config->path, ==, "/p");
  g_assert_null (config->tls);
  g_assert_cmpuint (config->ipv4_pool.prefix, ==, 24);
  g_assert_cmpuint (config->ipv6_pool.prefix, ==, 64);
  g_assert_cmpstr (config->dns[0], ==, "1.1.1.1");
  g_assert_cmpstr (config->routes[0], ==, "::/0");
  g_assert_cmpuint (config->mtu, ==, 1400);
  g_assert_cmpuint (config->max_clients, ==, 5);
  g_assert_true (config->client_to_client);
  g_assert_true (config->require_proof);
  g_assert_true (config->client_auth);
  g_assert_cmpuint (config->rate_bytes_per_s, ==, 1000);
  g_assert_cmpuint (config->burst_bytes, ==, 2000);
  g_assert_false (config->qos);
}

static void
test_decoy (void)
{
  g_autoptr (GVariant) origin
      = parse (SERVER ", 'decoy': <'http://[::1]:8081'>, 'decoy-proxy-protocol': <'v2'>, "
                      "'trusted-proxies': <['127.0.0.1/32', 'fd00::/8']>");
  g_autoptr (GVariant) directory = parse (SERVER ", 'decoy': <'/var/www'>");
  g_autoptr (SvpnServerConfig) with_origin = svpn_config_server (origin, NULL);
  g_autoptr (SvpnServerConfig) with_directory = svpn_config_server (directory, NULL);

  g_assert_cmpint (with_origin->origin.origin.address.family, ==, AF_INET6);
  g_assert_cmpuint (with_origin->origin.origin.port, ==, 8081);
  g_assert_cmpuint (with_origin->origin.proxy_version, ==, 2);
  g_assert_null (with_origin->decoy_directory);
  g_assert_cmpuint (with_origin->n_trusted_proxies, ==, 2);
  g_assert_cmpuint (with_origin->trusted_proxies[1].prefix, ==, 8);
  g_assert_cmpstr (with_directory->decoy_directory, ==, "/var/www");
  g_assert_cmpint (with_directory->origin.origin.address.family, ==, 0);
}

static void
test_server_defaults (void)
{
  g_autoptr (GVariant) settings = parse (SERVER);
  g_autoptr (SvpnServerConfig) config = svpn_config_server (settings, NULL);

  g_assert_cmpint (config->ipv6_pool.family, ==, 0);
  g_assert_false (config->client_auth);
  g_assert_cmpuint (config->rate_bytes_per_s, ==, 0);
  g_assert_true (config->qos);
}

/* Each that must be there, and each of the wrong kind. */
static const struct {
  const char *name, *without, *with; /* @with in the place of @without, which SERVER has */
  const char *message;
} bad_servers[] = {
  { "no-key", "'private-key': <'" KEY "'>, ", "", "private-key: missing or not usable" },
  { "no-path", "'path': <'/p'>, ", "", "path: missing or not usable" },
  { "no-pool", "'ipv4-pool': <'10.8.0.0/24'>, ", "", "ipv4-pool: missing or not usable" },
  { "pool-of-ipv6", "10.8.0.0/24", "fd00::/64", "ipv4-pool: missing or not usable" },
  { "not-a-pool", "10.8.0.0/24", "ten", "ipv4-pool: missing or not usable" },
  { "ipv6-pool-of-ipv4", "'mtu'", "'ipv6-pool': <'10.8.0.0/24'>, 'mtu'", "ipv6-pool: missing or not usable" },
  { "no-dns", "'dns': <['1.1.1.1']>, ", "", "dns: missing or not usable" },
  { "no-routes", "'routes': <['::/0']>, ", "", "routes: missing or not usable" },
  { "no-mtu", "'mtu': <uint32 1400>, ", "", "mtu: missing or not usable" },
  { "no-max", "'max-clients': <uint32 5>, ", "", "max-clients: missing or not usable" },
  { "no-isolation", "'client-to-client': <true>, ", "", "client-to-client: missing or not usable" },
  { "no-proof", ", 'require-proof': <true>", "", "require-proof: missing or not usable" },
  { "proof-type", "'require-proof': <true>", "'require-proof': <1>", "require-proof: missing or not usable" },
  { "certificate-alone", "'mtu'", "'tls-certificate-pem': <'PEM'>, 'mtu'",
    "tls-key-file: missing or not usable" },
};

static void
test_bad_server (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GString) members = g_string_new (SERVER);
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_string_replace (members, bad_servers[i].without, bad_servers[i].with, 1), ==, 1);
  settings = parse (members->str);
  g_assert_null (svpn_config_server (settings, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpstr (error->message, ==, bad_servers[i].message);
}

static void
test_bad_certificate (void)
{
  g_autoptr (GVariant) settings = parse (SERVER ", 'tls-certificate-pem': <'PEM'>, 'tls-key-pem': <'PEM'>");
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_config_server (settings, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
  g_assert_true (g_str_has_prefix (error->message, "tls-certificate-file: "));
}

/* --- what is sent back --- */

static void
test_assignment (void)
{
  char *dns[] = { (char *) "1.1.1.1", NULL }, *routes[] = { NULL };
  SvpnWelcome welcome
      = { .client_id = (char *) "c1", .mtu = 1400, .dns = dns, .routes = routes, .lease = (char *) "L" };
  g_autoptr (GVariant) assignment = NULL, expected = NULL, changeable = NULL;

  g_assert_true (svpn_prefix_parse ("10.8.0.2/24", &welcome.ipv4));
  g_assert_true (svpn_address_parse ("10.8.0.1", &welcome.ipv4_gateway));
  assignment = g_variant_ref_sink (svpn_config_assignment (&welcome, "192.0.2.1:443"));
  expected
      = parse ("'client-id': <'c1'>, 'assigned-ip': <'10.8.0.2'>, 'prefix': <uint32 24>, "
               "'gateway': <'10.8.0.1'>, 'mtu': <uint32 1400>, 'dns': <['1.1.1.1']>, 'routes': <@as []>, "
               "'lease': <'L'>, 'remote-address': <'192.0.2.1:443'>");
  g_assert_cmpuint (g_variant_n_children (assignment), ==, g_variant_n_children (expected));
  for (gsize i = 0; i < g_variant_n_children (expected); i++) {
    g_autoptr (GVariant) value = NULL, got = NULL;
    const char *key;

    g_variant_get_child (expected, i, "{&sv}", &key, &value);
    got = g_variant_lookup_value (assignment, key, NULL);
    g_assert_nonnull (got);
    g_assert_cmpvariant (got, value);
  }
  g_assert_true (svpn_prefix_parse ("fd00:8::2/64", &welcome.ipv6));
  g_assert_true (svpn_address_parse ("fd00:8::1", &welcome.ipv6_gateway));
  g_clear_pointer (&assignment, g_variant_unref);
  assignment = g_variant_ref_sink (svpn_config_assignment (&welcome, "192.0.2.1:443"));
  g_assert_cmpuint (g_variant_n_children (assignment), ==, 12);
  changeable = g_variant_ref_sink (svpn_config_changeable (&welcome));
  g_assert_cmpuint (g_variant_n_children (changeable), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/config/final-dot", test_final_dot);
  g_test_add_func ("/config/client", test_client);
  g_test_add_func ("/config/client-defaults", test_client_defaults);
  g_test_add_func ("/config/client-unverified", test_client_unverified);
  ADD_TABLE ("/config/bad-client/", bad_clients, test_bad_client);
  g_test_add_func ("/config/server", test_server);
  g_test_add_func ("/config/server-defaults", test_server_defaults);
  ADD_TABLE ("/config/bad-server/", bad_servers, test_bad_server);
  g_test_add_func ("/config/decoy", test_decoy);
  g_test_add_func ("/config/bad-certificate", test_bad_certificate);
  g_test_add_func ("/config/assignment", test_assignment);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server says in message 2 and may change later: what we write we read, and of a lying server nothing is taken. */
#include "welcome.h"
#include "error.h"
#include "table.h"

#include <string.h>

#define WELCOME(members) "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420," members "}"
#define ADDRESSES(address, prefix, gateway)                                                                  \
  "{\"address\":\"" address "\",\"prefix\":" prefix ",\"gateway\":\"" gateway "\"}"
#define IPV4 "\"ipv4\":" ADDRESSES ("10.8.0.2", "24", "10.8.0.1")
#define IPV6 "\"ipv6\":" ADDRESSES ("fd00:8::2", "64", "fd00:8::1")
#define ID_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
  const char *name, *json;
  const char *flaw; /* NULL: taken */
} welcomes[] = {
  { "least", WELCOME (IPV4), NULL },
  { "both", WELCOME (IPV4 "," IPV6), NULL },
  { "lists", WELCOME (IPV4 ",\"dns\":[\"1.1.1.1\",\"fd00::1\"],\"routes\":[\"0.0.0.0/0\",\"::/0\"]"), NULL },
  { "longest-id", "{\"version\":1,\"client_id\":\"" ID_64 "\",\"mtu\":1420," IPV4 "}", NULL },
  { "refusal", "{\"version\":1,\"error\":\"server-full\",\"message\":\"come back\"}", NULL },
  { "odd-refusal", "{\"version\":1,\"error\":7}", NULL },
  { "no-version", "{\"client_id\":\"c1\"}", "\"version\" is missing or not an integer" },
  { "no-ipv4", WELCOME ("\"x\":1"), "\"ipv4\" is missing" },
  { "no-mtu", "{\"version\":1,\"client_id\":\"c1\"," IPV4 "}", "\"mtu\" is missing" },
  { "bad-mtu", "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1," IPV4 "}", "\"mtu\" is out of range" },
  { "no-id", "{\"version\":1,\"mtu\":1420," IPV4 "}", "\"client_id\" is missing, empty or too long" },
  { "empty-id", "{\"version\":1,\"client_id\":\"\",\"mtu\":1420," IPV4 "}",
    "\"client_id\" is missing, empty or too long" },
  { "long-id", "{\"version\":1,\"client_id\":\"" ID_64 "x\",\"mtu\":1420," IPV4 "}",
    "\"client_id\" is missing, empty or too long" },
  { "ipv4-array", WELCOME ("\"ipv4\":[]"), "\"ipv4\" is not an object" },
  { "ipv6-array", WELCOME (IPV4 ",\"ipv6\":[]"), "\"ipv6\" is not an object" },
  { "other-family", WELCOME ("\"ipv4\":" ADDRESSES ("fd00::2", "24", "10.8.0.1")),
    "\"ipv4\" has an \"address\" that is not one of its family" },
  { "other-gateway", WELCOME ("\"ipv4\":" ADDRESSES ("10.8.0.2", "24", "fd00::1")),
    "\"ipv4\" has a \"gateway\" that is not one of its family" },
  { "no-gateway", WELCOME ("\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":24}"),
    "\"ipv4\" has a \"gateway\" that is not one of its family" },
  { "prefix-0", WELCOME ("\"ipv4\":" ADDRESSES ("10.8.0.2", "0", "10.8.0.1")),
    "\"ipv4\" has a \"prefix\" that is out of range" },
  { "prefix-1", WELCOME ("\"ipv4\":" ADDRESSES ("10.8.0.2", "1", "10.8.0.1")), NULL },
  { "prefix-32", WELCOME ("\"ipv4\":" ADDRESSES ("10.8.0.2", "32", "10.8.0.1")), NULL },
  { "prefix-33", WELCOME ("\"ipv4\":" ADDRESSES ("10.8.0.2", "33", "10.8.0.1")),
    "\"ipv4\" has a \"prefix\" that is out of range" },
  { "prefix6-128", WELCOME (IPV4 ",\"ipv6\":" ADDRESSES ("fd00::2", "128", "fd00::1")), NULL },
  { "prefix6-129", WELCOME (IPV4 ",\"ipv6\":" ADDRESSES ("fd00::2", "129", "fd00::1")),
    "\"ipv6\" has a \"prefix\" that is out of range" },
  { "dns-text", WELCOME (IPV4 ",\"dns\":\"1.1.1.1\""), "\"dns\" is not an array" },
  { "dns-name", WELCOME (IPV4 ",\"dns\":[\"resolver.example\"]"),
    "\"dns\" holds an element that cannot be in it" },
  { "dns-unspecified", WELCOME (IPV4 ",\"dns\":[\"0.0.0.0\"]"),
    "\"dns\" holds an element that cannot be in it" },
  { "dns-loopback", WELCOME (IPV4 ",\"dns\":[\"127.0.0.1\"]"),
    "\"dns\" holds an element that cannot be in it" },
  { "route-loopback", WELCOME (IPV4 ",\"routes\":[\"::1\"]"),
    "\"routes\" holds an element that cannot be in it" },
  { "route-number", WELCOME (IPV4 ",\"routes\":[1]"), "\"routes\" holds an element that cannot be in it" },
};

static void
test_welcome (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnWelcome) welcome
      = svpn_welcome_from_json ((const uint8_t *) welcomes[i].json, strlen (welcomes[i].json), &error);

  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, welcomes[i].flaw);
  g_assert_true ((welcome == NULL) == (welcomes[i].flaw != NULL));
}

static void
test_refusal (void)
{
  static const char json[] = "{\"version\":1,\"error\":\"a\\u001bb\",\"message\":\"c\\nd\"}",
                    odd[] = "{\"version\":1,\"error\":7}";
  g_autoptr (SvpnWelcome) refusal = svpn_welcome_from_json ((const uint8_t *) json, strlen (json), NULL);
  g_autoptr (SvpnWelcome) unknown = svpn_welcome_from_json ((const uint8_t *) odd, strlen (odd), NULL);

  g_assert_cmpstr (refusal->error, ==, "a?b");
  g_assert_cmpstr (refusal->message, ==, "c?d");
  g_assert_cmpstr (unknown->error, ==, "?");
  g_assert_cmpstr (unknown->message, ==, "");
}

/* As many as there may be, and one more. */
static void
test_counts (void)
{
  static const struct {
    const char *member, *element;
    guint max;
  } lists[] = { { "dns", "\"1.1.1.1\"", SVPN_DNS_MAX }, { "routes", "\"::/0\"", SVPN_ROUTES_MAX } };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint n = lists[i].max; n <= lists[i].max + 1; n++) {
      g_autoptr (GString) json = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SvpnWelcome) welcome = NULL;
      g_autofree char *flaw = g_strdup_printf ("\"%s\" has too many elements", lists[i].member);

      g_string_printf (json, "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420," IPV4 ",\"%s\":[%s",
                       lists[i].member, lists[i].element);
      for (guint k = 1; k < n; k++)
        g_string_append_printf (json, ",%s", lists[i].element);
      g_string_append (json, "]}");
      welcome = svpn_welcome_from_json ((uint8_t *) json->str, json->len, &error);
      g_test_message ("%u of %s", n, lists[i].member);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, n > lists[i].max ? flaw : NULL);
    }
}

static void
test_round_trip (void)
{
  const char *dns[] = { "1.1.1.1", NULL }, *routes[] = { "10.0.0.0/8", NULL };
  SvpnWelcome welcome = { .version = 1,
                          .client_id = (char *) "id",
                          .mtu = 1300,
                          .capabilities = SVPN_CAPABILITY_REKEY,
                          .dns = (char **) dns,
                          .routes = (char **) routes,
                          .lease = (char *) "secret" };
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnWelcome) read = NULL;

  g_assert_true (svpn_prefix_parse ("10.8.0.7/24", &welcome.ipv4));
  g_assert_true (svpn_address_parse ("10.8.0.1", &welcome.ipv4_gateway));
  g_assert_true (svpn_prefix_parse ("fd00:8::7/64", &welcome.ipv6));
  g_assert_true (svpn_address_parse ("fd00:8::1", &welcome.ipv6_gateway));
  json = svpn_welcome_to_json (&welcome);
  read = svpn_welcome_from_json ((uint8_t *) json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->client_id, ==, "id");
  g_assert_cmpmem (&read->ipv4, sizeof read->ipv4, &welcome.ipv4, sizeof welcome.ipv4);
  g_assert_cmpmem (&read->ipv4_gateway, sizeof read->ipv4, &welcome.ipv4_gateway, sizeof welcome.ipv4);
  g_assert_cmpmem (&read->ipv6, sizeof read->ipv6, &welcome.ipv6, sizeof welcome.ipv6);
  g_assert_cmpmem (&read->ipv6_gateway, sizeof read->ipv6, &welcome.ipv6_gateway, sizeof welcome.ipv6);
  g_assert_cmpuint (read->mtu, ==, 1300);
  g_assert_cmpuint (read->capabilities, ==, SVPN_CAPABILITY_REKEY);
  g_assert_cmpuint (g_strv_length (read->dns), ==, 1);
  g_assert_cmpstr (read->dns[0], ==, "1.1.1.1");
  g_assert_cmpstr (read->routes[0], ==, "10.0.0.0/8");
  g_assert_cmpstr (read->lease, ==, "secret");
}

/* --- changes --- */

#define CONFIG(members) "{\"type\":\"config\"," members "}"
#define AS_BEFORE "mtu 1400 dns 1.1.1.1 routes 10.0.0.0/8"

/* To a welcome that is AS_BEFORE, of a client that asked for 1420. */
static const struct {
  const char *name, *json;
  const char *flaw; /* NULL: taken */
  const char *after;
} configs[] = {
  { "mtu", CONFIG ("\"mtu\":1300"), NULL, "mtu 1300 dns 1.1.1.1 routes 10.0.0.0/8" },
  { "large-mtu", CONFIG ("\"mtu\":9000"), NULL, "mtu 1420 dns 1.1.1.1 routes 10.0.0.0/8" },
  { "dns", CONFIG ("\"dns\":[\"9.9.9.9\",\"fd00::9\"]"), NULL,
    "mtu 1400 dns 9.9.9.9,fd00::9 routes 10.0.0.0/8" },
  { "no-routes", CONFIG ("\"routes\":[]"), NULL, "mtu 1400 dns 1.1.1.1 routes " },
  { "all", CONFIG ("\"mtu\":576,\"dns\":[],\"routes\":[\"::/0\"]"), NULL, "mtu 576 dns  routes ::/0" },
  { "future", CONFIG ("\"future\":[{}]"), NULL, AS_BEFORE },
  { "other-type", "{\"type\":\"other\",\"mtu\":1300}", NULL, AS_BEFORE },
  { "no-type", "{\"mtu\":1300}", NULL, AS_BEFORE },
  { "small-mtu", CONFIG ("\"mtu\":575,\"dns\":[]"), "\"mtu\" is out of range", AS_BEFORE },
  { "text-mtu", CONFIG ("\"mtu\":\"1300\""), "\"mtu\" is not an integer", AS_BEFORE },
  { "text-dns", CONFIG ("\"mtu\":1300,\"dns\":\"1.1.1.1\""), "\"dns\" is not an array", AS_BEFORE },
  { "loopback-dns", CONFIG ("\"mtu\":1300,\"dns\":[\"127.0.0.1\"]"),
    "\"dns\" holds an element that cannot be in it", AS_BEFORE },
  { "object-routes", CONFIG ("\"dns\":[],\"routes\":{}"), "\"routes\" is not an array", AS_BEFORE },
  { "loopback-route", CONFIG ("\"routes\":[\"127.0.0.0/8\"]"),
    "\"routes\" holds an element that cannot be in it", AS_BEFORE },
  { "number-route", CONFIG ("\"routes\":[\"10.0.0.0/8\",7]"),
    "\"routes\" holds an element that cannot be in it", AS_BEFORE },
  { "array", "[]", "line 1: not a JSON object", AS_BEFORE },
  { "cut-off", "{", "line 1: text ends early", AS_BEFORE },
};

static void
test_config (gconstpointer data)
{
  static const char before[] = WELCOME (IPV4 ",\"dns\":[\"1.1.1.1\"],\"routes\":[\"10.0.0.0/8\"]");
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (SvpnWelcome) welcome = svpn_welcome_from_json ((const uint8_t *) before, strlen (before), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *dns = NULL, *routes = NULL, *after = NULL;
  gboolean taken;

  welcome->mtu = 1400;
  taken = svpn_welcome_update (welcome, (const uint8_t *) configs[i].json, strlen (configs[i].json), 1420,
                               &error);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, configs[i].flaw);
  g_assert_true (taken == (configs[i].flaw == NULL));
  dns = g_strjoinv (",", welcome->dns);
  routes = g_strjoinv (",", welcome->routes);
  after = g_strdup_printf ("mtu %u dns %s routes %s", welcome->mtu, dns, routes);
  g_assert_cmpstr (after, ==, configs[i].after);
}

/* A config may be as long as a frame, but not nested so deep that it exhausts the stack. */
static void
test_config_abuse (void)
{
  static const char head[] = "{\"type\":\"config\",\"x\":\"", tail[] = "\",\"mtu\":1300}";
  g_autofree char *deep = g_strnfill (SVPN_FRAME_LENGTH_MAX, '[');
  g_autofree char *fill = g_strnfill (SVPN_FRAME_LENGTH_MAX - strlen (head) - strlen (tail), '.');
  g_autofree char *longest = g_strconcat (head, fill, tail, NULL);
  SvpnWelcome welcome = { .mtu = 1400 };

  g_assert_false (svpn_welcome_update (&welcome, (uint8_t *) deep, strlen (deep), 1420, NULL));
  g_assert_cmpuint (welcome.mtu, ==, 1400);
  g_assert_true (svpn_welcome_update (&welcome, (uint8_t *) longest, strlen (longest), 1420, NULL));
  g_assert_cmpuint (welcome.mtu, ==, 1300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/welcome/case/", welcomes, test_welcome);
  g_test_add_func ("/welcome/refusal", test_refusal);
  g_test_add_func ("/welcome/counts", test_counts);
  g_test_add_func ("/welcome/round-trip", test_round_trip);
  ADD_TABLE ("/welcome/config/", configs, test_config);
  g_test_add_func ("/welcome/config-abuse", test_config_abuse);
  return g_test_run ();
}

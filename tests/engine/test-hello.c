/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The JSON of the handshake: what we write we read, and what a lying peer writes is refused in words. */
#include "goodbye.h"
#include "hello.h"
#include "welcome.h"

#include <string.h>

static void
test_hello_round_trip (void)
{
  const SvpnHello hello
      = { .version = 1, .mtu = 1400, .name = (char *) "laptop", .lease = (char *) "secret" };

  for (int i = 0; i < 300; i++) { /* the pad has another size each time */
    g_autofree char *json = svpn_hello_to_json (&hello);
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnHello) read = svpn_hello_from_json ((uint8_t *) json, strlen (json), &error);

    g_assert_no_error (error);
    g_assert_cmpint (read->version, ==, 1);
    g_assert_cmpuint (read->mtu, ==, 1400);
    g_assert_cmpstr (read->name, ==, "laptop");
    g_assert_cmpstr (read->lease, ==, "secret");
    g_assert_cmpuint (strlen (json), <=, SVPN_HELLO_SIZE_MAX);
  }
}

static void
test_hellos (void)
{
  static const struct {
    const char *json;
    const char *flaw; /* NULL: taken */
  } cases[] = {
    { "{\"version\":1}", NULL },
    { "{\"version\":1,\"mtu\":1420,\"future\":[{\"a\":1}],\"name\":5,\"lease\":null}", NULL },
    { "{\"version\":2,\"mtu\":\"other\"}", NULL }, /* another version may mean other things */
    { "{\"version\":1,\"mtu\":575}", "mtu" },
    { "{\"version\":1,\"mtu\":65536}", "mtu" },
    { "{\"version\":1,\"mtu\":\"1420\"}", "mtu" },
    { "{\"version\":1,\"mtu\":1420.5}", "mtu" },
    { "{\"version\":\"1\"}", "version" },
    { "{}", "version" },
    { "[]", "object" },
    { "", "" },
    { "{\"version\":1", "" },
    { "{\"version\":1}garbage", "" },
    { "\xff\xfe", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnHello) hello
        = svpn_hello_from_json ((uint8_t *) cases[i].json, strlen (cases[i].json), &error);

    g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "taken");
    g_assert_true ((hello == NULL) == (cases[i].flaw != NULL));
    if (cases[i].flaw != NULL)
      g_assert_nonnull (strstr (error->message, cases[i].flaw));
  }
}

/* Deep nesting must not exhaust the stack, and 4097 bytes are too many. */
static void
test_hello_abuse (void)
{
  g_autofree char *deep = g_strnfill (SVPN_HELLO_SIZE_MAX, '[');
  g_autofree char *spaces = g_strnfill (SVPN_HELLO_SIZE_MAX, ' ');
  g_autofree char *longer = g_strconcat ("{\"version\":1}", spaces, NULL);
  g_autoptr (SvpnHello) control = NULL;
  static const char name[] = "{\"version\":1,\"name\":\"a\\u001b[2Jb\"}";

  g_assert_null (svpn_hello_from_json ((uint8_t *) deep, strlen (deep), NULL));
  g_assert_null (svpn_hello_from_json ((uint8_t *) longer, strlen (longer), NULL));
  control = svpn_hello_from_json ((const uint8_t *) name, strlen (name), NULL);
  g_assert_cmpstr (control->name, ==, "a?[2Jb");
}

#define WELCOME(members) "{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420," members "}"
#define IPV4 "\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":24,\"gateway\":\"10.8.0.1\"}"

static void
test_welcomes (void)
{
  static const struct {
    const char *json;
    const char *flaw;
  } cases[] = {
    { WELCOME (IPV4), NULL },
    { WELCOME (IPV4 ",\"dns\":[\"1.1.1.1\",\"fd00::1\"],\"routes\":[\"0.0.0.0/0\",\"::/0\"]"), NULL },
    { "{\"version\":1,\"error\":\"server-full\",\"message\":\"come back\"}", NULL },
    { "{\"version\":1,\"error\":7}", NULL },
    { WELCOME ("\"x\":1"), "ipv4" },
    { "{\"version\":1,\"client_id\":\"c1\"," IPV4 "}", "mtu" },
    { "{\"version\":1,\"mtu\":1420," IPV4 "}", "client_id" },
    { WELCOME ("\"ipv4\":[]"), "object" },
    { WELCOME ("\"ipv4\":{\"address\":\"fd00::1\",\"prefix\":24,\"gateway\":\"10.8.0.1\"}"), "address" },
    { WELCOME ("\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":33,\"gateway\":\"10.8.0.1\"}"), "prefix" },
    { WELCOME ("\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":24}"), "gateway" },
    { WELCOME (IPV4 ",\"dns\":\"1.1.1.1\""), "dns" },
    { WELCOME (IPV4 ",\"dns\":[\"resolver.example\"]"), "dns" },
    { WELCOME (IPV4 ",\"dns\":[\"0.0.0.0\"]"), "dns" },
    { WELCOME (IPV4 ",\"routes\":[\"::1\"]"), "routes" },
    { WELCOME (IPV4 ",\"routes\":[1]"), "routes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnWelcome) welcome
        = svpn_welcome_from_json ((uint8_t *) cases[i].json, strlen (cases[i].json), &error);

    g_test_message ("%s: %s", cases[i].json, error != NULL ? error->message : "taken");
    g_assert_true ((welcome == NULL) == (cases[i].flaw != NULL));
    if (cases[i].flaw != NULL)
      g_assert_nonnull (strstr (error->message, cases[i].flaw));
  }
}

static void
test_welcome_round_trip (void)
{
  const char *dns[] = { "1.1.1.1", NULL }, *routes[] = { "10.0.0.0/8", NULL };
  SvpnWelcome welcome = { .version = 1,
                          .client_id = (char *) "id",
                          .mtu = 1300,
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
  g_assert_cmpmem (&read->ipv4, sizeof read->ipv4, &welcome.ipv4, sizeof welcome.ipv4);
  g_assert_cmpmem (&read->ipv6, sizeof read->ipv6, &welcome.ipv6, sizeof welcome.ipv6);
  g_assert_cmpuint (read->mtu, ==, 1300);
  g_assert_cmpstr (read->dns[0], ==, "1.1.1.1");
  g_assert_cmpstr (read->routes[0], ==, "10.0.0.0/8");
  g_assert_cmpstr (read->lease, ==, "secret");
}

#define CONFIG(members) "{\"type\":\"config\"," members "}"
#define AS_BEFORE "mtu 1400 dns 1.1.1.1 routes 10.0.0.0/8"

/* To a welcome that is AS_BEFORE, of a client that asked for 1420. */
static void
test_configs (void)
{
  static const struct {
    const char *json;
    const char *flaw; /* NULL: taken */
    const char *after;
  } cases[] = {
    { CONFIG ("\"mtu\":1300"), NULL, "mtu 1300 dns 1.1.1.1 routes 10.0.0.0/8" },
    { CONFIG ("\"mtu\":9000"), NULL, "mtu 1420 dns 1.1.1.1 routes 10.0.0.0/8" },
    { CONFIG ("\"dns\":[\"9.9.9.9\",\"fd00::9\"]"), NULL, "mtu 1400 dns 9.9.9.9,fd00::9 routes 10.0.0.0/8" },
    { CONFIG ("\"routes\":[]"), NULL, "mtu 1400 dns 1.1.1.1 routes " },
    { CONFIG ("\"mtu\":576,\"dns\":[],\"routes\":[\"::/0\"]"), NULL, "mtu 576 dns  routes ::/0" },
    { CONFIG ("\"future\":[{}]"), NULL, AS_BEFORE },
    { "{\"type\":\"other\",\"mtu\":1300}", NULL, AS_BEFORE },
    { "{\"mtu\":1300}", NULL, AS_BEFORE },
    { CONFIG ("\"mtu\":575,\"dns\":[]"), "mtu", AS_BEFORE },
    { CONFIG ("\"mtu\":\"1300\""), "mtu", AS_BEFORE },
    { CONFIG ("\"mtu\":1300,\"dns\":\"1.1.1.1\""), "dns", AS_BEFORE },
    { CONFIG ("\"mtu\":1300,\"dns\":[\"127.0.0.1\"]"), "dns", AS_BEFORE },
    { CONFIG ("\"dns\":[],\"routes\":{}"), "routes", AS_BEFORE },
    { CONFIG ("\"routes\":[\"127.0.0.0/8\"]"), "routes", AS_BEFORE },
    { CONFIG ("\"routes\":[\"10.0.0.0/8\",7]"), "routes", AS_BEFORE },
    { "[]", "object", AS_BEFORE },
    { "{", "text ends early", AS_BEFORE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    static const char before[] = WELCOME (IPV4 ",\"dns\":[\"1.1.1.1\"],\"routes\":[\"10.0.0.0/8\"]");
    g_autoptr (SvpnWelcome) welcome
        = svpn_welcome_from_json ((const uint8_t *) before, strlen (before), NULL);
    g_autoptr (GError) error = NULL;
    gboolean taken;

    welcome->mtu = 1400;
    taken = svpn_welcome_update (welcome, (const uint8_t *) cases[i].json, strlen (cases[i].json), 1420,
                                 &error);
    g_test_message ("%s: %s", cases[i].json, error != NULL ? error->message : "taken");
    g_assert_true (taken == (cases[i].flaw == NULL));
    if (cases[i].flaw != NULL)
      g_assert_nonnull (strstr (error->message, cases[i].flaw));
    g_autofree char *dns = g_strjoinv (",", welcome->dns);
    g_autofree char *routes = g_strjoinv (",", welcome->routes);
    g_autofree char *after = g_strdup_printf ("mtu %u dns %s routes %s", welcome->mtu, dns, routes);
    g_assert_cmpstr (after, ==, cases[i].after);
  }
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

static void
test_reasons (void)
{
  static const struct {
    const char *json, *text;
  } cases[] = {
    { "{\"reason\":\"bye\"}", "bye" },
    { "{\"reason\":\"a\\nb\"}", "a?b" },
    { "{\"reason\":1}", "no reason given" },
    { "garbage", "no reason given" },
    { "", "no reason given" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = svpn_goodbye_from_json ((uint8_t *) cases[i].json, strlen (cases[i].json));
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hello/round-trip", test_hello_round_trip);
  g_test_add_func ("/hello/cases", test_hellos);
  g_test_add_func ("/hello/abuse", test_hello_abuse);
  g_test_add_func ("/welcome/cases", test_welcomes);
  g_test_add_func ("/welcome/round-trip", test_welcome_round_trip);
  g_test_add_func ("/config/cases", test_configs);
  g_test_add_func ("/config/abuse", test_config_abuse);
  g_test_add_func ("/reason/cases", test_reasons);
  return g_test_run ();
}

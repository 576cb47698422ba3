/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a client says in message 1: what we write we read, and what a lying peer writes is refused in words. */
#include "hello.h"
#include "error.h"
#include "goodbye.h"
#include "table.h"

#include <string.h>

static void
test_round_trip (void)
{
  const SvpnHello hello = { .version = 1,
                            .mtu = 1400,
                            .capabilities = SVPN_CAPABILITY_REKEY,
                            .name = (char *) "laptop",
                            .lease = (char *) "secret" };
  gsize shortest = G_MAXSIZE, longest = 0;

  for (int i = 0; i < 300; i++) { /* the pad has another size each time */
    g_autofree char *json = svpn_hello_to_json (&hello);
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnHello) read = svpn_hello_from_json ((uint8_t *) json, strlen (json), &error);

    g_assert_no_error (error);
    g_assert_cmpint (read->version, ==, 1);
    g_assert_cmpuint (read->mtu, ==, 1400);
    g_assert_cmpuint (read->capabilities, ==, SVPN_CAPABILITY_REKEY);
    g_assert_cmpstr (read->name, ==, "laptop");
    g_assert_cmpstr (read->lease, ==, "secret");
    shortest = MIN (shortest, strlen (json));
    longest = MAX (longest, strlen (json));
  }
  g_assert_cmpuint (longest - shortest, >, 200);
  g_assert_cmpuint (longest - shortest, <=, 256);
}

/* The pad goes as far as there is room, and what does not fit without it is not written. */
static void
test_long (void)
{
  gsize empty = strlen ("{\"version\":1,\"capabilities\":[],\"name\":\"\"}");

  for (gsize size = SVPN_HELLO_SIZE_MAX - 300; size <= SVPN_HELLO_SIZE_MAX + 1; size++) {
    g_autofree char *name = g_strnfill (size - empty, 'n');
    const SvpnHello hello = { .version = 1, .name = name };
    g_autofree char *json = svpn_hello_to_json (&hello);

    if (size > SVPN_HELLO_SIZE_MAX)
      g_assert_null (json);
    else
      g_assert_cmpuint (strlen (json), <=, SVPN_HELLO_SIZE_MAX);
  }
}

#define NAME_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LEASE_128 NAME_64 NAME_64

static const struct {
  const char *name, *json;
  const char *flaw; /* NULL: taken */
} hellos[] = {
  { "least", "{\"version\":1}", NULL },
  { "unknown-members", "{\"version\":1,\"mtu\":1420,\"future\":[{\"a\":1}],\"name\":5,\"lease\":null}",
    NULL },
  { "other-version", "{\"version\":2,\"mtu\":\"other\"}", NULL }, /* it may mean other things */
  { "smallest-mtu", "{\"version\":1,\"mtu\":576}", NULL },
  { "largest-mtu", "{\"version\":1,\"mtu\":65535}", NULL },
  { "small-mtu", "{\"version\":1,\"mtu\":575}", "\"mtu\" is out of range" },
  { "large-mtu", "{\"version\":1,\"mtu\":65536}", "\"mtu\" is out of range" },
  { "text-mtu", "{\"version\":1,\"mtu\":\"1420\"}", "\"mtu\" is not an integer" },
  { "half-mtu", "{\"version\":1,\"mtu\":1420.5}", "\"mtu\" is not an integer" },
  { "text-version", "{\"version\":\"1\"}", "\"version\" is missing or not an integer" },
  { "no-version", "{}", "\"version\" is missing or not an integer" },
  { "array", "[]", "line 1: not a JSON object" },
  { "nothing", "", "the JSON text is empty" },
  { "cut-off", "{\"version\":1", "line 1: text ends early" },
  { "more-behind", "{\"version\":1}garbage", "line 1: text after the end" },
  { "not-utf-8", "\xff\xfe", "line 1: not valid UTF-8" },
  { "twice", "{\"version\":1,\"version\":1}", "line 1: version: given twice" },
  { "twice-unshowable", "{\"a\\u001b\":1,\"a\\u001b\":1}", "line 1: a?: given twice" },
  { "comment", "{\"version\":1}//", "line 1: text after the end" },
  { "single-quotes", "{'version':1}", "line 1: unexpected character" },
  { "deep", "{\"version\":1,\"a\":[[[[1]]]]}", "line 1: nested too deep" },
  { "half-a-surrogate", "{\"version\":1,\"name\":\"\\ud83d\"}", "line 1: unknown escape in a string" },
};

static void
test_hello (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnHello) hello
      = svpn_hello_from_json ((const uint8_t *) hellos[i].json, strlen (hellos[i].json), &error);

  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, hellos[i].flaw);
  g_assert_true ((hello == NULL) == (hellos[i].flaw != NULL));
  if (error != NULL)
    g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
}

/* How a client calls itself, as it is shown. */
static const struct {
  const char *name, *json, *shown;
} names[] = {
  { "plain", "\"laptop\"", "laptop" },
  { "control", "\"a\\u001b[2Jb\"", "a?[2Jb" },
  { "line-end", "\"a\\nb\"", "a?b" },
  { "right-to-left", "\"a\\u202eb\"", "a?b" },
  { "beyond-16-bits", "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
  { "longest", "\"" NAME_64 "\"", NAME_64 },
  { "too-long", "\"" NAME_64 "x\"", NAME_64 },
  { "number", "7", NULL },
};

static void
test_name (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *json = g_strdup_printf ("{\"version\":1,\"name\":%s}", names[i].json);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnHello) hello = svpn_hello_from_json ((uint8_t *) json, strlen (json), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (hello->name, ==, names[i].shown);
}

static const struct {
  const char *name, *json;
  SvpnCapabilities expected;
} capabilities[] = {
  { "none", "[]", 0 },
  { "rekey", "[\"rekey\"]", SVPN_CAPABILITY_REKEY },
  { "with-unknown", "[\"future\",7,null,{},\"rekey\"]", SVPN_CAPABILITY_REKEY },
  { "unknown", "[\"Rekey\",\"rekey \"]", 0 },
  { "not-an-array", "\"rekey\"", 0 },
};

static void
test_capabilities (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *json = g_strdup_printf ("{\"version\":1,\"capabilities\":%s}", capabilities[i].json);
  g_autoptr (SvpnHello) hello = svpn_hello_from_json ((uint8_t *) json, strlen (json), NULL);

  g_assert_cmpuint (hello->capabilities, ==, capabilities[i].expected);
}

static void
test_lease (void)
{
  static const char longest[] = "{\"version\":1,\"lease\":\"" LEASE_128 "\"}";
  static const char longer[] = "{\"version\":1,\"lease\":\"" LEASE_128 "x\"}";
  g_autoptr (SvpnHello) with = svpn_hello_from_json ((const uint8_t *) longest, strlen (longest), NULL);
  g_autoptr (SvpnHello) without = svpn_hello_from_json ((const uint8_t *) longer, strlen (longer), NULL);

  g_assert_cmpstr (with->lease, ==, LEASE_128);
  g_assert_cmpstr (without->lease, ==, NULL);
}

/* Deep nesting must not exhaust the stack, 4097 bytes are too many, and a zero byte ends nothing. */
static void
test_abuse (void)
{
  g_autofree char *deep = g_strnfill (SVPN_HELLO_SIZE_MAX, '[');
  g_autofree char *spaces = g_strnfill (SVPN_HELLO_SIZE_MAX - 12, ' ');
  g_autofree char *longer = g_strconcat ("{\"version\":1}", spaces, NULL);
  static const char zero[] = "{\"version\":1}\0";
  g_autoptr (GError) deep_error = NULL, longer_error = NULL, zero_error = NULL;
  g_autoptr (SvpnHello) fits = NULL;

  g_assert_null (svpn_hello_from_json ((uint8_t *) deep, strlen (deep), &deep_error));
  g_assert_cmpstr (deep_error->message, ==, "line 1: nested too deep");
  g_assert_null (svpn_hello_from_json ((uint8_t *) longer, strlen (longer), &longer_error));
  g_assert_cmpstr (longer_error->message, ==, "the JSON text is too long");
  fits = svpn_hello_from_json ((uint8_t *) longer, strlen (longer) - 1, NULL);
  g_assert_nonnull (fits);
  g_assert_null (svpn_hello_from_json ((const uint8_t *) zero, sizeof zero - 1, &zero_error));
  g_assert_cmpstr (zero_error->message, ==, "the JSON text holds a zero byte");
}

/* --- goodbye --- */

static const struct {
  const char *name, *json, *text;
} reasons[] = {
  { "plain", "{\"reason\":\"bye\"}", "bye" },
  { "line-end", "{\"reason\":\"a\\nb\"}", "a?b" },
  { "number", "{\"reason\":1}", "no reason given" },
  { "garbage", "garbage", "no reason given" },
  { "nothing", "", "no reason given" },
};

static void
test_reason (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gboolean is_final;
  g_autofree char *text
      = svpn_goodbye_from_json ((const uint8_t *) reasons[i].json, strlen (reasons[i].json), &is_final);

  g_assert_cmpstr (text, ==, reasons[i].text);
}

static void
test_reason_round_trip (void)
{
  gboolean is_final;
  g_autofree char *long_reason = g_strnfill (SVPN_REASON_MAX + 10, 'r');
  g_autofree char *json = svpn_goodbye_to_json (long_reason, FALSE);
  g_autofree char *text = svpn_goodbye_from_json ((uint8_t *) json, strlen (json), &is_final);
  g_assert_false (is_final);
  g_autofree char *quoted = svpn_goodbye_to_json ("\"a\"\n\\b", TRUE);
  g_autofree char *unquoted = svpn_goodbye_from_json ((uint8_t *) quoted, strlen (quoted), &is_final);

  g_assert_cmpuint (strlen (text), ==, SVPN_REASON_MAX);
  g_assert_cmpstr (unquoted, ==, "\"a\"?\\b");
  g_assert_true (is_final);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hello/round-trip", test_round_trip);
  g_test_add_func ("/hello/long", test_long);
  ADD_TABLE ("/hello/case/", hellos, test_hello);
  ADD_TABLE ("/hello/name/", names, test_name);
  ADD_TABLE ("/hello/capabilities/", capabilities, test_capabilities);
  g_test_add_func ("/hello/lease", test_lease);
  g_test_add_func ("/hello/abuse", test_abuse);
  ADD_TABLE ("/hello/reason/", reasons, test_reason);
  g_test_add_func ("/hello/reason-round-trip", test_reason_round_trip);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text: round trips, refusals that say the line, and random text. */
#include "error.h"
#include "settings.h"

#include <string.h>

/* clang-format off */
static const struct {
  const char *json;
  const char *message;
} refused[] = {
  { "", "line 1: not a JSON object" },
  { "\n", "line 1: not a JSON object" },
  { "[]", "line 1: not a JSON object" },
  { "1", "line 1: not a JSON object" },
  { "{", "line 1: text ends early" },
  { "{\n\"mtu\": 1400\n", "line 2: text ends early" },
  { "{\n\"mtu\": 1400\n}}", "line 3: text after the end" },
  { "{}\n{}", "line 2: text after the end" },
  { "}", "line 1: closing bracket without an opening one" },
  { "{\n\"mtu\" 1400}", "line 2: missing colon" },
  { "{\n\n\"mtu\": 1400 \"nat\": true}", "line 3: missing comma" },
  { "{\n\"mtu\": 1400,}", "line 2: comma without a value after it" },
  { "{\n\"private-key\" \"SECRET\"}", "line 2: missing colon" },
  { "{\n\"private-key\": SECRET}", "line 2: word or text without quotes, or in the wrong place" },
  { "{\"path\": \"/\" \"SECRET\"}", "line 1: missing comma" },
  { "{\n\"path\":\n\"/SECRET\n}", "line 3: control character in a string, or no quote at its end" },
  { "{\"path\": \"/SECRET", "line 1: text ends early" },
  { "{\"path\": \"/\\u0000\"}", "line 1: unknown escape in a string" },
  { "{\"path\": \"/\\u12\"}", "line 1: unknown escape in a string" },
  { "{\"path\": \"/\\x\"}", "line 1: unknown escape in a string" },
  { "{\"path\": \"/\\", "line 1: unknown escape in a string" },
  { "{\"path\": \"/\\ud800\"}", "line 1: unknown escape in a string" },
  { "{\"path\": \"/\\udc00\"}", "line 1: unknown escape in a string" },
  { "{\n\"path\": \"/\xff\"}", "line 2: not valid UTF-8" },
  { "// mine\n{}", "line 1: unexpected character" },
  { "{ /* mine */ }", "line 1: unexpected character" },
  { "{'mtu': 1400}", "line 1: unexpected character" },
  { "var a = {};", "line 1: unexpected character" },
  { "{\"mtu\": 02600}", "line 1: number with a leading zero" },
  { "{\"mtu\": 0x600}", "line 1: number with a leading zero" },
  { "{\"mtu\": TRUE}", "line 1: word or text without quotes, or in the wrong place" },
  { "{\"mtu\": 1400, \"nat\": true, \"mtu\": 1400}", "mtu: given twice" },
  { "{\"mtu\": 99}", "mtu: 99 is out of range (576 to 65535)" },
  { "{\"mtu\": 18446744073709553036}", "mtu: -1 is out of range (576 to 65535)" },
  { "{\"mtu\": 1400.5}", "mtu: expected u (unsigned integer), got d (floating point)" },
  { "{\"mtu\": \"1400\"}", "mtu: expected u (unsigned integer), got s (string)" },
  { "{\"mtu\": null}", "mtu: expected u (unsigned integer), got mv (null)" },
  { "{\"mtu\": {\"private-key\": \"SECRET\"}}", "mtu: expected u (unsigned integer), got a{sv} (dictionary)" },
  { "{\"nat\": 1}", "nat: expected b (boolean), got x (integer)" },
  { "{\"dns\": \"1.1.1.1\"}", "dns: expected as (array of strings), got s (string)" },
  { "{\"dns\": [\"1.1.1.1\", 2]}", "dns: expected as (array of strings), got av (mixed array)" },
  { "{\"dns\": [null]}", "dns: expected as (array of strings), got av (mixed array)" },
  { "{\"dns\": [\"x\"]}", "dns: 'x' is not an IP address" },
  { "{\"private-key\": \"SECRET\"}",
    "private-key: the value given is not a private key of 32 bytes in standard base64 (44 characters)" },
  { "{\"foo\": \"SECRET\"}", "unknown setting 'foo'" },
  { "{\"dns\": [[[[[[[[]]]]]]]]}", "line 1: nested too deep" },
};

/* Pieces that random text is made of. */
static const char *const pieces[] = {
  "{", "}", "[", "]", ":", ",", "\"", "\\", "\n", " ", "0", "1", "-", "1420", ".5", "e9", "true", "false", "null",
  "\"mtu\"", "\"dns\"", "\"path\"", "\"listen\"", "\"private-key\"", "\"wait\"", "\"/\"", "\"1.1.1.1\"", "\\u00e4",
  "\\ud83d\\ude00", "\\ud800", "\xc3\xa4", "\xff", "\"mtu\": 1420", "\"dns\": []", "\"nat\": true", "{\"", "\"}", "x",
};
/* clang-format on */

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (svpn_settings_from_json (SVPN_SCOPE_SERVER, refused[i].json, &error));
    g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
    g_assert_cmpstr (error->message, ==, refused[i].message);
    g_assert_null (strstr (error->message, "SECRET"));
  }
}

static void
assert_same_again (SvpnScope scope, GVariant *settings)
{
  g_autofree char *json = svpn_settings_to_json (settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) again = svpn_settings_from_json (scope, json, &error);

  g_assert_no_error (error);
  g_assert_cmpvariant (again, settings);
}

static void
test_round_trip (void)
{
  g_autoptr (GVariant) input = g_variant_ref_sink (g_variant_new_parsed (
      "{'tls-ca-file': <'/\"\\\\\\t\\n/\\u0001/ä/\\U0001f600'>, 'mtu': <1280>, 'dns': <['1.1.1.1']>, "
      "'wait': <false>, 'routes': <@as []>}"));
  g_autoptr (GVariant) settings = svpn_settings_validate (SVPN_SCOPE_CLIENT, input, NULL);

  assert_same_again (SVPN_SCOPE_CLIENT, settings);
}

static void
test_text (void)
{
  g_autoptr (GVariant) settings = svpn_settings_from_json (
      SVPN_SCOPE_SERVER, "{\"path\":\"\\/\\u0061\",\"nat\":true,\r\n\t\"mtu\":1420,\"dns\":[\"::1\"]}", NULL);
  g_autofree char *json = svpn_settings_to_json (settings);

  g_assert_cmpstr (
      json, ==,
      "{\n  \"dns\" : [\n    \"::1\"\n  ],\n  \"mtu\" : 1420,\n  \"nat\" : true,\n  \"path\" : \"/a\"\n}\n");
}

static void
test_bounds (void)
{
  g_autofree char *spaces = g_strnfill (1024 * 1024 - 2, ' ');
  g_autofree char *longest = g_strconcat (spaces, "{}", NULL), *longer = g_strconcat (longest, " ", NULL);
  g_autofree char *deep = g_strnfill (1024 * 1024, '[');
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) empty = svpn_settings_from_json (SVPN_SCOPE_CLIENT, longest, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (empty), ==, 0);
  g_assert_null (svpn_settings_from_json (SVPN_SCOPE_CLIENT, longer, &error));
  g_assert_cmpstr (error->message, ==, "longer than 1048576 bytes");
  g_clear_error (&error);
  g_assert_null (svpn_settings_from_json (SVPN_SCOPE_CLIENT, deep, &error));
  g_assert_cmpstr (error->message, ==, "line 1: nested too deep");
}

static void
test_random (void)
{
  guint taken = 0;

  for (int i = 0; i < 20000; i++) {
    SvpnScope scope = i % 2 ? SVPN_SCOPE_CLIENT : SVPN_SCOPE_SERVER;
    g_autoptr (GString) json = g_string_new (i % 3 ? "{" : "");
    g_autoptr (GVariant) settings = NULL;
    g_autoptr (GError) error = NULL;

    for (int n = g_test_rand_int_range (0, 12); n > 0; n--)
      g_string_append (json, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    if (i % 3)
      g_string_append_c (json, '}');
    settings = svpn_settings_from_json (scope, json->str, &error);
    g_assert_true ((settings == NULL) == (error != NULL));
    if (settings != NULL) {
      assert_same_again (scope, settings);
      taken++;
    } else {
      g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  }
  g_test_message ("%u of 20000 were settings", taken);
  g_assert_cmpuint (taken, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-json/refused", test_refused);
  g_test_add_func ("/settings-json/round-trip", test_round_trip);
  g_test_add_func ("/settings-json/text", test_text);
  g_test_add_func ("/settings-json/bounds", test_bounds);
  g_test_add_func ("/settings-json/random", test_random);
  return g_test_run ();
}

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
  { "{\n\"mtu\": 1400,\n SECRET\n}", "line 3: word or text without quotes, or in the wrong place" },
  { "{\n\"mtu\": 1400,\n nullify\n}", "line 3: word or text without quotes, or in the wrong place" },
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
  { "var a = {};", "line 1: word or text without quotes, or in the wrong place" },
  { "{\"mtu\": 02600}", "line 1: number with a leading zero" },
  { "{\"mtu\": 0x600}", "line 1: number with a leading zero" },
  { "{\"mtu\": TRUE}", "line 1: word or text without quotes, or in the wrong place" },
  { "{\"mtu\": 1400, \"nat\": true, \"mtu\": 1400}", "line 1: mtu: given twice" },
  { "{\"mtu\": 99}", "line 1: mtu: 99 is out of range (576 to 65535)" },
  { "{\"mtu\": 18446744073709553036}", "line 1: mtu: -1 is out of range (576 to 65535)" },
  { "{\"mtu\": 1400.5}", "line 1: mtu: expected u (unsigned integer), got d (floating point)" },
  { "{\"mtu\": \"1400\"}", "line 1: mtu: expected u (unsigned integer), got s (string)" },
  { "{\"mtu\": null}", "line 1: mtu: expected u (unsigned integer), got mv (null)" },
  { "{\"mtu\": {\"private-key\": \"SECRET\"}}", "line 1: mtu: expected u (unsigned integer), got a{sv} (dictionary)" },
  { "{\"nat\": 1}", "line 1: nat: expected b (boolean), got x (integer)" },
  { "{\"dns\": \"1.1.1.1\"}", "line 1: dns: expected as (array of strings), got s (string)" },
  { "{\"dns\": [\"1.1.1.1\", 2]}", "line 1: dns: expected as (array of strings), got av (mixed array)" },
  { "{\"dns\": [null]}", "line 1: dns: expected as (array of strings), got av (mixed array)" },
  { "{\"dns\": [\"x\"]}", "line 1: dns: 'x' is not an IP address" },
  { "{\"private-key\": \"SECRET\"}",
    "line 1: private-key: the value given is not a private key of 32 bytes in standard base64 (44 characters)" },
  { "{\"foo\": \"SECRET\"}", "line 1: foo: unknown setting" },
  { "{\"dns\": [[[[]]]]}", "line 1: nested too deep" },
  { "{\"dns\": [[[[[[[[]]]]]]]]}", "line 1: nested too deep" },
  { "{\n\"tls-key-file\": \"/\\\"mtu\",\n\"dns\": [\"mtu\",\n\"mtu\"],\n\"mtu\"\n: 9}", "line 3: dns: 'mtu' is not an IP address" },
  { "{\n\"path\": \"/mtu\",\n\"dns\": [\"::1\",\n\"::2\"],\n\"mtu\"\n: 9}",
    "line 5: mtu: 9 is out of range (576 to 65535)" },
  { "{\n\"ipv4Pool\": \"x\"}",
    "line 2: ipv4-pool: 'x' is not an IPv4 network of /8 to /30 without host bits" },
  { "{\n\"maxClients\": 10,\n\"max-clients\": 20}", "max-clients: the same setting as maxClients, given too" },
  { "{\"max-clients\": 10, \"maxClients\": 10}", "maxClients: the same setting as max-clients, given too" },
  { "{\"MaxClients\": 10}", "line 1: MaxClients: unknown setting" },
  { "{\"max-Clients\": 10}", "line 1: max-Clients: unknown setting" },
  { "{\"ipv4pool\": 10}", "line 1: ipv4pool: unknown setting" },
  { "{\"serverUrl\": 10}", "line 1: serverUrl: unknown setting" },
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

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, refused[i].message);
    g_assert_null (svpn_settings_from_json (SVPN_SCOPE_SERVER, refused[i].json, &error));
    /* InvalidSetting begins with a key */
    int code = g_str_has_prefix (refused[i].message, "line ") || strstr (refused[i].message, ": ") == NULL
                   ? SVPN_ERROR_INVALID_ARGUMENTS
                   : SVPN_ERROR_INVALID_SETTING;
    g_assert_error (error, SVPN_ERROR, code);
    if (error == NULL)
      continue;
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

/* max-clients -> maxClients */
static char *
to_camel_case (const char *key)
{
  GString *camel = g_string_new (NULL);

  for (const char *c = key; *c != '\0'; c++)
    g_string_append_c (camel, c > key && c[-1] == '-' ? g_ascii_toupper (*c) : *c);
  g_string_replace (camel, "-", "", 0);
  return g_string_free (camel, FALSE);
}

/* Every key has one, and no two the same. */
static void
test_camel_case_keys (void)
{
  for (int scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++) {
    g_auto (GVariantBuilder) given = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
    g_auto (GVariantBuilder) expected = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
    g_autoptr (GError) error = NULL;

    for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
      g_autofree char *camel = to_camel_case (setting->key);
      g_variant_builder_add (&given, "{sv}", camel, g_variant_new_string (setting->key));
      g_variant_builder_add (&expected, "{sv}", setting->key, g_variant_new_string (setting->key));
    }
    g_autoptr (GVariant) loose = g_variant_ref_sink (g_variant_builder_end (&given));
    g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_builder_end (&expected));
    g_autoptr (GVariant) kebab = svpn_settings_in_kebab_case (scope, loose, &error);
    g_assert_no_error (error);
    g_assert_cmpvariant (kebab, all);
  }
}

static void
test_camel_case (void)
{
  static const struct {
    const char *json, *settings;
  } cases[] = {
    { "{\"serverUrl\": \"wss://h/\", \"mtu\": 1400, \"tls-verify\": \"none\", \"rekeyMib\": 5}",
      "{'mtu': <uint32 1400>, 'rekey-mib': <uint32 5>, 'server-url': <'wss://h/'>, 'tls-verify': <'none'>}" },
    { "{\"keepaliveHealthyS\": 7, \"keepaliveLossThresholdPercent\": 9, \"connect-timeout-s\": 5}",
      "{'connect-timeout-s': <uint32 5>, 'keepalive-healthy-s': <uint32 7>, "
      "'keepalive-loss-threshold-percent': <uint32 9>}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) settings = svpn_settings_from_json (SVPN_SCOPE_CLIENT, cases[i].json, &error);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_no_error (error);
    if (settings == NULL)
      continue;
    g_autofree char *text = g_variant_print (settings, TRUE);
    g_assert_cmpstr (text, ==, cases[i].settings);
    assert_same_again (SVPN_SCOPE_CLIENT, settings);
  }
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
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/settings-json/refused", test_refused);
  g_test_add_func ("/settings-json/round-trip", test_round_trip);
  g_test_add_func ("/settings-json/camel-case-keys", test_camel_case_keys);
  g_test_add_func ("/settings-json/camel-case", test_camel_case);
  g_test_add_func ("/settings-json/text", test_text);
  g_test_add_func ("/settings-json/bounds", test_bounds);
  g_test_add_func ("/settings-json/random", test_random);
  return g_test_run ();
}

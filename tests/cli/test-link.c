/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles as links and as JSON: what they stand for, round trips, errors that quote no secret. */
#include "exit-status.h"
#include "profile-text.h"
#include "profile-link.h"
#include "smartvpn.h"

#include "../rows.h"

#include <string.h>

#define KEY "7dDQheegxI/GdCeGO/dAOeDL53WpgV3HrIfsz4lkVAM="
#define PRIVATE "sqliGbgr8XT7PXQNTVFh3yV557zlEKTqEVwuN8HDKtI="

/* clang-format off */
static const struct {
  const char *text, *settings;
} taken[] = {
  { "smartvpn://vpn.example", "{'server-url': <'wss://vpn.example'>}" },
  { " SmartVPN://vpn.example:8443/live/feed?\n", "{'server-url': <'wss://vpn.example:8443/live/feed'>}" },
  { "smartvpn+ws://[2001:db8::1]:80/?mtu=1400&qos=false",
    "{'mtu': <uint32 1400>, 'qos': <false>, 'server-url': <'ws://[2001:db8::1]:80/'>}" },
  { "smartvpn://v/?server-public-key=" KEY "&private-key=" PRIVATE,
    "{'private-key': <'" PRIVATE "'>, 'server-public-key': <'" KEY "'>, 'server-url': <'wss://v/'>}" },
  { "smartvpn://v/?dns=192.0.2.53,2001:db8::53&routes=&tls-ca-file=/etc/a%20b%26c%3D.pem",
    "{'dns': <['192.0.2.53', '2001:db8::53']>, 'routes': <@as []>, 'server-url': <'wss://v/'>, "
    "'tls-ca-file': <'/etc/a b&c=.pem'>}" },
  { "{\"server-url\": \"wss://v/\", \"mtu\": 1400}", "{'mtu': <uint32 1400>, 'server-url': <'wss://v/'>}" },
  { "{\"serverUrl\": \"wss://v/\", \"serverPublicKey\": \"" KEY "\", \"privateKey\": \"" PRIVATE "\", \"dns\": [], \"mtu\": 1400}",
    "{'dns': <@as []>, 'mtu': <uint32 1400>, 'private-key': <'" PRIVATE "'>, 'server-public-key': <'" KEY "'>, "
    "'server-url': <'wss://v/'>}" },
};

static const struct {
  const char *text, *message; /* a part of it */
} refused[] = {
  { "smartvpn://", "server-url" },
  { "smartvpn://v/?mtu", "KEY=VALUE" },
  { "smartvpn://v/?mtu=%zz", "KEY=VALUE" },
  { "smartvpn://v/?path%00=1", "KEY=VALUE" },
  { "smartvpn://v/?mtu=%00", "KEY=VALUE" },
  { "smartvpn://v/?tls-ca-file=%ff", "KEY=VALUE" },
  { "smartvpn://v/?mtu=99", "mtu" },
  { "smartvpn://v/?mtu=SECRET", "mtu: not a number" },
  { "smartvpn://v/?qos=SECRET", "qos: neither" },
  { "smartvpn://v/?mtu=1400&mtu=1400", "mtu: given twice" },
  { "smartvpn://v/?server-url=wss://w/", "server-url: given twice" },
  { "smartvpn://v/?mtuu=1400", "'mtuu'" },
  { "smartvpn://v/?private-key=SECRET", "private-key" },
  { "smartvpn://v/#SECRET", "'#'" },
  { "smartvpn://user:SECRET@v/", "server-url" },
  { "smartvpn://v /", "server-url" },
  { "https://vpn.example/", "line 1" },
  { "", "line 1" },
  { "{\"serverUrl\": \"wss://v/\", \"server-url\": \"wss://v/\"}", "server-url" },
  { "{\"privateKey\": \"SECRET\"}", "private-key" },
  { "{\"nat\": true}", "nat: " },
};
/* clang-format on */

static void
test_taken (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) settings = svpn_profile_text_parse (SVPN_SCOPE_CLIENT, taken[i].text, &error);
    g_autofree char *text = settings != NULL ? g_variant_print (settings, TRUE) : g_strdup (error->message);
    g_autofree char *link = settings != NULL ? svpn_profile_link_format (settings, &error) : NULL;
    g_autoptr (GVariant) again = link != NULL ? svpn_profile_link_parse (link, &error) : NULL;

    ROW_CHECK_STRING (taken[i].text, text, taken[i].settings);
    ROW_CHECK (taken[i].text, again != NULL && g_variant_equal (again, settings));
  }
}

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) settings = svpn_profile_text_parse (SVPN_SCOPE_CLIENT, refused[i].text, &error);

    ROW_CHECK (refused[i].text, settings == NULL);
    ROW_CHECK (refused[i].text, svpn_exit_status_of (error) == SVPN_EXIT_USAGE);
    if (error != NULL
        && (strstr (error->message, refused[i].message) == NULL || strstr (error->message, "SECRET") != NULL))
      row_failed (refused[i].text, "'%s' does not say '%s', or quotes a secret", error->message,
                  refused[i].message);
  }
}

/* The exact link, which other programs may read. */
static void
test_format (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = svpn_profile_text_parse (
      SVPN_SCOPE_CLIENT,
      "{\"server-url\": \"ws://v:80/a\", \"mtu\": 1400, \"dns\": [\"192.0.2.53\", \"2001:db8::53\"],"
      " \"tls-ca-file\": \"/etc/a b&c=#.pem\"}",
      &error);
  g_autofree char *link = svpn_profile_link_format (settings, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (
      link, ==,
      "smartvpn+ws://v:80/a?dns=192.0.2.53,2001:db8::53&mtu=1400&tls-ca-file=/etc/a%20b%26c=%23.pem");
}

static void
test_servers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings
      = svpn_profile_text_parse (SVPN_SCOPE_SERVER, "{\"clientAuth\": \"required\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (svpn_settings_get_string (SVPN_SCOPE_SERVER, settings, "client-auth"), ==, "required");
  g_assert_null (svpn_profile_text_parse (SVPN_SCOPE_SERVER, "smartvpn://v/", &error));
  g_assert_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS);
}

/* Profiles that no link can carry. */
static void
test_without_link (void)
{
  static const struct {
    const char *json, *message;
  } rows[] = { { "{\"mtu\": 1400}", "no server-url is set" },
               { "{\"server-url\": \"wss://v/?a=b\"}", "server-url: contains '?'" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) settings = svpn_profile_text_parse (SVPN_SCOPE_CLIENT, rows[i].json, &error);
    g_autofree char *link = NULL;

    g_assert_no_error (error);
    link = svpn_profile_link_format (settings, &error);
    ROW_CHECK (rows[i].json, link == NULL);
    ROW_CHECK (rows[i].json, svpn_exit_status_of (error) == SVPN_EXIT_USAGE
                                 && g_str_has_prefix (error->message, rows[i].message));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/taken", test_taken);
  g_test_add_func ("/link/refused", test_refused);
  g_test_add_func ("/link/format", test_format);
  g_test_add_func ("/link/servers", test_servers);
  g_test_add_func ("/link/without-link", test_without_link);
  return g_test_run ();
}

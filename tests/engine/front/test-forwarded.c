/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whom a connection is from, behind proxies. */
#include "forwarded.h"
#include "head.h"
#include "table.h"

/* Trusted are 10.0.0.0/8 and fd00::/8. */
static const struct {
  const char *name, *peer, *headers, *expected;
} cases[] = {
  { "no header", "10.0.0.1", "", "10.0.0.1" },
  { "peer is not trusted", "192.0.2.1", "X-Forwarded-For: 198.51.100.7\r\n", "192.0.2.1" },
  { "one entry", "10.0.0.1", "X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7" },
  { "other case", "10.0.0.1", "x-forwarded-for: 198.51.100.7\r\n", "198.51.100.7" },
  { "the rightmost", "10.0.0.1", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n", "198.51.100.7" },
  { "past a trusted one", "10.0.0.1", "X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.2.2.2\r\n",
    "198.51.100.7" },
  { "several headers", "10.0.0.1", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.9.9.9\r\n",
    "203.0.113.9" },
  { "forged first header", "10.0.0.1", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 203.0.113.9\r\n",
    "203.0.113.9" },
  { "all trusted", "10.0.0.1", "X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n", "10.0.0.3" },
  { "with a port", "10.0.0.1", "X-Forwarded-For: 198.51.100.7:4711\r\n", "198.51.100.7" },
  { "IPv6", "fd00::1", "X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7" },
  { "IPv6 in brackets", "fd00::1", "X-Forwarded-For: [2001:db8::7]\r\n", "2001:db8::7" },
  { "IPv6 with a port", "fd00::1", "X-Forwarded-For: [2001:db8::7]:4711\r\n", "2001:db8::7" },
  { "unknown", "10.0.0.1", "X-Forwarded-For: unknown\r\n", "10.0.0.1" },
  { "nonsense before a trusted one", "10.0.0.1", "X-Forwarded-For: 203.0.113.9, nonsense, 10.2.2.2\r\n",
    "10.2.2.2" },
  { "empty", "10.0.0.1", "X-Forwarded-For:\r\n", "10.0.0.1" },
  { "empty entry", "10.0.0.1", "X-Forwarded-For: 203.0.113.9,\r\n", "10.0.0.1" },
  { "no white space", "10.0.0.1", "X-Forwarded-For:203.0.113.9,10.2.2.2\r\n", "203.0.113.9" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat ("GET / HTTP/1.1\r\n", cases[i].headers, "\r\n", NULL);
  g_autofree char *found = NULL;
  SvpnPrefix trusted[2], peer, client;
  SvpnRequestHead head;

  g_assert_true (svpn_prefix_parse ("10.0.0.0/8", &trusted[0]));
  g_assert_true (svpn_prefix_parse ("fd00::/8", &trusted[1]));
  g_assert_true (svpn_address_parse (cases[i].peer, &peer));
  head_parse (&head, text);
  client = svpn_forwarded_client (&head, &peer, trusted, G_N_ELEMENTS (trusted));
  found = svpn_address_to_string (&client);
  g_assert_cmpstr (found, ==, cases[i].expected);
  svpn_request_head_clear (&head);
}

/* More entries than anybody has proxies. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\n");
  g_autofree char *found = NULL;
  SvpnPrefix trusted, peer, client;
  SvpnRequestHead head;

  for (guint i = 0; i < SVPN_REQUEST_HEADERS_MAX; i++)
    g_string_append (text, i == 0 ? "X-Forwarded-For: 192.0.2.1, 10.1.1.1\r\n"
                                  : "X-Forwarded-For: 10.1.1.1, 10.1.1.2\r\n");
  g_string_append (text, "\r\n");
  g_assert_true (svpn_prefix_parse ("10.0.0.0/8", &trusted));
  g_assert_true (svpn_address_parse ("10.0.0.1", &peer));
  head_parse (&head, text->str);
  client = svpn_forwarded_client (&head, &peer, &trusted, 1);
  found = svpn_address_to_string (&client);
  g_assert_cmpstr (found, ==, "192.0.2.1");
  svpn_request_head_clear (&head);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/forwarded/", cases, test_case);
  g_test_add_func ("/forwarded/many", test_many);
  return g_test_run ();
}

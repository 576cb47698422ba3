/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The arithmetic of address pools. */
#include "pool.h"

static SvpnPrefix
parse (const char *text)
{
  SvpnPrefix prefix = { 0 };

  if (*text != '\0')
    g_assert_true (svpn_prefix_parse (text, &prefix));
  return prefix;
}

static void
test_capacity (void)
{
  static const struct {
    const char *ipv4, *ipv6;
    guint32 capacity;
  } cases[] = {
    { "10.8.0.0/24", "", 253 },           { "10.8.0.0/30", "", 1 },
    { "10.8.0.0/16", "", 65533 },         { "10.8.0.0/24", "fd00::/64", 253 },
    { "10.8.0.0/16", "fd00::/120", 253 }, { "10.0.0.0/8", "fd00::/64", 16777213 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvpnPrefix ipv4 = parse (cases[i].ipv4), ipv6 = parse (cases[i].ipv6);

    g_test_message ("row %s %s", cases[i].ipv4, cases[i].ipv6);
    g_assert_cmpuint (svpn_pool_capacity (&ipv4, &ipv6), ==, cases[i].capacity);
  }
}

static void
test_addresses (void)
{
  static const struct {
    const char *pool;
    guint32 host;
    const char *address;
  } cases[] = {
    { "10.8.0.0/24", 1, "10.8.0.1/24" },          { "10.8.0.0/16", 258, "10.8.1.2/16" },
    { "fd00:8::/64", 2, "fd00:8::2/64" },         { "fd00:8::100/120", 2, "fd00:8::102/120" },
    { "fd00:8::/64", 0x10002, "fd00:8::1:2/64" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvpnPrefix pool = parse (cases[i].pool);
    SvpnPrefix address = svpn_pool_address (&pool, cases[i].host);
    g_autofree char *text = svpn_prefix_to_string (&address);
    guint32 host = 0;

    g_test_message ("row %s", cases[i].address);
    g_assert_cmpstr (text, ==, cases[i].address);
    g_assert_true (svpn_pool_find (&pool, address.bytes, &host));
    g_assert_cmpuint (host, ==, cases[i].host);
  }
}

static void
test_outside (void)
{
  SvpnPrefix pool = parse ("10.8.0.0/24"), pool6 = parse ("fd00:8::/64"), none = { 0 };
  SvpnPrefix outside = parse ("10.8.1.2"), far = parse ("fd00:8::1:0:0:2"), other = parse ("fd00:9::2");
  guint32 host = 77;

  g_assert_false (svpn_pool_find (&pool, outside.bytes, &host));
  g_assert_false (svpn_pool_find (&pool6, other.bytes, &host));
  g_assert_false (svpn_pool_find (&none, other.bytes, &host));
  g_assert_true (svpn_pool_find (&pool6, far.bytes, &host)); /* in the pool, but nobody's */
  g_assert_cmpuint (host, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pool/capacity", test_capacity);
  g_test_add_func ("/pool/addresses", test_addresses);
  g_test_add_func ("/pool/outside", test_outside);
  return g_test_run ();
}

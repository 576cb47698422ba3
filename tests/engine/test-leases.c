/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Leases: a returning client gets its address back, a full pool recycles the longest unused, nobody claims
 * another's. */
#include "leases.h"

#define TOKEN(c) "0123456789abcdef0123456789abcde" c

static const uint8_t alice[32] = { [1] = 1 }, bob[32] = { [1] = 2 };

static void
test_return (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 3);
  SvpnLease *first = svpn_leases_take (leases, NULL, NULL, TOKEN ("a"));
  SvpnLease *second = svpn_leases_take (leases, NULL, NULL, TOKEN ("b"));

  g_assert_cmpuint (first->host, ==, 2);
  g_assert_cmpuint (second->host, ==, 3);
  svpn_leases_release (leases, first);
  g_assert_true (svpn_leases_take (leases, TOKEN ("a"), NULL, TOKEN ("c")) == first);
  /* a session that takes over, while the old one is still there */
  g_assert_true (svpn_leases_take (leases, TOKEN ("a"), NULL, TOKEN ("d")) == first);
  g_assert_cmpuint (first->users, ==, 2);
  /* an unknown token is no claim */
  g_assert_cmpuint (svpn_leases_take (leases, TOKEN ("x"), NULL, TOKEN ("e"))->host, ==, 4);
}

static void
test_exhausted (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 2);
  SvpnLease *first = svpn_leases_take (leases, NULL, NULL, TOKEN ("a"));
  SvpnLease *second = svpn_leases_take (leases, NULL, NULL, TOKEN ("b"));
  SvpnLease *third;

  g_assert_null (svpn_leases_take (leases, NULL, NULL, TOKEN ("c")));
  svpn_leases_release (leases, second);
  svpn_leases_release (leases, first);
  third = svpn_leases_take (leases, NULL, NULL, TOKEN ("c"));
  g_assert_cmpuint (third->host, ==, 3); /* unused the longest */
  g_assert_true (svpn_leases_take (leases, TOKEN ("a"), NULL, TOKEN ("d")) == first);
  g_assert_null (svpn_leases_take (leases, TOKEN ("b"), NULL, TOKEN ("e"))); /* forgotten */
}

static void
test_static_key (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 4);
  SvpnLease *hers = svpn_leases_take (leases, NULL, alice, TOKEN ("a"));

  svpn_leases_release (leases, hers);
  g_assert_true (svpn_leases_take (leases, NULL, alice, TOKEN ("b")) == hers);
  /* her token does not open her lease to others */
  g_assert_true (svpn_leases_take (leases, TOKEN ("a"), bob, TOKEN ("c")) != hers);
  g_assert_true (svpn_leases_take (leases, TOKEN ("a"), NULL, TOKEN ("d")) != hers);
}

/* A reserved number is for its key alone, and comes free with the reservation. */
static void
test_reserved (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 3);
  g_autoptr (GHashTable) hosts = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) none = g_hash_table_new (NULL, NULL);
  SvpnLease *anonymous = svpn_leases_take (leases, NULL, NULL, TOKEN ("a"));
  SvpnLease *hers;

  g_assert_cmpuint (anonymous->host, ==, 2);
  g_hash_table_insert (hosts, GUINT_TO_POINTER (2), (gpointer) alice);
  g_hash_table_insert (hosts, GUINT_TO_POINTER (3), (gpointer) bob);
  svpn_leases_reserve (leases, hosts);
  g_assert_null (svpn_leases_take (leases, NULL, alice, TOKEN ("b"))); /* somebody still has it */
  svpn_leases_release (leases, anonymous);
  hers = svpn_leases_take (leases, NULL, alice, TOKEN ("c"));
  g_assert_cmpuint (hers->host, ==, 2);
  g_assert_cmpuint (svpn_leases_take (leases, TOKEN ("a"), NULL, TOKEN ("d"))->host, ==, 4);
  g_assert_null (svpn_leases_take (leases, NULL, NULL, TOKEN ("e"))); /* 3 is bob's */
  svpn_leases_reserve (leases, none);
  g_assert_cmpuint (svpn_leases_take (leases, NULL, NULL, TOKEN ("f"))->host, ==, 3);
}

/* Somebody had an address when it was reserved for another. Whoever comes when he has gone does not get it in his place. */
static void
test_reserved_meanwhile (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 2);
  g_autoptr (GHashTable) hosts = g_hash_table_new (NULL, NULL);
  SvpnLease *first = svpn_leases_take (leases, NULL, NULL, TOKEN ("a"));
  SvpnLease *second = svpn_leases_take (leases, NULL, NULL, TOKEN ("b"));

  g_assert_cmpuint (second->host, ==, 3);
  g_hash_table_insert (hosts, GUINT_TO_POINTER (first->host), (gpointer) alice);
  svpn_leases_reserve (leases, hosts);
  svpn_leases_release (leases, first);
  g_assert_null (svpn_leases_take (leases, NULL, NULL, TOKEN ("c")));
  g_assert_cmpuint (svpn_leases_take (leases, NULL, alice, TOKEN ("d"))->host, ==, 2);
}

/* A client that gets a fixed address moves there from the one it had. */
static void
test_moved (void)
{
  g_autoptr (SvpnLeases) leases = svpn_leases_new (2, 10);
  g_autoptr (GHashTable) hosts = g_hash_table_new (NULL, NULL);
  SvpnLease *before = svpn_leases_take (leases, NULL, alice, TOKEN ("a")), *after;

  g_hash_table_insert (hosts, GUINT_TO_POINTER (7), (gpointer) alice);
  svpn_leases_reserve (leases, hosts);
  after = svpn_leases_take (leases, TOKEN ("a"), alice, TOKEN ("b"));
  g_assert_cmpuint (after->host, ==, 7);
  svpn_leases_release (leases, before);
  svpn_leases_release (leases, after);
  g_assert_true (svpn_leases_take (leases, NULL, alice, TOKEN ("c")) == after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/leases/return", test_return);
  g_test_add_func ("/leases/exhausted", test_exhausted);
  g_test_add_func ("/leases/static-key", test_static_key);
  g_test_add_func ("/leases/reserved", test_reserved);
  g_test_add_func ("/leases/reserved-meanwhile", test_reserved_meanwhile);
  g_test_add_func ("/leases/moved", test_moved);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server's tunnel changes in the kernel. */
#include "network-fixture.h"
#include "pool-check.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
static void
test_server (Fixture *f, gconstpointer data)
{
  gboolean nat = GPOINTER_TO_INT (data);
  g_autofree char *ipv4 = NULL;
  g_autofree char *ipv6 = NULL;
  g_autofree char *rules = NULL;

  apply_server (f, nat);
  netns_do ("ip -o addr show svpn0 | grep -q '10.8.0.1/24'; ip -o addr show svpn0 | grep -q 'fd00:8::1/64'");
  assert_sysctl ("net/ipv4/ip_forward", "1");
  assert_sysctl ("net/ipv6/conf/all/forwarding", "1");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "2");
  assert_way (f, USER_UID, "10.8.0.9", "tunnel");
  inject_ipv4 (f->tun, "10.8.0.2", "203.0.113.1", htons (PROBE_PORT));
  ipv4 = forwarded_source (f, "203.0.113.1");
  g_assert_cmpstr (ipv4, ==, nat ? "192.0.2.2" : "10.8.0.2");
  inject_ipv6 (f->tun, "fd00:8::2", "2001:db8:ffff::1");
  ipv6 = forwarded_source (f, "2001:db8:ffff::1");
  g_assert_cmpstr (ipv6, ==, nat ? "2001:db8::2" : "fd00:8::2");
  rules = netns_run ("nft list tables");
  g_assert_cmpstr (rules, ==, "table inet smartvpn_client_test\n");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_two_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) other = svpn_network_new ("server-other", f->state_dir, NULL);
  g_autoptr (GError) error = NULL;
  SvpnServerNetwork config
      = { .ipv4 = prefix ("10.9.0.0/24"), .ipv6 = prefix ("fd00:9::/64"), .mtu = 1420, .nat = TRUE };
  int tun = svpn_network_create_tun (other, &error);

  g_assert_no_error (error);
  apply_server (f, FALSE);
  if (!svpn_network_apply_server (other, &config, &error))
    g_error ("%s", error->message);
  svpn_network_undo (f->network);
  assert_sysctl ("net/ipv4/ip_forward", "1");
  assert_sysctl ("net/ipv6/conf/all/forwarding", "1");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "2");
  svpn_network_undo (other);
  assert_as_before (f);
  close (tun);
}

static void
test_foreign_sysctls (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv4/ip_forward");
  apply_server (f, TRUE);
  svpn_network_undo (f->network);
  close_tun (f);
  assert_sysctl ("net/ipv4/ip_forward", "1"); /* was so before us */
  assert_sysctl ("net/ipv6/conf/all/forwarding", "0");

  netns_do ("echo 0 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv6/conf/uplink/accept_ra");
  apply_server (f, TRUE);
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "0"); /* somebody does it in user space */
  netns_do ("echo 1 > /proc/sys/net/ipv6/conf/uplink/accept_ra");
  svpn_network_undo (f->network);
  assert_sysctl ("net/ipv4/ip_forward", "0");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "1"); /* changed by another since */
}

typedef struct {
  const char *pool;
  const char *message; /* NULL: it can be */
} PoolCase;

static void
test_pools (Fixture *f, gconstpointer data)
{
  static const PoolCase cases[] = {
    { "10.9.0.0/24", NULL },
    { "fd00:9::/64", NULL },
    { "192.168.7.0/24",
      "ipv4-pool: 192.168.7.0/24 overlaps 192.168.7.0/24, which is at uplink; choose another network" },
    { "192.168.0.0/16",
      "ipv4-pool: 192.168.0.0/16 overlaps 192.168.7.0/24, which is at uplink; choose another network" },
    { "192.168.7.128/25",
      "ipv4-pool: 192.168.7.128/25 overlaps 192.168.7.0/24, which is at uplink; choose another network" },
    { "fd00:77::/48",
      "ipv4-pool: fd00:77::/48 overlaps fd00:77::/64, which is at uplink; choose another network" },
    { "127.0.1.0/24", "ipv4-pool: 127.0.1.0/24 is reserved; choose a private network, such as one in "
                      "10.0.0.0/8 or fd00::/8" },
    { "224.0.0.0/24", "ipv4-pool: 224.0.0.0/24 is reserved; choose a private network, such as one in "
                      "10.0.0.0/8 or fd00::/8" },
    { "0.0.0.0/8",
      "ipv4-pool: 0.0.0.0/8 is reserved; choose a private network, such as one in 10.0.0.0/8 or fd00::/8" },
    { "10.8.0.0/16",
      "ipv4-pool: 10.8.0.0/16 overlaps 10.8.0.0/24, which is at svpn0; choose another network" },
  };

  apply_server (f, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvpnPrefix pool = prefix (cases[i].pool);
    g_autoptr (GError) error = NULL;
    gboolean ok = svpn_pool_check ("ipv4-pool", &pool, &error);

    g_assert_cmpint (ok, ==, cases[i].message == NULL);
    g_assert_cmpstr (error ? error->message : NULL, ==, cases[i].message);
  }
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* What others forwarded nothing of is forwarded for clients alone; towards clients go answers, and whom is let in. */
static void
test_no_open_router (Fixture *f, gconstpointer data)
{
  g_autofree char *ruleset = NULL;

  apply_server (f, TRUE);
  ruleset = netns_run ("nft list ruleset");
  g_assert_nonnull (strstr (ruleset, "oifname \"svpn0\" ct state established,related accept"));
  g_assert_nonnull (strstr (ruleset, "meta nfproto ipv4 iifname != \"svpn*\""));
  inject_ipv4 (f->uplink, "203.0.113.9", "10.8.0.9", htons (PROBE_PORT));
  inject_ipv4 (f->uplink, "203.0.113.9", "203.0.113.77", htons (PROBE_PORT));
  ruleset = (g_free (ruleset), netns_run ("nft list chain inet smartvpn_client_test forward"));
  g_assert_nonnull (strstr (ruleset, "oifname \"svpn0\" counter packets 1 bytes 29 drop"));
  g_assert_nonnull (strstr (ruleset, "counter packets 1 bytes 29 drop\n\t\tmeta nfproto ipv6"));
  svpn_network_undo (f->network);
  assert_as_before (f);
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  ADD_TEST ("server/nat", GINT_TO_POINTER (TRUE), test_server);
  ADD_TEST ("server/no-nat", GINT_TO_POINTER (FALSE), test_server);
  ADD_TEST ("server/two", NULL, test_two_servers);
  ADD_TEST ("server/pools", NULL, test_pools);
  ADD_TEST ("server/no-open-router", NULL, test_no_open_router);
  ADD_TEST ("server/foreign-sysctls", NULL, test_foreign_sysctls);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a client's tunnel changes in the kernel. */
#include "network-fixture.h"
#include "network-private.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>
static void
test_split (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;

  apply_client (f, &split_case);
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "tunnel");
  assert_way (f, USER_UID, "fd00:20::1", "tunnel");
  assert_way (f, USER_UID, "fd00:8::1", "tunnel");
  assert_way (f, USER_UID, "203.0.113.1", "uplink");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "uplink");
  assert_way (f, WORKER_UID, PEER, "uplink");
  link = netns_run ("ip -o link show svpn0");
  g_assert_nonnull (strstr (link, "mtu 1420"));
  g_assert_nonnull (strstr (link, "qlen 500"));
}

static void
test_full (Fixture *f, gconstpointer data)
{
  apply_client (f, &full_case);
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  assert_way (f, 0, "203.0.113.1", "tunnel");
  assert_way (f, USER_UID, PEER, "tunnel");
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "tunnel");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "tunnel");
  assert_way (f, USER_UID, "192.168.7.77", "uplink");
  assert_way (f, USER_UID, "fd00:77::77", "uplink");
  assert_way (f, WORKER_UID, PEER, "uplink");
  assert_way (f, WORKER_UID, "203.0.113.1", "uplink");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "uplink");
}

static void
test_full_over_ipv6 (Fixture *f, gconstpointer data)
{
  ClientCase c = full_case;

  c.peer = "2001:db8:ffff::9";
  apply_client (f, &c);
  assert_way (f, WORKER_UID, "2001:db8:ffff::9", "uplink");
  assert_way (f, USER_UID, "2001:db8:ffff::9", "tunnel");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
}

/* Without its uplink the worker must not try through its own tunnel. */
static void
test_full_without_uplink (Fixture *f, gconstpointer data)
{
  apply_client (f, &full_case);
  netns_do ("ip route del default via 192.0.2.1; ip route del default via 2001:db8::1");
  assert_way (f, WORKER_UID, PEER, "unreachable");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "unreachable");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  netns_do ("ip route add default via 192.0.2.3");
  assert_way (f, WORKER_UID, PEER, "uplink");
}

static void
test_full_worker_is_root (Fixture *f, gconstpointer data)
{
  ClientCase c = full_case;

  c.worker_uid = 0;
  apply_client (f, &c);
  assert_way (f, 0, PEER, "uplink");
  assert_way (f, 0, "203.0.113.1", "tunnel");
  assert_way (f, 0, "2001:db8:ffff::1", "tunnel");
  assert_way (f, 0, "192.168.7.77", "uplink");
}

/* A tunnel without an IPv6 address carries no IPv6, but neither does IPv6 go around it. */
static void
test_full_without_ipv6_address (Fixture *f, gconstpointer data)
{
  ClientCase c = full_case;

  c.ipv6 = NULL;
  apply_client (f, &c);
  assert_warning ("no-ipv6: the tunnel carries no IPv6");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "unreachable");
  assert_way (f, USER_UID, "fd00:77::77", "uplink");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* A route that contains the peer, or the network of the tunnel's address doing so, is no loop either. */
static void
test_covering (Fixture *f, gconstpointer data)
{
  static const ClientCase cases[] = {
    { "10.8.0.2/24", NULL, PEER, { "198.51.100.0/24", "10.20.0.0/16" }, WORKER_UID },
    { "198.51.100.2/24", NULL, PEER, { "10.20.0.0/16" }, WORKER_UID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    apply_client (f, &cases[i]);
    assert_way (f, WORKER_UID, PEER, "uplink");
    assert_way (f, USER_UID, PEER, "tunnel");
    assert_way (f, USER_UID, "198.51.100.77", "tunnel");
    assert_way (f, USER_UID, "10.20.1.1", "tunnel");
    assert_way (f, USER_UID, "203.0.113.1", "uplink");
    svpn_network_undo (f->network);
    close_tun (f);
    assert_as_before (f);
  }
}

/* A peer in the LAN needs no default route. */
static void
test_full_peer_in_lan (Fixture *f, gconstpointer data)
{
  ClientCase c = full_case;

  c.peer = "192.0.2.9";
  apply_client (f, &c);
  assert_way (f, WORKER_UID, "192.0.2.9", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
}

/* Whether a packet of the peer that comes in by the uplink gets to the worker. */
static gboolean
worker_hears_peer (Fixture *f)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int fd = open_socket (AF_INET, WORKER_UID);
  struct pollfd fds = { .fd = fd, .events = POLLIN };
  gboolean heard;

  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, size));
  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &address, &size));
  inject_ipv4 (f->uplink, PEER, "192.0.2.2", address.sin_port);
  heard = poll (&fds, 1, 0) == 1; /* a TUN device delivers within write() */
  close (fd);
  return heard;
}

/* @data: the interface whose rp_filter is strict */
static void
test_strict_rp_filter (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/%s/rp_filter", (const char *) data);
  fixture_look_again (f);
  g_assert_true (worker_hears_peer (f));
  apply_client (f, &full_case);
  assert_sysctl ("net/ipv4/conf/uplink/rp_filter", "2");
  g_assert_true (worker_hears_peer (f));
  netns_do ("echo %d > /proc/sys/net/ipv4/conf/uplink/rp_filter", strcmp (data, "all") == 0 ? 0 : 1);
  g_assert_false (worker_hears_peer (f)); /* so it was that */
  netns_do ("echo 2 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* The uplink stays loose until the last full tunnel is gone. */
static void
test_two_strict_rp_filter (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) first = f->network;
  int first_tun;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  fixture_look_again (f);
  apply_client (f, &full_case);
  first_tun = f->tun;
  f->network = svpn_network_new ("client-other", f->state_dir, NULL);
  f->tun = -1;
  apply_client (f, &covering_case);
  svpn_network_undo (first);
  close (first_tun);
  assert_sysctl ("net/ipv4/conf/uplink/rp_filter", "2");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_two_clients (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) first = f->network;
  int first_tun;
  ClientCase c = split_case;

  apply_client (f, &full_case);
  first_tun = f->tun;
  f->network = svpn_network_new ("client-other", f->state_dir, NULL);
  f->tun = -1;
  c.ipv4 = "10.9.0.2/24";
  c.ipv6 = NULL;
  c.routes[0] = "10.30.0.0/16";
  c.routes[1] = NULL;
  apply_client (f, &c);
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn1");
  assert_way (f, USER_UID, "10.30.1.1", "tunnel");
  svpn_network_undo (f->network);
  close (f->tun);
  f->tun = first_tun;
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (first);
  assert_as_before (f);
}

/* A tunnel without a route has no rules, and yet priorities of its own: it takes the rules of no other for its own. */
static void
test_without_rules (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) first = f->network;
  g_autoptr (GPtrArray) restored = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  ClientCase c = { .peer = PEER, .ipv4 = "10.9.0.2/24", .worker_uid = WORKER_UID, .own_routes = TRUE };
  int first_tun;

  apply_client (f, &c);
  first_tun = f->tun;
  f->network = svpn_network_new ("client-other", f->state_dir, NULL);
  f->tun = -1;
  apply_client (f, &full_case);
  g_assert_true (svpn_network_hold (first, restored, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (restored->len, ==, 0);
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (first);
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (f->network);
  close (first_tun);
  assert_as_before (f);
}

/* A route of others to the same destination is no obstacle, and stays theirs. */
static void
test_same_route_of_others (Fixture *f, gconstpointer data)
{
  netns_do ("ip route add 10.20.0.0/16 via 192.0.2.9");
  fixture_look_again (f);
  apply_client (f, &full_case);
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* Routes that a network's DHCP server puts into the main table win over nothing. */
static void
test_routes_of_a_gateway (Fixture *f, gconstpointer data)
{
  netns_do ("ip route add 0.0.0.0/1 via 192.0.2.66; ip route add 128.0.0.0/1 via 192.0.2.66;"
            "ip route add 203.0.113.0/24 dev uplink; ip route add 2000::/3 via 2001:db8::66");
  fixture_look_again (f);
  apply_client (f, &full_case);
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  assert_way (f, USER_UID, "198.18.0.1", "tunnel");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "tunnel");
  assert_way (f, USER_UID, "192.168.7.77", "uplink");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* A network that claims public addresses as its own gets no packets to them. */
static void
test_public_lan (Fixture *f, gconstpointer data)
{
  ClientCase c
      = { .ipv4 = "10.8.0.2/24", .peer = PEER, .worker_uid = WORKER_UID, .routes = { "192.0.2.128/25" } };

  apply_client (f, &full_case);
  assert_way (f, USER_UID, "192.0.2.77", "tunnel");
  assert_way (f, USER_UID, "2001:db8::77", "tunnel");
  apply_client (f, &c); /* a route into it is not left out */
  assert_way (f, USER_UID, "192.0.2.177", "tunnel");
  assert_way (f, USER_UID, "192.0.2.77", "uplink");
}

static void
test_local_networks_blocked (Fixture *f, gconstpointer data)
{
  ClientCase c = full_case;

  c.local_networks_blocked = TRUE;
  apply_client (f, &c);
  assert_way (f, USER_UID, "192.168.7.77", "tunnel");
  assert_way (f, USER_UID, "fd00:77::77", "tunnel");
}

/* What the server wishes of a network that is here, it does not get; the user does. */
static void
test_route_is_local_network (Fixture *f, gconstpointer data)
{
  ClientCase c = { .ipv4 = "192.168.7.9/24",
                   .peer = PEER,
                   .worker_uid = WORKER_UID,
                   .routes = { "192.168.7.0/24", "192.168.7.128/25", "10.20.0.0/16" } };

  apply_client (f, &c);
  assert_warnings (3, "in the network of uplink");
  assert_way (f, USER_UID, "192.168.7.77", "uplink");
  assert_way (f, USER_UID, "192.168.7.177", "uplink");
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  g_assert_cmpuint (g_strv_length ((char **) svpn_network_get_warnings (f->network)), ==, 3);
  c.own_routes = TRUE;
  apply_client (f, &c);
  assert_way (f, USER_UID, "192.168.7.77", "tunnel");
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  g_assert_cmpuint (g_strv_length ((char **) svpn_network_get_warnings (f->network)), ==, 0);
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* A server that assigns 8.8.8.9/8 takes no more than the profile's routes allow. */
static void
test_own_routes (Fixture *f, gconstpointer data)
{
  ClientCase c = { .ipv4 = "8.8.8.9/8",
                   .peer = PEER,
                   .worker_uid = WORKER_UID,
                   .own_routes = TRUE,
                   .routes = { "10.20.0.0/16" } };

  apply_client (f, &c);
  assert_way (f, USER_UID, "8.1.1.1", "uplink");
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  ADD_TEST ("client/split", NULL, test_split);
  ADD_TEST ("client/full", NULL, test_full);
  ADD_TEST ("client/full/over-ipv6", NULL, test_full_over_ipv6);
  ADD_TEST ("client/full/without-uplink", NULL, test_full_without_uplink);
  ADD_TEST ("client/full/worker-is-root", NULL, test_full_worker_is_root);
  ADD_TEST ("client/full/without-ipv6-address", NULL, test_full_without_ipv6_address);
  ADD_TEST ("client/full/peer-in-lan", NULL, test_full_peer_in_lan);
  ADD_TEST ("client/covering", NULL, test_covering);
  ADD_TEST ("client/strict-rp-filter/uplink", "uplink", test_strict_rp_filter);
  ADD_TEST ("client/strict-rp-filter/all", "all", test_strict_rp_filter);
  ADD_TEST ("client/strict-rp-filter/two", NULL, test_two_strict_rp_filter);
  ADD_TEST ("client/two", NULL, test_two_clients);
  ADD_TEST ("client/without-rules", NULL, test_without_rules);
  ADD_TEST ("client/same-route-of-others", NULL, test_same_route_of_others);
  ADD_TEST ("client/routes-of-a-gateway", NULL, test_routes_of_a_gateway);
  ADD_TEST ("client/public-lan", NULL, test_public_lan);
  ADD_TEST ("client/local-networks-blocked", NULL, test_local_networks_blocked);
  ADD_TEST ("client/route-is-local-network", NULL, test_route_is_local_network);
  ADD_TEST ("client/own-routes", NULL, test_own_routes);
  return g_test_run ();
}

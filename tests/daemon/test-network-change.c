/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's network is changed while it is in use: what the kernel is asked for, and in which order. */
#include "network-fixture.h"
#include "netlink.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

/* --- What the kernel tells of changes --- */

static int
open_monitor (void)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK };
  static const int groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
                                RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    g_assert_no_errno (setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof groups[i]));
  return fd;
}

/* "+4r" for a new IPv4 route of ours, "-6a" for an IPv6 address that is gone, "u" for rules; "" for what does not
 * count: the kernel's own routes, and new IPv6 addresses, of which it tells in its own time. */
static const char *
describe (const struct nlmsghdr *message, char text[4])
{
  const struct rtmsg *body = NLMSG_DATA (message); /* all begin with the family */
  char kind = message->nlmsg_type >= RTM_NEWRULE ? 'u' : message->nlmsg_type >= RTM_NEWROUTE ? 'r' : 'a';

  if ((kind == 'r' && body->rtm_protocol != SVPN_ROUTE_PROTOCOL)
      || (message->nlmsg_type == RTM_NEWADDR && body->rtm_family == AF_INET6))
    return "";
  text[0] = message->nlmsg_type % 4 == 0 ? '+' : '-';
  text[1] = body->rtm_family == AF_INET ? '4' : '6';
  text[2] = kind;
  text[3] = '\0';
  return text;
}

/* All of it since the last call; a run of the same is told once. The kernel has told when it has done. */
static char *
read_monitor (int fd)
{
  g_autoptr (GString) told = g_string_new (NULL);
  char last[4] = "";
  union {
    struct nlmsghdr message;
    char bytes[32768];
  } buffer;
  ssize_t size;

  while ((size = recv (fd, &buffer, sizeof buffer, 0)) > 0) {
    guint left = (guint) size;

    for (struct nlmsghdr *message = &buffer.message; NLMSG_OK (message, left);
         message = NLMSG_NEXT (message, left)) {
      char text[4];
      const char *word = describe (message, text);

      if (*word == '\0' || strcmp (word, last) == 0)
        continue;
      g_string_append_printf (told, "%s%s", told->len > 0 ? " " : "", word);
      g_strlcpy (last, word, sizeof last);
    }
  }
  g_assert_cmpint (errno, ==, EAGAIN);
  return g_string_free (g_steal_pointer (&told), FALSE);
}

/* --- Changes --- */

#define CLIENT(address4, address6, far, uid, ...)                                                            \
  {                                                                                                          \
    .ipv4 = address4, .ipv6 = address6, .peer = far, .worker_uid = uid, .routes = { __VA_ARGS__ }            \
  }
#define A4 "10.8.0.2/24"
#define A6 "fd00:8::2/64"
#define FULL "0.0.0.0/0", "::/0"

typedef struct {
  const char *name;
  ClientCase before, after;
  const char *told;
  const char *way4, *way6; /* of a user's packets to the Internet */
} Change;

/* clang-format off */
static const Change changes[] = {
  { "nothing", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, PEER, WORKER_UID, FULL), "", "tunnel", "tunnel" },
  { "peer", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, "198.51.100.9", WORKER_UID, FULL), "", "tunnel", "tunnel" },
  { "peer-of-other-family", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, "2001:db8:ffff::9", WORKER_UID, FULL), "", "tunnel", "tunnel" },
  { "peer-of-root", CLIENT (A4, A6, PEER, 0, FULL),
    CLIENT (A4, A6, "198.51.100.9", 0, FULL), "+4u -4u", "tunnel", "tunnel" },
  /* The kernel tells of the address that takes the first one's place. */
  { "address-of-same-network", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT ("10.8.0.9/24", "fd00:8::9/64", PEER, WORKER_UID, FULL), "+4a -4a +4a -6a", "tunnel", "tunnel" },
  { "address-of-other-network", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT ("10.9.0.2/24", "fd00:9::2/64", PEER, WORKER_UID, FULL), "+4a +4r +6r -4r -6r -4a -6a", "tunnel", "tunnel" },
  { "route-more", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, PEER, WORKER_UID, FULL, "10.20.0.0/16"), "+4r", "tunnel", "tunnel" },
  { "route-less", CLIENT (A4, A6, PEER, WORKER_UID, FULL, "10.20.0.0/16"),
    CLIENT (A4, A6, PEER, WORKER_UID, FULL), "-4r", "tunnel", "tunnel" },
  { "no-ipv6", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, NULL, PEER, WORKER_UID, FULL), "+6r -6r -6a", "tunnel", "unreachable" },
  { "ipv6", CLIENT (A4, NULL, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, PEER, WORKER_UID, FULL), "+6r", "tunnel", "tunnel" },
  { "split-to-full", CLIENT (A4, A6, PEER, WORKER_UID, "10.20.0.0/16"),
    CLIENT (A4, A6, PEER, WORKER_UID, FULL), "+4r +6r +4r +6r -4r", "tunnel", "tunnel" },
  { "full-to-split", CLIENT (A4, A6, PEER, WORKER_UID, FULL),
    CLIENT (A4, A6, PEER, WORKER_UID, "10.20.0.0/16"), "+4r -4r -6r", "uplink", "uplink" },
  { "peer-in-a-route", CLIENT (A4, A6, PEER, WORKER_UID, "203.0.113.0/24"),
    CLIENT (A4, A6, "203.0.113.77", WORKER_UID, "203.0.113.0/24"), "", "tunnel", "uplink" },
};
/* clang-format on */

/* The addresses of the device, and no others. */
static void
assert_addresses (const ClientCase *c)
{
  g_autofree char *addresses = netns_run ("ip -o addr show svpn0 | awk '{ printf \" %%s\", $4 }'");
  g_autofree char *expected = g_strconcat (" ", c->ipv4, c->ipv6 ? " " : NULL, c->ipv6, NULL);

  g_assert_cmpstr (addresses, ==, expected);
}

static void
test_change (Fixture *f, gconstpointer data)
{
  const Change *change = data;
  g_autofree char *ignored = NULL, *told = NULL;
  int monitor;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  fixture_look_again (f);
  monitor = open_monitor ();
  apply_client (f, &change->before);
  ignored = read_monitor (monitor);
  apply_client (f, &change->after);
  told = read_monitor (monitor);
  g_assert_cmpstr (told, ==, change->told);
  if (!change->before.ipv6 || !change->after.ipv6)
    assert_warning ("no-ipv6: the tunnel carries no IPv6");
  close (monitor);
  assert_addresses (&change->after);
  assert_way (f, USER_UID, "203.0.113.1", change->way4);
  assert_way (f, USER_UID, "2001:db8:ffff::1", change->way6);
  if (change->after.worker_uid != 0)
    assert_way (f, WORKER_UID, change->after.peer, "uplink");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* The kernel takes IPv6 from a link of less than 1280 bytes: what was to go through the tunnel must not go around
 * it. */
static void
test_small_mtu (Fixture *f, gconstpointer data)
{
  ClientCase narrow = full_case;
  g_autofree char *ignored = NULL, *told = NULL;
  int monitor = open_monitor ();

  apply_client (f, &full_case);
  ignored = read_monitor (monitor);
  narrow.mtu = 1000;
  apply_client (f, &narrow);
  assert_warnings (2, "no-ipv6");
  told = read_monitor (monitor);
  g_assert_cmpstr (told, ==, "+6r -6r -6a");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "unreachable");
  netns_do ("ip -o link show svpn0 | grep -q 'mtu 1000'");

  apply_client (f, &full_case);
  assert_way (f, USER_UID, "2001:db8:ffff::1", "tunnel");
  assert_addresses (&full_case); /* and no link-local one */
  close (monitor);
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* All at once. */
static void
test_apply_again (Fixture *f, gconstpointer data)
{
  ClientCase c = split_case;
  g_autofree char *addresses = NULL;

  apply_client (f, &full_case);
  c.ipv4 = "10.9.0.7/24";
  apply_client (f, &c);
  addresses = netns_run ("ip -o -4 addr show svpn0");
  g_assert_nonnull (strstr (addresses, "10.9.0.7/24"));
  g_assert_null (strstr (addresses, "10.8.0.2"));
  assert_way (f, USER_UID, "10.9.0.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "uplink");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *path = g_strconcat ("/network/change/", changes[i].name, NULL);

    g_test_add (path, Fixture, &changes[i], fixture_set_up, test_change, fixture_tear_down);
  }
  ADD_TEST ("change/small-mtu", NULL, test_small_mtu);
  ADD_TEST ("change/all", NULL, test_apply_again);
  return g_test_run ();
}

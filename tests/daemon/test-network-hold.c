/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What other programs do to the network of a tunnel: it is as before within a second, and we say what was gone. */
#include "network-fixture.h"
#include "error.h"
#include "lockdown.h"

#include <string.h>
#include <unistd.h>

#define DEADLINE_MS 1000

typedef enum {
  CLIENT = 1 << 0, /* the server's routes */
  SPLIT = 1 << 1,  /* the profile's own */
  FULL = 1 << 2,
  SERVER = 1 << 3,
  CLIENTS = CLIENT | SPLIT | FULL,
  ALL = CLIENTS | SERVER
} Kind;

typedef struct {
  const char *name;
  Kind kinds;
  const char *command; /* T, P are the tunnel's table and priority */
  const char *told;    /* NULL: nothing was taken away */
} Meddling;

#define T "table $T"
#define MAIN4                                                                                                \
  "ip rule add pref 32766 lookup main proto kernel; ip rule add pref 32767 lookup default proto kernel"

/* clang-format off */
static const Meddling meddlings[] = {
  { "flush of the IPv4 rules", CLIENTS, "ip rule flush; " MAIN4 "", "IPv4 rule" },
  { "flush of the IPv6 rules", CLIENTS, "ip -6 rule flush; ip -6 rule add pref 32766 lookup main proto kernel", "IPv6 rule" },
  { "the workers' rule", CLIENTS, "ip rule del pref $P uidrange 4711-4711", "IPv4 rule" },
  { "the workers' IPv6 rule", CLIENTS, "ip -6 rule del pref $P uidrange 4711-4711", "IPv6 rule" },
  { "the rule of the table", CLIENTS, "ip rule del pref $((P + 1))", "IPv4 rule" },
  { "the IPv6 rule of the table", CLIENTS, "ip -6 rule del pref $((P + 1))", "IPv6 rule" },
  { "the last rule", CLIENTS, "ip rule del pref $((P + 7))", "IPv4 rule" },
  { "the default route", FULL, "ip route del default dev svpn0 " T, "route 0.0.0.0/0" },
  { "the IPv6 default route", FULL, "ip -6 route del default dev svpn0 " T, "route ::/0" },
  { "what is behind the default route", FULL, "ip route del unreachable default " T, "route 0.0.0.0/0" },
  { "a route", CLIENTS, "ip route del 10.20.0.0/16 dev svpn0 " T, "route 10.20.0.0/16" },
  { "the route to the tunnel's network", CLIENT | FULL, "ip route del 10.8.0.0/24 dev svpn0 " T, "route 10.8.0.0/24" },
  { "the route to the pool", SERVER, "ip route del 10.8.0.0/24 dev svpn0", "route 10.8.0.0/24" },
  { "the IPv6 route to the pool", SERVER, "ip -6 route del fd00:8::/64 dev svpn0", "route fd00:8::/64" },
  { "all IPv4 routes of the table", CLIENTS, "ip route flush " T, "route 10.20.0.0/16" },
  { "all IPv6 routes of the table", CLIENTS, "ip -6 route flush " T, "route fd00:" },
  { "a route replaced", CLIENTS, "ip route replace 10.20.0.0/16 via 192.0.2.1 " T, "route 10.20.0.0/16" },
  { "a route around the tunnel", FULL, "ip route add 203.0.113.0/24 via 192.0.2.1 " T, "added route 203.0.113.0/24" },
  { "all our routes", ALL, "ip route flush table all proto 83", "route 10." },
  { "the address", ALL, "ip addr del $A4 dev svpn0", "address 10.8.0." },
  { "the IPv6 address", ALL, "ip addr del $A6 dev svpn0", "address fd00:8::" },
  { "all addresses", ALL, "ip addr flush dev svpn0", "address 10.8.0." },
  { "another address", ALL, "ip addr add 10.99.0.1/24 dev svpn0", "added address 10.99.0.1/24" },
  { "the link down", ALL, "ip link set svpn0 down", "svpn0 up" },
  { "the link down and up", ALL, "ip link set svpn0 down; ip link set svpn0 up", "address fd00:8::" },
  { "the MTU", ALL, "ip link set svpn0 mtu 9000", "the MTU of svpn0" },
  { "a small MTU", ALL, "ip link set svpn0 mtu 600", "address fd00:8::" },
  { "IPv6 off and on at the link", ALL,
    "echo 1 > /proc/sys/net/ipv6/conf/svpn0/disable_ipv6; echo 0 > /proc/sys/net/ipv6/conf/svpn0/disable_ipv6",
    "address fd00:8::" },
  { "flush ruleset", SERVER, "nft flush ruleset", "nftables table" },
  { "a chain of the firewall", SERVER, "nft flush chain inet smartvpn_client_test forward", "nftables table" },
  { "the masquerading", SERVER, "nft flush chain inet smartvpn_client_test postrouting", "nftables table" },
  { "a rule more in our firewall", SERVER, "nft insert rule inet smartvpn_client_test forward accept", "nftables table" },
  { "the table of the firewall", SERVER, "nft delete table inet smartvpn_client_test", "nftables table" },
  { "IPv4 forwarding", SERVER, "echo 0 > /proc/sys/net/ipv4/ip_forward", "kernel setting net/ipv4/ip_forward" },
  { "IPv6 forwarding", SERVER, "echo 0 > /proc/sys/net/ipv6/conf/all/forwarding", "kernel setting net/ipv6/conf/all/forwarding" },
  { "rp_filter of the uplink", FULL, "echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter", "kernel setting net/ipv4/conf/uplink/rp_filter" },
  { "everything at once", ALL, "ip rule flush; " MAIN4 "; ip route flush table all proto 83; "
    "ip addr flush dev svpn0; ip link set svpn0 down; nft flush ruleset", "svpn0 up" },
};
/* clang-format on */

typedef struct {
  Fixture *f;
  GMainLoop *loop;
  GString *told;
  gboolean over;
} Witness;

static void
on_restored (const char *const *what, gpointer user_data)
{
  Witness *witness = user_data;
  g_autofree char *text = g_strjoinv (", ", (char **) what);

  g_string_append_printf (witness->told, "%s; ", text);
}

static void
on_changed (gpointer user_data)
{
}

static void
on_way_changed (gboolean reachable, gpointer user_data)
{
}

static const SvpnNetworkEvents events = {
  .restored = on_restored, .changed = on_changed, .device_lost = on_changed, .way_changed = on_way_changed
};

/* All that we hold; IPv6 in a fixed order. */
static char *
look (void)
{
  return netns_run (
      "ip rule | sort; ip -6 rule | sort; ip route show table all | grep -v '^broadcast' | sort;"
      "ip -6 route show table all | grep -v anycast | sort; ip -o addr show svpn0 | sort;"
      "ip -o link show svpn0; nft -s list ruleset; cd /proc/sys/net;"
      "grep . ipv4/ip_forward ipv4/conf/*/rp_filter ipv6/conf/all/forwarding ipv6/conf/*/accept_ra");
}

static gboolean
on_deadline (gpointer user_data)
{
  Witness *witness = user_data;

  witness->over = TRUE;
  return G_SOURCE_REMOVE;
}

static char *
wait_until_as (Witness *witness, const char *before)
{
  guint source = g_timeout_add (DEADLINE_MS, on_deadline, witness);
  g_autofree char *now = NULL;

  do {
    g_main_context_iteration (NULL, TRUE);
    g_free (now);
    now = look ();
  } while (strcmp (now, before) != 0 && !witness->over);
  if (!witness->over)
    g_source_remove (source);
  return g_steal_pointer (&now);
}

static void
set_up_kind (Fixture *f, Kind kind)
{
  ClientCase own_routes = split_case;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  fixture_look_again (f);
  own_routes.own_routes = TRUE;
  if (kind == SERVER)
    apply_server (f, TRUE);
  else
    apply_client (f, kind == FULL ? &full_case : kind == SPLIT ? &own_routes : &split_case);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct {
  const Meddling *meddling;
  Kind kind;
} Case;

static void
test_meddling (Fixture *f, gconstpointer data)
{
  const Case *c = data;
  Witness witness = { .f = f, .told = g_string_new (NULL) };
  g_autofree char *before = NULL, *after = NULL;

  svpn_network_watch (f->network, &events, &witness);
  set_up_kind (f, c->kind);
  settle ();
  before = look ();
  netns_do ("T=$(ip rule | sed -n 's/.*lookup \\([0-9]\\{6,\\}\\).*/\\1/p;'); P=$(ip rule | sed -n "
            "'s/^\\([0-9]*\\):.*uidrange 4711-4711.*/\\1/p');"
            "A4=%s; A6=%s; %s",
            c->kind == SERVER ? "10.8.0.1/24" : "10.8.0.2/24",
            c->kind == SERVER ? "fd00:8::1/64" : "fd00:8::2/64", c->meddling->command);
  after = wait_until_as (&witness, before);
  g_assert_cmpstr (after, ==, before);
  if (!strstr (witness.told->str, c->meddling->told))
    g_error ("'%s' is not in what was told: '%s'", c->meddling->told, witness.told->str);
  forget_warnings ();
  svpn_network_undo (f->network);
  assert_as_before (f);
  g_string_free (witness.told, TRUE);
}

/* What comes to the machine later, and goes, the tunnel follows, and says nothing of restoring. */
static void
test_networks_come_and_go (Fixture *f, gconstpointer data)
{
  Witness witness = { .f = f, .told = g_string_new (NULL) };
  g_autofree char *before = NULL, *after = NULL;

  svpn_network_watch (f->network, &events, &witness);
  apply_client (f, &full_case);
  settle ();
  before = look ();
  assert_way (f, USER_UID, "172.17.0.9", "tunnel");
  netns_do ("ip link add docker0 type veth peer name container; ip addr add 172.17.0.1/16 dev docker0;"
            "ip link set docker0 up; ip link set container up");
  for (guint source = g_timeout_add (DEADLINE_MS, on_deadline, &witness); !witness.over;) {
    g_autofree char *routes = netns_run ("ip route show table all proto 83 172.17.0.0/16");

    if (strstr (routes, "dev docker0")) {
      g_source_remove (source);
      break;
    }
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_false (witness.over);
  netns_do ("ip link del docker0");
  after = wait_until_as (&witness, before);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (witness.told->str, ==, "");
  assert_way (f, USER_UID, "172.17.0.9", "tunnel");
  g_string_free (witness.told, TRUE);
}

/* Under another name it is ours still, and goes at the end. */
static void
test_renamed (Fixture *f, gconstpointer data)
{
  Witness witness = { .f = f, .told = g_string_new (NULL) };

  svpn_network_watch (f->network, &events, &witness);
  apply_server (f, TRUE);
  settle ();
  netns_do ("ip link set svpn0 down; ip link set svpn0 name office; ip link set office up");
  for (guint source = g_timeout_add (DEADLINE_MS, on_deadline, &witness); !witness.over;) {
    g_autofree char *ruleset = netns_run ("nft list ruleset; ip -6 addr show dev office");

    if (strstr (ruleset, "\"office\"") && strstr (ruleset, "fd00:8::1/64")) {
      g_source_remove (source);
      break;
    }
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "office");
  forget_warnings ();
  svpn_network_undo (f->network);
  assert_as_before (f);
  g_string_free (witness.told, TRUE);
}

/* Somebody fights us: we say so once and rest, and a call to look, as of Reload(), counts nevertheless. */
static void
test_fight (Fixture *f, gconstpointer data)
{
  Witness witness = { .f = f, .told = g_string_new (NULL) };
  g_autofree char *before = NULL, *after = NULL;

  svpn_network_watch (f->network, &events, &witness);
  apply_client (f, &split_case);
  settle ();
  before = look ();
  for (guint round = 0; round < 22; round++) {
    netns_do ("ip rule del uidrange 4711-4711");
    svpn_network_check (f->network);
    if (round == 19)
      assert_warnings (20, "restored what another program had changed: IPv4 rule");
    else if (round == 20)
      assert_warning ("again and again");
  }
  after = look ();
  g_assert_cmpstr (after, ==, before);
  forget_warnings ();
  g_string_free (witness.told, TRUE);
}

/* To the kernel, rules that differ in their target alone are one rule: the first look mends them, as at an upgrade from a
 * smartvpnd whose rules had another target. */
static void
test_other_target (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  apply_client (f, &full_case);
  before = look ();
  netns_do ("P=$(ip rule | sed -n 's/^\\([0-9]*\\):.*uidrange 4711-4711.*/\\1/p');"
            "for family in -4 -6; do ip $family rule del pref $P uidrange 4711-4711;"
            "ip $family rule add pref $P uidrange 4711-4711 goto 32766 proto 83; done");
  apply_client (f, &full_case); /* as an adoption does */
  after = look ();
  g_assert_cmpstr (after, ==, before);
  forget_warnings ();
}

/* The packets of a worker that runs as root cannot be told from all others of root's, which would then leave in the clear. */
static void
test_lockdown_of_root (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnLockdown) lockdown = svpn_lockdown_new (f->state_dir, "client-test");
  g_autoptr (GError) error = NULL;

  g_assert_false (svpn_lockdown_close (lockdown, 0, TRUE, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED);
  g_assert_false (svpn_lockdown_is_closed (lockdown));
  assert_as_before (f);
}

int
main (int argc, char **argv)
{
  static const struct {
    Kind kind;
    const char *name;
  } kinds[] = { { CLIENT, "client" }, { SPLIT, "split" }, { FULL, "full" }, { SERVER, "server" } };

  netns_test_init (&argc, &argv);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize i = 0; i < G_N_ELEMENTS (meddlings); i++) {
      g_autofree char *path = g_strdup_printf ("/network/hold/%s/%s", kinds[k].name, meddlings[i].name);
      Case *c = g_new0 (Case, 1);

      *c = (Case){ &meddlings[i], kinds[k].kind };
      if (meddlings[i].kinds & kinds[k].kind)
        g_test_add (g_strdelimit (path, " ", '-'), Fixture, g_steal_pointer (&c), fixture_set_up,
                    test_meddling, fixture_tear_down);
      g_free (c);
    }
  ADD_TEST ("hold/networks-come-and-go", NULL, test_networks_come_and_go);
  ADD_TEST ("hold/renamed", NULL, test_renamed);
  ADD_TEST ("hold/other-target", NULL, test_other_target);
  ADD_TEST ("hold/lockdown-of-root", NULL, test_lockdown_of_root);
  ADD_TEST ("hold/fight", NULL, test_fight);
  return g_test_run ();
}

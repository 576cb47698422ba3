/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes of a client's tunnel, and the rules that keep the tunnel's own traffic out of it.
 *
 * How it works
 *
 * The tunnel is itself a TCP connection to the peer, and its packets must go by the uplink, else they would run
 * around in the tunnel for ever. A route is "covering" if it would catch them: a default route, or one that contains
 * the peer's address. All others go into the main table, and no more is needed.
 *
 * Covering routes go into a table of the tunnel's own, and four rules, at priorities P to P+3, say who looks there
 * (P and the table's number come from a hash of the tunnel's id):
 *
 *   P    packets of the worker's user: go on at P+3      the worker sees the network as if we were not there
 *   P+1  look in main, but not at its default route      the LAN, and routes set by hand, stay direct
 *   P+2  look in the tunnel's table                      all else goes through the tunnel
 *   P+3  nothing                                         where P leads
 *
 * Because P skips our table rather than looking in main, a worker whose uplink is gone gets "network is unreachable"
 * at once, instead of sending its connection attempts into its own tunnel. A worker that runs as root (development)
 * cannot be told from the rest of the system by its user; then P is for packets to the peer.
 *
 * Nothing here has to follow the network: when the uplink changes, main changes, and the worker's packets with it.
 *
 * Reverse path filtering (IPv4): the kernel may drop a packet that comes in by another interface than the one by which
 * it would answer. It asks for that route without knowing whose socket the packet is for, so for packets from the peer
 * the answer is the tunnel, and in strict mode (effective rp_filter, the larger of the interface's and that of "all",
 * is 1) the worker would hear nothing any more. The uplink therefore goes to loose mode (2) while the rules are there.
 *
 * A covering route of a family in which the tunnel has no address cannot carry anything, but the traffic that it
 * was to catch must not go around the tunnel: the route becomes "unreachable", so that programs fall back to the
 * other family at once. */
#include "routing.h"

#include "sysctl.h"

#include <net/if.h>

#define MAIN_TABLE 254
#define TABLE_BASE 0x53560000u
#define PRIORITY_BASE 16000u
#define PRIORITY_SLOTS 4096u /* the last is below 32766, where main is looked up */

G_STATIC_ASSERT (PRIORITY_BASE + PRIORITY_SLOTS * SVPN_ROUTING_PRIORITIES <= 32766);

static guint16
hash (const char *id)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);

  digest[4] = '\0';
  return (guint16) g_ascii_strtoull (digest, NULL, 16);
}

guint32
svpn_routing_table (const char *id)
{
  return TABLE_BASE | hash (id);
}

guint32
svpn_routing_priority (const char *id)
{
  return PRIORITY_BASE + hash (id) % PRIORITY_SLOTS * SVPN_ROUTING_PRIORITIES;
}

gboolean
svpn_routing_is_covering (const SvpnClientNetwork *config, const SvpnPrefix *route)
{
  return route->prefix == 0 || svpn_prefix_contains (route, &config->peer);
}

/* The networks of @family that are to go through the tunnel, each once: that of its address, and the routes. */
static GArray *
collect_routes (const SvpnClientNetwork *config, int family)
{
  const SvpnPrefix *address = family == AF_INET ? &config->ipv4 : &config->ipv6;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GArray *routes = g_array_new (FALSE, FALSE, sizeof (SvpnPrefix));

  for (gsize i = 0; i <= config->n_routes; i++) {
    SvpnPrefix route = i == 0 ? *address : config->routes[i - 1];

    if (route.family != family)
      continue;
    svpn_prefix_mask (&route);
    if (g_hash_table_add (seen, svpn_prefix_to_string (&route)))
      g_array_append_val (routes, route);
  }
  return routes;
}

static gboolean
add_rules (SvpnNetlink *netlink, const SvpnClientNetwork *config, int family, guint32 table, guint32 first,
           GError **error)
{
  gboolean by_uid = config->worker_uid != 0;
  SvpnPrefix peer = config->peer;
  SvpnRule escape = { .family = family, .priority = first, .go_to = first + 3 };
  SvpnRule direct
      = { .family = family, .priority = first + 1, .table = MAIN_TABLE, .suppress_default = TRUE };
  SvpnRule tunnel = { .family = family, .priority = first + 2, .table = table };
  SvpnRule end = { .family = family, .priority = first + 3 };

  peer.prefix = family == AF_INET ? 32 : 128;
  escape.uid = by_uid ? &config->worker_uid : NULL;
  escape.to = by_uid ? NULL : &peer;
  if (!svpn_netlink_rule_add (netlink, &end, error))
    return FALSE;
  if ((by_uid || peer.family == family) && !svpn_netlink_rule_add (netlink, &escape, error))
    return FALSE;
  return svpn_netlink_rule_add (netlink, &direct, error) && svpn_netlink_rule_add (netlink, &tunnel, error);
}

static guint64
read_number (const char *key)
{
  g_autofree char *text = svpn_sysctl_read (key);

  return text ? g_ascii_strtoull (text, NULL, 10) : 0;
}

/* To be called before the rules are there. */
static gboolean
loosen_uplink (SvpnNetlink *netlink, const SvpnClientNetwork *config, const char *id, const char *record_dir,
               GError **error)
{
  g_autoptr (GError) no_route = NULL;
  g_autofree char *key = NULL;
  char name[IF_NAMESIZE];
  guint uplink;
  gboolean strict;

  if (config->peer.family != AF_INET)
    return TRUE;
  uplink = svpn_netlink_route_get (netlink, &config->peer, config->worker_uid, &no_route);
  if (!uplink || !if_indextoname (uplink, name)) {
    g_warning ("The uplink is unknown: %s", no_route ? no_route->message : "it is gone");
    return TRUE;
  }
  key = g_strdup_printf ("net/ipv4/conf/%s/rp_filter", name);
  strict = MAX (read_number (key), read_number ("net/ipv4/conf/all/rp_filter")) == 1;
  if (!strict && !svpn_sysctl_is_held (record_dir, key)) /* held: another tunnel has loosened it */
    return TRUE;
  return svpn_sysctl_acquire (record_dir, id, key, "2", error);
}

static gboolean
add_route (SvpnNetlink *netlink, const SvpnClientNetwork *config, const SvpnPrefix *route, const char *id,
           guint ifindex, GError **error)
{
  gboolean covering = svpn_routing_is_covering (config, route);
  gboolean has_address = (route->family == AF_INET ? config->ipv4 : config->ipv6).family != 0;
  g_autofree char *text = svpn_prefix_to_string (route);

  if (!has_address && !covering) {
    g_warning ("Route %s is left out: the tunnel has no address of its family", text);
    return TRUE;
  }
  return svpn_netlink_route_add (netlink, route, has_address ? ifindex : 0,
                                 covering ? svpn_routing_table (id) : MAIN_TABLE, error);
}

/* @full: set to TRUE if there is a covering route. */
static gboolean
add_routes (SvpnNetlink *netlink, const SvpnClientNetwork *config, int family, const char *id, guint ifindex,
            gboolean *full, GError **error)
{
  g_autoptr (GArray) routes = collect_routes (config, family);

  for (guint i = 0; i < routes->len; i++) {
    const SvpnPrefix *route = &g_array_index (routes, SvpnPrefix, i);

    *full |= svpn_routing_is_covering (config, route);
    if (!add_route (netlink, config, route, id, ifindex, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
svpn_routing_apply (SvpnNetlink *netlink, const SvpnClientNetwork *config, gboolean ipv6, const char *id,
                    const char *record_dir, guint ifindex, GError **error)
{
  guint32 table = svpn_routing_table (id);
  guint32 priority = svpn_routing_priority (id);
  gboolean full4 = FALSE, full6 = FALSE;

  if (!add_routes (netlink, config, AF_INET, id, ifindex, &full4, error)
      || (ipv6 && !add_routes (netlink, config, AF_INET6, id, ifindex, &full6, error)))
    return FALSE;
  if (full4 && !loosen_uplink (netlink, config, id, record_dir, error))
    return FALSE;
  return (!full4 || add_rules (netlink, config, AF_INET, table, priority, error))
         && (!full6 || add_rules (netlink, config, AF_INET6, table, priority, error));
}

void
svpn_routing_undo (SvpnNetlink *netlink, guint ifindex, guint32 table, guint32 priority)
{
  static const int families[] = { AF_INET6, AF_INET };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autoptr (GError) routes_error = NULL;
    g_autoptr (GError) rules_error = NULL;

    if (!svpn_netlink_route_flush (netlink, families[i], table, ifindex, &routes_error))
      g_warning ("%s", routes_error->message);
    if (!svpn_netlink_rule_flush (netlink, families[i], priority, priority + SVPN_ROUTING_PRIORITIES - 1,
                                  &rules_error))
      g_warning ("%s", rules_error->message);
  }
}

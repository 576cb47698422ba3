/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes and rules of a client's tunnel.
 *
 * How it works
 *
 * All routes are in a table T of the tunnel's own, where they collide with nobody's. Rules say who looks there; they
 * come before the rule of the main table, so that no route which a network's DHCP server puts there wins:
 *
 *   P    packets of workers: go on at P+7   they see the network as if we were not there
 *   P+1  look in T                          all else
 *   P+7  nothing                            where P leads
 *
 * A tunnel's own TCP connection must not run around in it for ever, hence P, whatever the routes are: the server may
 * move. Because P skips T rather than looking in main, a worker whose uplink is gone gets "network is unreachable" at
 * once. A worker that runs as root (development) cannot be told from the rest of the system by its user; then P is for
 * packets to the peer. The last tunnel's rules come first. P of each tunnel also lets the workers of the earlier ones
 * pass: else two full tunnels would carry each other.
 *
 * Networks at other links (LAN, docker0, another tunnel) stay reachable by copies of their routes in T. They name the
 * device, so with the link goes the copy, and nothing goes to another uplink. Only private networks get this, else a
 * network that claims the addresses of a public server would get its traffic. Routes that the server wishes into such a
 * network are left out; the user's own win.
 *
 * Behind each route there is an "unreachable" one to the same destination: the kernel takes a route along with its device, or
 * when somebody sets that down, and until it is back nothing must go around the tunnel.
 *
 * A default route of a family in which the tunnel has no address cannot carry anything, but the traffic that it was to
 * catch must not go around the tunnel: the route becomes "unreachable", so that programs fall back to the other family
 * at once. */
#include "routing.h"
#include "netlink.h"

#include <string.h>

#define TABLE_BASE 0x53560000u
#define NEARLY_ALL 3 /* prefix length: 2000::/3 is all of the IPv6 Internet */
#define IPV6_METRIC 1024
#define FALLBACK_METRIC 1000000
#define LOOKUP 1
#define END (SVPN_ROUTING_PRIORITIES - 1)

guint32
svpn_routing_table (const char *id)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);

  digest[4] = '\0';
  return TABLE_BASE | (guint32) g_ascii_strtoull (digest, NULL, 16);
}

guint32
svpn_routing_priority (guint32 lowest)
{
  guint32 blocks = (lowest - SVPN_ROUTING_PRIORITY_FIRST) / SVPN_ROUTING_PRIORITIES;

  if (blocks == 0) /* 1250 tunnels later */
    return SVPN_ROUTING_PRIORITY_LAST + 1 - SVPN_ROUTING_PRIORITIES;
  return SVPN_ROUTING_PRIORITY_FIRST + (blocks - 1) * SVPN_ROUTING_PRIORITIES;
}

gboolean
svpn_routing_is_default (const SvpnPrefix *route)
{
  return route->prefix <= NEARLY_ALL;
}

static gboolean
is_same_network (const SvpnPrefix *one, const SvpnPrefix *other)
{
  return one->prefix == other->prefix && svpn_prefix_contains (one, other);
}

static gboolean
is_inside (const SvpnPrefix *inner, const SvpnPrefix *outer)
{
  return inner->prefix >= outer->prefix && svpn_prefix_contains (outer, inner);
}

/* The network at another link that @route would reach into. */
static const SvpnRoute *
find_local (const SvpnRoutingScene *scene, const SvpnPrefix *route)
{
  for (guint i = 0; scene->config->local_networks && i < scene->networks->len; i++) {
    const SvpnRoute *network = &g_array_index (scene->networks, SvpnRoute, i);

    if (svpn_prefix_is_private (&network->destination) && is_inside (route, &network->destination))
      return network;
  }
  return NULL;
}

static gboolean
is_wanted_already (const SvpnKernelState *wanted, const SvpnPrefix *destination)
{
  for (guint i = 0; i < wanted->routes->len; i++)
    if (is_same_network (&g_array_index (wanted->routes, SvpnRoute, i).destination, destination))
      return TRUE;
  return FALSE;
}

static void
add_route (const SvpnRoutingScene *scene, const SvpnPrefix *destination, gboolean of_user,
           SvpnKernelState *wanted, GPtrArray *warnings)
{
  const SvpnClientNetwork *config = scene->config;
  gboolean has_address = (destination->family == AF_INET ? config->ipv4 : config->ipv6).family != 0;
  const SvpnRoute *local = of_user ? NULL : find_local (scene, destination);
  SvpnRoute route = { *destination, scene->table, destination->family == AF_INET ? 0 : IPV6_METRIC, 0 };

  svpn_prefix_mask (&route.destination);
  g_autofree char *text = svpn_prefix_to_string (&route.destination);
  if ((destination->family == AF_INET6 && !scene->ipv6) || is_wanted_already (wanted, &route.destination))
    return;
  if (local) {
    g_autofree char *name = svpn_netlink_link_name (local->ifindex);

    g_ptr_array_add (warnings,
                     g_strdup_printf ("route-left-out: %s is not reached through the tunnel, since it is in "
                                      "the network of %s; name it in the profile's routes if it should be",
                                      text, name));
    return;
  }
  if (!has_address && !svpn_routing_is_default (destination)) {
    g_ptr_array_add (
        warnings,
        g_strdup_printf ("route-left-out: %s is not reached through the tunnel, which has no %s address",
                         text, destination->family == AF_INET ? "IPv4" : "IPv6"));
    return;
  }
  route.ifindex = has_address ? scene->ifindex : 0;
  g_array_append_val (wanted->routes, route);
  if (has_address) {
    route.ifindex = 0;
    route.metric = FALLBACK_METRIC;
    g_array_append_val (wanted->routes, route);
  }
}

/* What the profile or the server names; without own routes of the profile, the network of the tunnel, too. Of that, DNS
 * servers are reached in any case. */
static void
add_routes (const SvpnRoutingScene *scene, SvpnKernelState *wanted, GPtrArray *warnings)
{
  const SvpnClientNetwork *config = scene->config;
  const SvpnPrefix *own[] = { &config->ipv4, &config->ipv6 };

  for (gsize i = 0; i < config->n_routes; i++)
    add_route (scene, &config->routes[i], config->own_routes, wanted, warnings);
  for (gsize i = 0; i < G_N_ELEMENTS (own) && !config->own_routes; i++)
    if (own[i]->family)
      add_route (scene, own[i], FALSE, wanted, warnings);
  for (const char *const *dns = config->dns; dns && *dns && config->own_routes; dns++) {
    SvpnPrefix server;

    if (svpn_address_parse (*dns, &server)
        && svpn_prefix_contains (server.family == AF_INET ? &config->ipv4 : &config->ipv6, &server))
      add_route (scene, &server, FALSE, wanted, warnings);
  }
}

/* Copies of the routes to networks at other links that would go through the tunnel else. */
static void
add_local_networks (const SvpnRoutingScene *scene, SvpnKernelState *wanted)
{
  guint n_routes = wanted->routes->len;

  for (guint i = 0; scene->config->local_networks && i < scene->networks->len; i++) {
    SvpnRoute copy = g_array_index (scene->networks, SvpnRoute, i);
    gboolean is_covered = FALSE, is_named = FALSE;

    for (guint j = 0; j < n_routes; j++) {
      const SvpnPrefix *route = &g_array_index (wanted->routes, SvpnRoute, j).destination;

      is_covered |= is_inside (&copy.destination, route);
      is_named |= is_same_network (&copy.destination, route);
    }
    copy.table = scene->table;
    for (guint j = n_routes; j < wanted->routes->len; j++)
      is_named |= svpn_route_has_same_place (&copy, &g_array_index (wanted->routes, SvpnRoute, j));
    if (is_covered && !is_named && svpn_prefix_is_private (&copy.destination))
      g_array_append_val (wanted->routes, copy);
  }
}

static void
add_escapes (const SvpnRoutingScene *scene, SvpnRule rule, SvpnKernelState *wanted)
{
  const SvpnClientNetwork *config = scene->config;

  if (config->worker_uid == 0 && config->peer.family == rule.family) {
    SvpnRule to_peer = rule;

    to_peer.to = config->peer;
    to_peer.to.prefix = rule.family == AF_INET ? 32 : 128;
    g_array_append_val (wanted->rules, to_peer);
  }
  rule.by_uid = TRUE;
  rule.uid = config->worker_uid;
  if (rule.uid != 0)
    g_array_append_val (wanted->rules, rule);
  for (guint i = 0; scene->uids && i < scene->uids->len; i++) {
    rule.uid = g_array_index (scene->uids, uid_t, i);
    if (rule.uid != 0 && rule.uid != config->worker_uid)
      g_array_append_val (wanted->rules, rule);
  }
}

/* The order is that in which they are added: first who escapes, last who looks in T. */
static void
add_rules (const SvpnRoutingScene *scene, int family, SvpnKernelState *wanted)
{
  SvpnRule end = { .family = family, .priority = scene->priority + END };
  SvpnRule escape = { .family = family, .priority = scene->priority, .go_to = end.priority };
  SvpnRule lookup = { .family = family, .priority = scene->priority + LOOKUP, .table = scene->table };

  g_array_append_val (wanted->rules, end);
  add_escapes (scene, escape, wanted);
  g_array_append_val (wanted->rules, lookup);
}

void
svpn_routing_plan (const SvpnRoutingScene *scene, SvpnKernelState *wanted, GPtrArray *warnings)
{
  gboolean has4 = FALSE, has6 = FALSE;

  add_routes (scene, wanted, warnings);
  add_local_networks (scene, wanted);
  for (guint i = 0; i < wanted->routes->len; i++) {
    int family = g_array_index (wanted->routes, SvpnRoute, i).destination.family;

    has4 |= family == AF_INET;
    has6 |= family == AF_INET6;
  }
  if (has4)
    add_rules (scene, AF_INET, wanted);
  if (has6)
    add_rules (scene, AF_INET6, wanted);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a tunnel wants of the kernel: its configuration, and what else there is on the machine (networks at other links, rules
 * of others), as addresses, routes and rules. */
#include "local-networks.h"
#include "network-private.h"
#include "routing.h"
#include "sysctl.h"

static const int families[] = { AF_INET, AF_INET6 };

static gboolean
ipv6_is_disabled (const char *interface)
{
  g_autofree char *key = g_strdup_printf ("net/ipv6/conf/%s/disable_ipv6", interface);
  g_autofree char *all = svpn_sysctl_read ("net/ipv6/conf/all/disable_ipv6");
  g_autofree char *own = svpn_sysctl_read (key);

  return g_strcmp0 (all, "0") != 0 || g_strcmp0 (own, "0") != 0;
}

static void G_GNUC_PRINTF (2, 3) warn (GPtrArray *warnings, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* @address, or none if the tunnel cannot have it. */
static SvpnPrefix
usable_ipv6 (SvpnNetwork *network, const SvpnPrefix *address, guint mtu, GPtrArray *warnings)
{
  const char *reason = ipv6_is_disabled (network->interface) ? "IPv6 is disabled"
                       : mtu < SVPN_IPV6_MIN_MTU             ? "the MTU is below 1280"
                                                             : NULL;

  if (!address->family || !reason)
    return *address;
  warn (warnings, "no-ipv6: %s goes on without an IPv6 address: %s", network->interface, reason);
  return (SvpnPrefix){ 0 };
}

/* The first host of a pool. */
static SvpnPrefix
server_address (const SvpnPrefix *pool)
{
  SvpnPrefix address = *pool;
  guint size = pool->family == AF_INET6 ? 16 : 4;

  svpn_prefix_mask (&address);
  if (pool->prefix < size * 8)
    address.bytes[size - 1] |= 1;
  return address;
}

static void
add_address (SvpnKernelState *wanted, const SvpnPrefix *address)
{
  if (address->family)
    g_array_append_val (wanted->addresses, *address);
}

/* The network of a server's pool is in the main table, like that of any interface. */
static void
plan_server (SvpnNetwork *network, SvpnKernelState *wanted, GPtrArray *warnings)
{
  SvpnPrefix pools[]
      = { network->server.ipv4, usable_ipv6 (network, &network->server.ipv6, network->server.mtu, warnings) };

  for (gsize i = 0; i < G_N_ELEMENTS (pools); i++) {
    SvpnPrefix address = server_address (&pools[i]);
    SvpnRoute route = { pools[i], SVPN_MAIN_TABLE, pools[i].family == AF_INET6 ? 1024 : 0, network->ifindex,
                        pools[i].family == AF_INET };

    if (!pools[i].family)
      continue;
    add_address (wanted, &address);
    svpn_prefix_mask (&route.destination);
    g_array_append_val (wanted->routes, route);
  }
}

gboolean
svpn_network_has_default (const SvpnClientNetwork *config, int family)
{
  for (gsize i = 0; i < config->n_routes; i++)
    if (config->routes[i].family == family && svpn_routing_is_default (&config->routes[i]))
      return TRUE;
  return FALSE;
}

/* What a user of a full tunnel may be mistaken about. */
static void
warn_of_ways_around (SvpnNetwork *network, const SvpnClientNetwork *config, GPtrArray *warnings)
{
  g_autoptr (GArray) rules = g_array_new (FALSE, FALSE, sizeof (SvpnRule));

  if (!svpn_network_has_default (config, AF_INET) && !svpn_network_has_default (config, AF_INET6))
    return;
  if (svpn_network_has_default (config, AF_INET) && !config->ipv6.family
      && svpn_netlink_has_default_route (AF_INET6, network->ifindex, NULL))
    warn (warnings,
          svpn_network_has_default (config, AF_INET6)
              ? "no-ipv6: the tunnel carries no IPv6; while it is up, this machine reaches nothing by IPv6"
              : "no-ipv6: the tunnel carries no IPv6; what this machine sends by IPv6 goes around it");
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    svpn_netlink_read_foreign_rules (families[i], rules, NULL);
  for (guint i = 0; i < rules->len; i++) {
    const SvpnRule *rule = &g_array_index (rules, SvpnRule, i);

    if (rule->priority < network->priority && svpn_network_has_default (config, rule->family))
      warn (warnings, "rule-wins: %s rule %u of another program has all packets look in table %u first",
            rule->family == AF_INET ? "IPv4" : "IPv6", rule->priority, rule->table);
  }
}

static gboolean
plan_client (SvpnNetwork *network, SvpnKernelState *wanted, GPtrArray *warnings, GError **error)
{
  SvpnClientNetwork config = network->client;
  g_autoptr (GArray) local = NULL;

  if (config.device_only) {
    config.n_routes = 0;
    config.own_routes = TRUE;
    config.dns = NULL;
    config.ipv4.family = config.ipv6.family = 0;
  }
  config.ipv6 = usable_ipv6 (network, &config.ipv6, config.mtu, warnings);
  local = svpn_local_networks_read (network->ifindex, error);
  if (!local)
    return FALSE;
  add_address (wanted, &config.ipv4);
  add_address (wanted, &config.ipv6);
  SvpnRoutingScene scene = {
    &config, network->ifindex, network->table, network->priority, !ipv6_is_disabled (network->interface),
    local,   network->uids
  };
  svpn_routing_plan (&scene, wanted, warnings);
  warn_of_ways_around (network, &config, warnings);
  return TRUE;
}

gboolean
svpn_network_plan (SvpnNetwork *network, SvpnKernelState *wanted, GPtrArray *warnings, GError **error)
{
  if (network->is_client)
    return plan_client (network, wanted, warnings, error);
  plan_server (network, wanted, warnings);
  return TRUE;
}

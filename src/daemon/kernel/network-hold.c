/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a tunnel wants of the kernel, and how it is held against others.
 *
 * How it works: svpn_network_hold() makes from the configuration, and from what else there is on the machine (networks at
 * other links, the uplink), the state that is wanted, reads what there is, and makes up the difference. It is called for
 * each new configuration, and each time the kernel says that anybody has changed something; our own changes lead to one
 * more call that finds nothing to do. What was there at the last call, is still wanted, and is gone, others have taken
 * away. Where they do so again and again we say so and rest for a while. */
#include "network-private.h"

#include "error.h"
#include "firewall.h"
#include "forwarding.h"
#include "local-networks.h"
#include "nft.h"
#include "routing.h"
#include "sysctl.h"
#include "uplink.h"

#include <string.h>

#define IPV6_MIN_MTU 1280
#define TX_QUEUE_LENGTH 500 /* holds what arrives while the worker does not run, about 5 ms at 1 Gbit/s */

static const int families[] = { AF_INET, AF_INET6 };

/* ---- What is wanted ---- */

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
                       : mtu < IPV6_MIN_MTU                  ? "the MTU is below 1280"
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

static gboolean
has_default (const SvpnClientNetwork *config, int family)
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

  if (!has_default (config, AF_INET) && !has_default (config, AF_INET6))
    return;
  if (has_default (config, AF_INET) && !config->ipv6.family
      && svpn_netlink_has_default_route (AF_INET6, network->ifindex, NULL))
    warn (warnings,
          has_default (config, AF_INET6)
              ? "no-ipv6: the tunnel carries no IPv6; while it is up, this machine reaches nothing by IPv6"
              : "no-ipv6: the tunnel carries no IPv6; what this machine sends by IPv6 goes around it");
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    svpn_netlink_read_foreign_rules (families[i], rules, NULL);
  for (guint i = 0; i < rules->len; i++) {
    const SvpnRule *rule = &g_array_index (rules, SvpnRule, i);

    if (rule->priority < network->priority && has_default (config, rule->family))
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

/* ---- What there is ---- */

static gboolean
read_state (SvpnNetwork *network, SvpnKernelState *actual, GError **error)
{
  guint32 last = network->priority + SVPN_ROUTING_PRIORITIES - 1;

  if (!(network->is_client && network->client.device_only)
      && !svpn_netlink_read_addresses (network->ifindex, actual->addresses, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if ((network->table
         && (!svpn_netlink_read_routes (families[i], network->table, 0, actual->routes, error)
             || !svpn_netlink_read_rules (families[i], network->priority, last, actual->rules, error)))
        || !svpn_netlink_read_routes (families[i], SVPN_MAIN_TABLE, network->ifindex, actual->routes, error))
      return FALSE;
  return TRUE;
}

/* ---- Making up the difference ---- */

/* A route that the kernel refuses does not bring the tunnel down. */
static void
add_routes (SvpnNetlink *netlink, const SvpnKernelState *missing, GPtrArray *warnings)
{
  for (guint i = 0; i < missing->routes->len; i++) {
    g_autoptr (GError) error = NULL;

    if (!svpn_netlink_set_route (netlink, &g_array_index (missing->routes, SvpnRoute, i), TRUE, &error))
      warn (warnings, "route-left-out: %s", error->message);
  }
}

static gboolean
add_missing (SvpnNetwork *network, SvpnNetlink *netlink, const SvpnKernelState *missing, GPtrArray *warnings,
             GError **error)
{
  for (guint i = 0; i < missing->addresses->len; i++)
    if (!svpn_netlink_set_address (netlink, network->ifindex,
                                   &g_array_index (missing->addresses, SvpnPrefix, i), TRUE, error))
      return FALSE;
  add_routes (netlink, missing, warnings);
  for (guint i = 0; i < missing->rules->len; i++)
    if (!svpn_netlink_set_rule (netlink, &g_array_index (missing->rules, SvpnRule, i), TRUE, error))
      return FALSE;
  return TRUE;
}

/* Whether another route has taken the place of @route, so that it is gone. */
static gboolean
is_replaced (const SvpnRoute *route, const SvpnKernelState *wanted)
{
  for (guint i = 0; i < wanted->routes->len; i++)
    if (svpn_route_has_same_place (route, &g_array_index (wanted->routes, SvpnRoute, i)))
      return TRUE;
  return FALSE;
}

/* An address goes last: with the last one of its family all routes through the link would. */
static gboolean
delete_surplus (SvpnNetwork *network, SvpnNetlink *netlink, const SvpnKernelState *surplus,
                const SvpnKernelState *wanted, GError **error)
{
  for (guint i = 0; i < surplus->rules->len; i++)
    if (!svpn_netlink_set_rule (netlink, &g_array_index (surplus->rules, SvpnRule, i), FALSE, error))
      return FALSE;
  for (guint i = 0; i < surplus->routes->len; i++) {
    const SvpnRoute *route = &g_array_index (surplus->routes, SvpnRoute, i);

    if (!is_replaced (route, wanted) && !svpn_netlink_set_route (netlink, route, FALSE, error))
      return FALSE;
  }
  for (guint i = 0; i < surplus->addresses->len; i++)
    if (!svpn_netlink_set_address (netlink, network->ifindex,
                                   &g_array_index (surplus->addresses, SvpnPrefix, i), FALSE, error))
      return FALSE;
  return TRUE;
}

/* Of @missing, what was there before; of @surplus, what neither we nor the last configuration had put there. */
static void
name_changes_of_others (SvpnNetwork *network, const SvpnKernelState *missing, const SvpnKernelState *surplus,
                        GPtrArray *restored)
{
  g_autoptr (SvpnKernelState) fresh = NULL, gone = NULL, foreign = NULL;
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  if (!network->held)
    return;
  fresh = svpn_kernel_state_without (missing, network->held);
  gone = svpn_kernel_state_without (missing, fresh);
  svpn_kernel_state_name (gone, restored);
  foreign = svpn_kernel_state_without (surplus, network->held);
  svpn_kernel_state_name (foreign, added);
  for (guint i = 0; i < added->len; i++)
    g_ptr_array_add (restored, g_strconcat ("added ", added->pdata[i], NULL));
}

static gboolean
hold_state (SvpnNetwork *network, SvpnNetlink *netlink, SvpnKernelState *wanted, GPtrArray *warnings,
            GPtrArray *restored, GError **error)
{
  g_autoptr (SvpnKernelState) actual = svpn_kernel_state_new ();
  g_autoptr (SvpnKernelState) missing = NULL, surplus = NULL;

  if (!read_state (network, actual, error))
    return FALSE;
  missing = svpn_kernel_state_without (wanted, actual);
  surplus = svpn_kernel_state_without (actual, wanted);
  name_changes_of_others (network, missing, surplus, restored);
  return add_missing (network, netlink, missing, warnings, error)
         && delete_surplus (network, netlink, surplus, wanted, error);
}

/* ---- The device ---- */

static guint
wanted_mtu (SvpnNetwork *network)
{
  return network->is_client ? network->client.mtu : network->server.mtu;
}

/* The kernel takes all of IPv6 from a link whose MTU falls below 1280, and gives it back with its defaults. */
static gboolean
set_link_up (SvpnNetwork *network, SvpnNetlink *netlink, guint mtu, GError **error)
{
  if (!svpn_netlink_link_up (netlink, network->ifindex, mtu, TX_QUEUE_LENGTH, error))
    return FALSE;
  svpn_network_quieten_link (network->interface);
  return TRUE;
}

/* @mtu: 1280 at least as long as IPv6 is to be there. */
static gboolean
hold_link (SvpnNetwork *network, SvpnNetlink *netlink, guint mtu, GPtrArray *restored, GError **error)
{
  SvpnLinkInfo info;

  if (!svpn_netlink_link_get (netlink, network->ifindex, &info, error))
    return FALSE;
  if (info.is_up && info.mtu == mtu)
    return TRUE;
  if (network->held && !info.is_up)
    g_ptr_array_add (restored, g_strdup_printf ("%s up", network->interface));
  else if (network->held && info.mtu != wanted_mtu (network))
    g_ptr_array_add (restored, g_strdup_printf ("the MTU of %s", network->interface));
  return set_link_up (network, netlink, mtu, error);
}

/* ---- Kernel settings and firewall ---- */

static gboolean
hold_chains (SvpnNetwork *network, GPtrArray *restored, GError **error)
{
  const SvpnServerNetwork *config = &network->server;
  gboolean closed4 = svpn_forwarding_is_ours (network->state_dir, AF_INET);
  gboolean closed6 = svpn_forwarding_is_ours (network->state_dir, AF_INET6);
  g_autofree char *chains = svpn_firewall_server (network->interface, config, closed4, closed6);
  g_autofree char *listed = svpn_nft_list (network->nft_table);
  gboolean same = g_strcmp0 (chains, network->chains) == 0;

  if (same && g_strcmp0 (listed, network->chains_listed) == 0)
    return TRUE;
  if (same)
    g_ptr_array_add (restored, g_strdup_printf ("nftables table %s", network->nft_table));
  if (!svpn_nft_replace (network->nft_table, chains, error))
    return FALSE;
  g_free (network->chains);
  g_free (network->chains_listed);
  network->chains = g_steal_pointer (&chains);
  network->chains_listed = svpn_nft_list (network->nft_table);
  return TRUE;
}

static gboolean
hold_settings (SvpnNetwork *network, SvpnNetlink *netlink, GPtrArray *restored, GError **error)
{
  const SvpnServerNetwork *server = &network->server;

  if (network->is_server)
    return svpn_forwarding_hold (network->state_dir, network->id, server->ipv4.family != 0,
                                 server->ipv6.family != 0, restored, error)
           && hold_chains (network, restored, error);
  return svpn_uplink_hold (network->state_dir, network->id, netlink, &network->client, network->ifindex,
                           restored, error);
}

/* ---- All of it ---- */

/* The old rules of a smartvpnd before this one are elsewhere; they go when ours are there. */
static gboolean
choose_priority (SvpnNetwork *network, guint32 *old)
{
  gboolean is_ours
      = network->priority >= SVPN_ROUTING_PRIORITY_FIRST && network->priority <= SVPN_ROUTING_PRIORITY_LAST;

  *old = 0;
  if (!network->is_client || is_ours)
    return FALSE;
  *old = network->priority;
  network->table = svpn_routing_table (network->id);
  network->priority = svpn_routing_priority (
      svpn_netlink_lowest_rule (SVPN_ROUTING_PRIORITY_FIRST, SVPN_ROUTING_PRIORITY_LAST));
  return TRUE;
}

static void
read_uids_of_others (SvpnNetwork *network)
{
  g_autoptr (GArray) rules = g_array_new (FALSE, FALSE, sizeof (SvpnRule));

  g_clear_pointer (&network->uids, g_array_unref);
  network->uids = g_array_new (FALSE, FALSE, sizeof (uid_t));
  svpn_netlink_read_rules (AF_INET, SVPN_ROUTING_PRIORITY_FIRST, SVPN_ROUTING_PRIORITY_LAST, rules, NULL);
  for (guint i = 0; i < rules->len; i++) {
    const SvpnRule *rule = &g_array_index (rules, SvpnRule, i);
    gboolean known = FALSE;

    for (guint j = 0; j < network->uids->len; j++)
      known |= g_array_index (network->uids, uid_t, j) == rule->uid;
    if (rule->by_uid && !known)
      g_array_append_val (network->uids, rule->uid);
  }
}

static void
delete_old_rules (SvpnNetlink *netlink, guint32 first)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families) && first != 0; i++) {
    g_autoptr (GArray) rules = g_array_new (FALSE, FALSE, sizeof (SvpnRule));

    svpn_netlink_read_rules (families[i], first, first + 3, rules, NULL);
    for (guint j = 0; j < rules->len; j++)
      svpn_netlink_set_rule (netlink, &g_array_index (rules, SvpnRule, j), FALSE, NULL);
  }
}

static void
take_warnings (SvpnNetwork *network, GPtrArray *warnings)
{
  for (guint i = 0; network->dns_warnings && i < network->dns_warnings->len; i++)
    g_ptr_array_add (warnings, g_strdup (network->dns_warnings->pdata[i]));
  g_ptr_array_add (warnings, NULL);
  if (g_strv_equal ((const char *const *) warnings->pdata, svpn_network_get_warnings (network)))
    return;
  for (guint i = 0; i + 1 < warnings->len; i++)
    if (!g_strv_contains (svpn_network_get_warnings (network), warnings->pdata[i]))
      g_warning ("%s: %s", network->id, (char *) warnings->pdata[i]);
  g_ptr_array_unref (network->warnings);
  network->warnings = g_ptr_array_ref (warnings);
  if (network->held && network->events)
    network->events->changed (network->user_data);
}

static gboolean
hold_all (SvpnNetwork *network, SvpnNetlink *netlink, GPtrArray *restored, GPtrArray *warnings,
          GError **error)
{
  g_autoptr (SvpnKernelState) wanted = svpn_kernel_state_new ();
  guint mtu = wanted_mtu (network);

  if (!hold_link (network, netlink, MAX (mtu, network->is_client ? IPV6_MIN_MTU : 0), restored, error))
    return FALSE;
  if (network->is_client) {
    if (!plan_client (network, wanted, warnings, error))
      return FALSE;
  } else {
    plan_server (network, wanted, warnings);
  }
  if (!hold_settings (network, netlink, restored, error)
      || !hold_state (network, netlink, wanted, warnings, restored, error)
      || (mtu < IPV6_MIN_MTU && !set_link_up (network, netlink, mtu, error)))
    return FALSE;
  g_clear_pointer (&network->held, svpn_kernel_state_free);
  network->held = g_steal_pointer (&wanted);
  return TRUE;
}

gboolean
svpn_network_hold (SvpnNetwork *network, GPtrArray *restored, GError **error)
{
  g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (error);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  guint32 old_priority;

  if (!netlink)
    return FALSE;
  if (network->is_client && !network->held)
    read_uids_of_others (network);
  choose_priority (network, &old_priority);
  if (!network->held && !svpn_network_save (network, error))
    return FALSE;
  if (!hold_all (network, netlink, restored, warnings, error))
    return FALSE;
  delete_old_rules (netlink, old_priority);
  take_warnings (network, warnings);
  return TRUE;
}

/* ---- New configurations ---- */

void
svpn_network_release (SvpnNetwork *network)
{
  g_clear_pointer (&network->monitor, svpn_kernel_monitor_free);
  g_clear_handle_id (&network->check_source, g_source_remove);
  g_clear_pointer (&network->held, svpn_kernel_state_free);
  g_clear_pointer (&network->chains, g_free);
  g_clear_pointer (&network->chains_listed, g_free);
  g_clear_pointer (&network->way, g_free);
  g_clear_pointer (&network->routes, g_array_unref);
  g_clear_pointer (&network->inbound, g_array_unref);
  g_clear_pointer (&network->dns_servers, g_strfreev);
  g_clear_pointer (&network->dns_domains, g_strfreev);
  g_clear_pointer (&network->dns_wish, g_free);
  g_clear_pointer (&network->dns_warnings, g_ptr_array_unref);
  g_clear_pointer (&network->uids, g_array_unref);
  network->is_client = network->is_server = FALSE;
}

gboolean
svpn_network_check (SvpnNetwork *network, GPtrArray *restored, GError **error)
{
  g_return_val_if_fail (network->held, FALSE);
  return svpn_network_hold (network, restored, error);
}

static GArray *
copy_prefixes (const SvpnPrefix *prefixes, gsize n)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof (SvpnPrefix));

  if (n > 0)
    g_array_append_vals (copy, prefixes, (guint) n);
  return copy;
}

static gboolean
apply (SvpnNetwork *network, GError **error)
{
  g_autoptr (GPtrArray) restored = g_ptr_array_new_with_free_func (g_free);

  if (!svpn_network_hold (network, restored, error)) {
    svpn_network_undo (network);
    return FALSE;
  }
  svpn_network_begin_to_watch (network);
  return TRUE;
}

/* The file has the mode first: what it says is undone in any case. */
static gboolean
apply_dns (SvpnNetwork *network, GError **error)
{
  const SvpnClientNetwork *client = &network->client;
  static const char *const none[] = { NULL };
  SvpnDnsConfig config = { .mode = network->dns_wish,
                           .ifindex = network->ifindex,
                           .interface = network->interface,
                           .servers = client->device_only ? none : client->dns,
                           .domains = client->dns_domains,
                           .everything = has_default (client, AF_INET) || has_default (client, AF_INET6) };

  g_clear_pointer (&network->dns_warnings, g_ptr_array_unref);
  network->dns_warnings = g_ptr_array_new_with_free_func (g_free);
  network->dns_mode = svpn_dns_set (network->dns, &config, network->dns_warnings);
  return svpn_network_save (network, error);
}

gboolean
svpn_network_apply_client (SvpnNetwork *network, const SvpnClientNetwork *config, GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (GArray) routes = g_steal_pointer (&network->routes);
  g_auto (GStrv) dns = g_steal_pointer (&network->dns_servers);
  g_auto (GStrv) domains = g_steal_pointer (&network->dns_domains);

  g_return_val_if_fail (network->interface, FALSE);
  network->is_client = TRUE;
  network->client = *config;
  network->routes = copy_prefixes (config->routes, config->n_routes);
  network->client.routes = (const SvpnPrefix *) network->routes->data;
  network->dns_servers = g_strdupv ((char **) (config->dns ? config->dns : none));
  network->client.dns = (const char *const *) network->dns_servers;
  network->dns_domains = g_strdupv ((char **) (config->dns_domains ? config->dns_domains : none));
  network->client.dns_domains = (const char *const *) network->dns_domains;
  g_free (network->dns_wish);
  network->dns_wish = g_strdup (config->dns_mode ? config->dns_mode : "auto");
  if (!apply_dns (network, error) || !apply (network, error))
    return FALSE;
  g_clear_pointer (&network->way, g_free); /* to where the peer is now */
  svpn_network_follow_way (network);
  return TRUE;
}

gboolean
svpn_network_apply_server (SvpnNetwork *network, const SvpnServerNetwork *config, GError **error)
{
  g_autoptr (GArray) routes = g_steal_pointer (&network->routes);
  g_autoptr (GArray) inbound = g_steal_pointer (&network->inbound);

  g_return_val_if_fail (network->interface, FALSE);
  network->is_server = TRUE;
  network->server = *config;
  network->routes = copy_prefixes (config->routes, config->n_routes);
  network->server.routes = (const SvpnPrefix *) network->routes->data;
  network->inbound = copy_prefixes (config->inbound, config->n_inbound);
  network->server.inbound = (const SvpnPrefix *) network->inbound->data;
  g_free (network->nft_table);
  network->nft_table = svpn_nft_table_name (network->id);
  return apply (network, error);
}

char **
svpn_network_get_local_networks (SvpnNetwork *network)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  for (guint i = 0; network->held && network->is_client && i < network->held->routes->len; i++) {
    const SvpnRoute *route = &g_array_index (network->held->routes, SvpnRoute, i);

    if (route->ifindex && route->ifindex != network->ifindex) {
      g_autofree char *text = svpn_prefix_to_string (&route->destination);

      g_strv_builder_add (texts, text);
    }
  }
  return g_strv_builder_end (texts);
}

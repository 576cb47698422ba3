/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How what a tunnel wants of the kernel is held against others.
 *
 * How it works: svpn_network_hold() takes the state that is wanted (network-plan.c), reads what there is, and makes up the
 * difference. It is called for
 * each new configuration, and each time the kernel says that anybody has changed something; our own changes lead to one
 * more call that finds nothing to do. What was there at the last call, is still wanted, and is gone, others have taken
 * away. Where they do so again and again we say so and rest for a while. */
#include "network-private.h"

#include "error.h"
#include "firewall.h"
#include "forwarding.h"
#include "nft.h"
#include "routing.h"
#include "sysctl.h"
#include "tunnel-file.h"
#include "uplink.h"

#include <string.h>

#define TX_QUEUE_LENGTH 500 /* holds what arrives while the worker does not run, about 5 ms at 1 Gbit/s */

static const int families[] = { AF_INET, AF_INET6 };

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
      g_ptr_array_add (warnings, g_strconcat ("route-left-out: ", error->message, NULL));
  }
}

/* Deletes those of @surplus in whose place a missing rule belongs: the kernel would take the missing one for it, and add
 * nothing. */
static gboolean
make_room_for_rules (SvpnNetlink *netlink, const SvpnKernelState *missing, SvpnKernelState *surplus,
                     GError **error)
{
  for (guint i = surplus->rules->len; i-- > 0;) {
    const SvpnRule *rule = &g_array_index (surplus->rules, SvpnRule, i);
    gboolean is_in_the_way = FALSE;

    for (guint j = 0; j < missing->rules->len; j++)
      is_in_the_way |= svpn_rule_has_same_place (rule, &g_array_index (missing->rules, SvpnRule, j));
    if (!is_in_the_way)
      continue;
    if (!svpn_netlink_set_rule (netlink, rule, FALSE, error))
      return FALSE;
    g_array_remove_index (surplus->rules, i);
  }
  return TRUE;
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
  return make_room_for_rules (netlink, missing, surplus, error)
         && add_missing (network, netlink, missing, warnings, error)
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

/* The lowest priority that a tunnel has for itself, even if it has no rules there at the moment. */
static guint32
lowest_of_others (SvpnNetwork *network)
{
  g_auto (GStrv) ids = svpn_tunnel_file_list (network->state_dir);
  guint32 lowest = SVPN_ROUTING_PRIORITY_LAST + 1;

  for (char **id = ids; *id != NULL; id++) {
    guint32 priority
        = strcmp (*id, network->id) != 0 ? svpn_network_saved_priority (network->state_dir, *id) : 0;

    if (priority >= SVPN_ROUTING_PRIORITY_FIRST)
      lowest = MIN (lowest, priority);
  }
  return lowest;
}

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
      MIN (svpn_netlink_lowest_rule (SVPN_ROUTING_PRIORITY_FIRST, SVPN_ROUTING_PRIORITY_LAST),
           lowest_of_others (network)));
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

  if (!hold_link (network, netlink, MAX (mtu, network->is_client ? SVPN_IPV6_MIN_MTU : 0), restored, error))
    return FALSE;
  if (!svpn_network_plan (network, wanted, warnings, error)
      || !hold_settings (network, netlink, restored, error)
      || !hold_state (network, netlink, wanted, warnings, restored, error)
      || (mtu < SVPN_IPV6_MIN_MTU && !set_link_up (network, netlink, mtu, error)))
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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Networks at the links of this machine. */
#include "local-networks.h"
#include "netlink.h"
#include "uplink.h"

GArray *
svpn_local_networks_read (guint ifindex, GError **error)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (SvpnRoute));
  g_autoptr (GArray) networks = g_array_new (FALSE, FALSE, sizeof (SvpnRoute));
  GArray *local = g_array_new (FALSE, FALSE, sizeof (SvpnRoute));

  if (!svpn_netlink_read_networks (ifindex, networks, error)
      || !svpn_netlink_read_onlink_routes (AF_INET, ifindex, routes, error)
      || !svpn_netlink_read_onlink_routes (AF_INET6, ifindex, routes, error)) {
    g_array_unref (local);
    return NULL;
  }
  for (guint i = 0; i < networks->len; i++) {
    const SvpnRoute *at = &g_array_index (networks, SvpnRoute, i);
    g_autofree char *name = svpn_netlink_link_name (at->ifindex);

    for (guint j = 0; j < routes->len; j++) {
      const SvpnRoute *route = &g_array_index (routes, SvpnRoute, j);

      if (route->ifindex == at->ifindex && route->destination.prefix >= at->destination.prefix
          && svpn_prefix_contains (&at->destination, &route->destination))
        g_array_append_val (local, *route);
    }
    if (svpn_uplink_is_tunnel (name)
        && at->destination.prefix < 8 * svpn_netlink_address_size (at->destination.family))
      g_array_append_val (local, *at);
  }
  return local;
}

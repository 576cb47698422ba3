/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way that a client's worker reaches its server.
 *
 * Reverse path filtering (IPv4): the kernel may drop a packet that comes in by another interface than the one by which
 * it would answer. It asks for that route without knowing whose socket the packet is for, so for packets from a peer
 * that the tunnel's routes contain, the answer is the tunnel, and in strict mode (effective rp_filter, the larger of the
 * interface's and that of "all", is 1) the worker would hear nothing any more. So links that have a default route, and
 * the one to the peer, go to loose mode (2) while the tunnel is up: a new uplink before the first attempt over it. */
#include "uplink.h"
#include "names.h"
#include "sysctl.h"

#include <net/if.h>
#include <string.h>

gboolean
svpn_uplink_is_tunnel (const char *interface)
{
  return g_str_has_prefix (interface, SVPN_INTERFACE_PREFIX)
         && g_ascii_isdigit (interface[strlen (SVPN_INTERFACE_PREFIX)]);
}

char *
svpn_uplink_describe_way (const SvpnClientNetwork *config)
{
  g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (NULL);
  g_autofree char *source = NULL, *gateway = NULL;
  SvpnWay way;

  if (!netlink || !svpn_netlink_get_way (netlink, &config->peer, config->worker_uid, &way, NULL))
    return g_strdup ("");
  source = way.source.family ? svpn_address_to_string (&way.source) : g_strdup ("-");
  gateway = way.gateway.family ? svpn_address_to_string (&way.gateway) : g_strdup ("-");
  return g_strdup_printf ("%u %s %s", way.ifindex, gateway, source);
}

static gboolean
catches_ipv4_peer (const SvpnClientNetwork *config)
{
  for (gsize i = 0; i < config->n_routes; i++)
    if (config->routes[i].family == AF_INET
        && (config->routes[i].prefix == 0 || svpn_prefix_contains (&config->routes[i], &config->peer)))
      return TRUE;
  return svpn_prefix_contains (&config->ipv4, &config->peer);
}

static guint64
read_number (const char *key)
{
  g_autofree char *text = svpn_sysctl_read (key);

  return text ? g_ascii_strtoull (text, NULL, 10) : 0;
}

/* Settings whose value has to be 2. */
static GPtrArray *
list_settings (SvpnNetlink *netlink, const char *state_dir, const SvpnClientNetwork *config, guint tunnel)
{
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (guint));
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  gboolean all_strict = read_number ("net/ipv4/conf/all/rp_filter") == 1;
  SvpnWay way;

  if (config->device_only || !catches_ipv4_peer (config))
    return keys;
  svpn_netlink_has_default_route (AF_INET, tunnel, links);
  if (config->peer.family == AF_INET
      && svpn_netlink_get_way (netlink, &config->peer, config->worker_uid, &way, NULL))
    g_array_append_val (links, way.ifindex);
  for (guint i = 0; i < links->len; i++) {
    char name[IF_NAMESIZE];

    if (!if_indextoname (g_array_index (links, guint, i), name))
      continue;
    g_autofree char *key = g_strdup_printf ("net/ipv4/conf/%s/rp_filter", name);
    guint64 own = read_number (key);
    if ((own == 1 || (own == 0 && all_strict) || svpn_sysctl_is_held (state_dir, key))
        && !g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
      g_ptr_array_add (keys, g_steal_pointer (&key));
  }
  return keys;
}

gboolean
svpn_uplink_hold (const char *state_dir, const char *id, SvpnNetlink *netlink,
                  const SvpnClientNetwork *config, guint tunnel, GPtrArray *restored, GError **error)
{
  g_autoptr (GPtrArray) keys = list_settings (netlink, state_dir, config, tunnel);

  for (guint i = 0; i < keys->len; i++)
    if (!svpn_sysctl_hold (state_dir, id, keys->pdata[i], "2", restored, error))
      return FALSE;
  g_ptr_array_add (keys, NULL);
  svpn_sysctl_release (state_dir, id, (const char *const *) keys->pdata);
  return TRUE;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whether a server's pool can be a network of this machine. */
#include "pool-check.h"
#include "error.h"
#include "netlink.h"

static gboolean
overlap (const SvpnPrefix *one, const SvpnPrefix *other)
{
  return svpn_prefix_contains (one, other) || svpn_prefix_contains (other, one);
}

static gboolean
is_reserved (const SvpnPrefix *pool)
{
  static const SvpnPrefix reserved[] = {
    { AF_INET, { 0 }, 8 },     { AF_INET, { 127 }, 8 }, { AF_INET, { 169, 254 }, 16 },
    { AF_INET, { 224 }, 3 },   { AF_INET6, { 0 }, 8 },  { AF_INET6, { 0xfe, 0x80 }, 10 },
    { AF_INET6, { 0xff }, 8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (overlap (&reserved[i], pool))
      return TRUE;
  return FALSE;
}

gboolean
svpn_pool_check (const char *key, const SvpnPrefix *pool, GError **error)
{
  g_autoptr (GArray) networks = g_array_new (FALSE, FALSE, sizeof (SvpnRoute));
  g_autofree char *text = svpn_prefix_to_string (pool);

  if (is_reserved (pool))
    return svpn_error_refuse (
        error, key, "%s is reserved; choose a private network, such as one in 10.0.0.0/8 or fd00::/8", text);
  if (!svpn_netlink_read_networks (0, networks, error)
      || !svpn_netlink_read_onlink_routes (pool->family, 0, networks, error))
    return FALSE;
  for (guint i = 0; i < networks->len; i++) {
    const SvpnRoute *network = &g_array_index (networks, SvpnRoute, i);
    g_autofree char *other = svpn_prefix_to_string (&network->destination);
    g_autofree char *name = svpn_netlink_link_name (network->ifindex);

    if (overlap (&network->destination, pool))
      return svpn_error_refuse (error, key, "%s overlaps %s, which is at %s; choose another network", text,
                                other, name);
  }
  return TRUE;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes of a client's tunnel, and the rules that keep the tunnel's own traffic out of it.
 *
 * How it works
 *
 * The tunnel itself is a TCP connection to the peer. Its packets must leave by the uplink, or they would go around in the
 * tunnel for ever. A route is "covering" if it would catch them: a default route, or one that contains the peer's address.
 * All other routes go into the main table and need nothing else.
 *
 * Covering routes go into a table of the tunnel's own, and four rules, at priorities P to P+3, say who looks there
 * (P and the table's number come from a hash of the tunnel's id):
 *
 *   P    packets of the worker's user: go on at P+3      the worker sees the network as without the tunnel
 *   P+1  look in main, but ignore its default route      the LAN, and routes set by hand, stay direct
 *   P+2  look in the tunnel's table                      everything else goes through the tunnel
 *   P+3  nothing                                         where P leads
 *
 * Because P skips our table rather than looking in main, a worker whose uplink is gone gets "network is unreachable"
 * at once, instead of sending its connection attempts into its own tunnel. The user cannot tell a worker that runs as root
 * (in development) from the rest of the system; then P is for packets to the peer.
 *
 * Nothing here has to follow the network: when the uplink changes, main changes, and the worker's packets with it.
 *
 * Reverse path filtering (IPv4): the kernel may drop a packet that arrives on another interface than the one by which it
 * would answer. It looks up that route without knowing whose socket the packet is for, so for packets from the peer it
 * finds the tunnel, and in strict mode (effective rp_filter, the larger of the interface's and that of "all", is 1) the
 * worker would no longer hear anything. The uplink therefore is in loose mode (2) while the rules exist.
 *
 * A covering route of a family in which the tunnel has no address cannot carry anything, but its traffic must not go
 * around the tunnel: the route becomes "unreachable", so that programs fall back to the other family at once. */
#include "routing.h"

#include "sysctl.h"

#include <net/if.h>

#define MAIN_TABLE 254
#define TABLE_BASE 0x53560000u
#define PRIORITY_BASE 16000u
#define PRIORITY_SLOTS 4096u /* the last is below 32766, where main is looked up */

G_STATIC_ASSERT (PRIORITY_BASE + PRIORITY_SLOTS * SVPN_ROUTING_PRIORITIES <= 32766);

static guint16
hash_id (const char *id)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);

  digest[4] = '\0';
  return (guint16) g_ascii_strtoull (digest, NULL, 16);
}

guint32
svpn_routing_table (const char *id)
{
  return TABLE_BASE | hash_id (id);
}

guint32
svpn_routing_priority (const char *id)
{
  return PRIORITY_BASE + hash_id (id) % PRIORITY_SLOTS * SVPN_ROUTING_PRIORITIES;
}

static gboolean
is_covering (const SvpnClientNetwork *config, const SvpnPrefix *route)
{
  return route->prefix == 0 || svpn_prefix_contains (route, &config->peer);
}

/* The networks of @family that go through the tunnel, each once: that of its address, and the routes. */
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

/* One family's routes and rules: those that exist, minus those that were found to be wanted. */
typedef struct {
  int family;
  GPtrArray *routes, *rules;
  gboolean full; /* a covering route is wanted */
} Half;

static void
half_clear (Half *half)
{
  g_clear_pointer (&half->routes, g_ptr_array_unref);
  g_clear_pointer (&half->rules, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Half, half_clear)

static gboolean
list_half (Half *half, guint32 table, guint32 priority, guint ifindex, GError **error)
{
  half->routes = svpn_netlink_list_routes (half->family, table, ifindex, error);
  if (half->routes)
    half->rules
        = svpn_netlink_list_rules (half->family, priority, priority + SVPN_ROUTING_PRIORITIES - 1, error);
  return half->rules != NULL;
}

/* The routes go first: a rule without routes changes nothing. A failure does not keep the rest. */
static gboolean
delete_half (SvpnNetlink *netlink, Half *half, GError **error)
{
  gboolean deleted = svpn_netlink_delete (netlink, half->routes, error);

  return svpn_netlink_delete (netlink, half->rules, deleted ? error : NULL) && deleted;
}

/* The rules at P and P+3. */
static gboolean
add_escape (SvpnNetlink *netlink, const SvpnClientNetwork *config, Half *half, guint32 first, GError **error)
{
  gboolean by_uid = config->worker_uid != 0;
  SvpnPrefix peer = config->peer;
  SvpnRule escape = { .family = half->family, .priority = first, .go_to = first + 3 };
  SvpnRule end = { .family = half->family, .priority = first + 3 };

  peer.prefix = half->family == AF_INET ? 32 : 128;
  escape.uid = by_uid ? &config->worker_uid : NULL;
  escape.to = by_uid ? NULL : &peer;
  return svpn_netlink_rule_add (netlink, &end, half->rules, error)
         && ((!by_uid && peer.family != half->family)
             || svpn_netlink_rule_add (netlink, &escape, half->rules, error));
}

/* The rules at P+1 and P+2. */
static gboolean
add_lookups (SvpnNetlink *netlink, Half *half, guint32 table, guint32 first, GError **error)
{
  SvpnRule direct
      = { .family = half->family, .priority = first + 1, .table = MAIN_TABLE, .suppress_default = TRUE };
  SvpnRule tunnel = { .family = half->family, .priority = first + 2, .table = table };

  return svpn_netlink_rule_add (netlink, &direct, half->rules, error)
         && svpn_netlink_rule_add (netlink, &tunnel, half->rules, error);
}

static guint64
read_number (const char *key)
{
  g_autofree char *text = svpn_sysctl_read (key);

  return text ? g_ascii_strtoull (text, NULL, 10) : 0;
}

/* Called when the worker's packets escape already, and others do not enter the tunnel yet. *@key: the setting that is held
 * from now on; NULL: none. */
static gboolean
loosen_uplink (SvpnNetlink *netlink, const SvpnClientNetwork *config, const char *id, const char *state_dir,
               char **key, GError **error)
{
  g_autoptr (GError) no_route = NULL;
  g_autofree char *uplink_key = NULL;
  char name[IF_NAMESIZE];
  guint uplink;
  gboolean strict;

  if (config->peer.family != AF_INET)
    return TRUE;
  uplink = svpn_netlink_route_get (netlink, &config->peer, config->worker_uid, &no_route);
  if (!uplink || !if_indextoname (uplink, name)) {
    g_warning ("The uplink is unknown: %s", no_route ? no_route->message : "its interface is gone");
    return TRUE;
  }
  uplink_key = g_strdup_printf ("net/ipv4/conf/%s/rp_filter", name);
  strict = MAX (read_number (uplink_key), read_number ("net/ipv4/conf/all/rp_filter")) == 1;
  if (!strict && !svpn_sysctl_is_held (state_dir, uplink_key)) /* held: by us, or by another tunnel */
    return TRUE;
  *key = g_steal_pointer (&uplink_key);
  return svpn_sysctl_acquire (state_dir, id, *key, "2", error);
}

static gboolean
add_route (SvpnNetlink *netlink, const SvpnClientNetwork *config, const SvpnPrefix *route, guint32 table,
           guint ifindex, GPtrArray *present, GError **error)
{
  gboolean covering = is_covering (config, route);
  gboolean has_address = (route->family == AF_INET ? config->ipv4 : config->ipv6).family != 0;
  g_autofree char *text = svpn_prefix_to_string (route);

  if (!has_address && !covering) {
    g_warning ("Route %s is left out: the tunnel has no address of its family", text);
    return TRUE;
  }
  return svpn_netlink_route_add (netlink, route, has_address ? ifindex : 0, covering ? table : MAIN_TABLE,
                                 present, error);
}

static gboolean
add_routes (SvpnNetlink *netlink, const SvpnClientNetwork *config, Half *half, guint32 table, guint ifindex,
            GError **error)
{
  g_autoptr (GArray) routes = collect_routes (config, half->family);

  for (guint i = 0; i < routes->len; i++) {
    const SvpnPrefix *route = &g_array_index (routes, SvpnPrefix, i);

    half->full |= is_covering (config, route);
    if (!add_route (netlink, config, route, table, ifindex, half->routes, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
svpn_routing_apply (SvpnNetlink *netlink, const SvpnClientNetwork *config, gboolean ipv6, const char *id,
                    const char *state_dir, guint ifindex, GError **error)
{
  guint32 table = svpn_routing_table (id);
  guint32 priority = svpn_routing_priority (id);
  g_auto (Half) half4 = { .family = AF_INET }, half6 = { .family = AF_INET6 };
  g_autofree char *loosened = NULL;

  if (!list_half (&half4, table, priority, ifindex, error)
      || !list_half (&half6, table, priority, ifindex, error)
      || !add_routes (netlink, config, &half4, table, ifindex, error)
      || (ipv6 && !add_routes (netlink, config, &half6, table, ifindex, error)))
    return FALSE;
  if ((half4.full && !add_escape (netlink, config, &half4, priority, error))
      || (half6.full && !add_escape (netlink, config, &half6, priority, error))
      || (half4.full && !loosen_uplink (netlink, config, id, state_dir, &loosened, error))
      || (half4.full && !add_lookups (netlink, &half4, table, priority, error))
      || (half6.full && !add_lookups (netlink, &half6, table, priority, error))
      || !delete_half (netlink, &half4, error) || !delete_half (netlink, &half6, error))
    return FALSE;
  svpn_sysctl_release (state_dir, id, loosened);
  return TRUE;
}

void
svpn_routing_undo (SvpnNetlink *netlink, guint ifindex, guint32 table, guint32 priority)
{
  static const int families[] = { AF_INET6, AF_INET };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    g_auto (Half) half = { .family = families[i] };
    g_autoptr (GError) error = NULL;

    if (!list_half (&half, table, priority, ifindex, &error) || !delete_half (netlink, &half, &error))
      g_warning ("%s", error->message);
  }
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in systemd-resolved, applied and undone as a whole.
 *
 * How it works
 *
 * What is ours differs from everything else: the TUN device by its name and index, rules and routes by their protocol,
 * priority and table, the nftables table by its name; shared kernel settings have a file of their own (sysctl.c). The
 * section "network" of the tunnel's file names them, and is on the disk before the first of them is made. So undoing does
 * not depend on how far an attempt came, nor on which smartvpnd made it; what is gone already (a TUN device whose last
 * holder died takes its addresses and routes along) is not an error. Deleting the link last takes the rest. */
#include "network.h"

#include "error.h"
#include "forwarding.h"
#include "names.h"
#include "nat.h"
#include "netlink.h"
#include "resolved.h"
#include "routing.h"
#include "sysctl.h"
#include "tunnel-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TUN_DEVICE "/dev/net/tun"
#define SECTION "network"
#define IPV6_MIN_MTU 1280

/* Holds what arrives while the worker does not run, about 5 ms at 1 Gbit/s. */
#define TX_QUEUE_LENGTH 500

struct _SvpnNetwork {
  char *id;
  char *state_dir;
  GDBusConnection *bus;

  /* As in the section; nothing while interface is NULL. */
  char *interface;
  guint ifindex;
  guint32 table, priority; /* 0: no routes or rules of a client */
  char *nat_table;         /* NULL: none */
  gboolean dns;
};

SvpnNetwork *
svpn_network_new (const char *id, const char *state_dir, GDBusConnection *bus)
{
  SvpnNetwork *network = g_new0 (SvpnNetwork, 1);

  network->id = g_strdup (id);
  network->state_dir = g_strdup (state_dir);
  network->bus = bus ? g_object_ref (bus) : NULL;
  return network;
}

static void
forget (SvpnNetwork *network)
{
  g_clear_pointer (&network->interface, g_free);
  g_clear_pointer (&network->nat_table, g_free);
  network->ifindex = 0;
  network->table = network->priority = 0;
  network->dns = FALSE;
}

void
svpn_network_free (SvpnNetwork *network)
{
  forget (network);
  g_clear_object (&network->bus);
  g_free (network->state_dir);
  g_free (network->id);
  g_free (network);
}

const char *
svpn_network_get_interface (SvpnNetwork *network)
{
  return network->interface;
}

static gboolean
save_section (SvpnNetwork *network, GError **error)
{
  GVariant *section = g_variant_new_parsed (
      "{'interface': <%s>, 'ifindex': <%u>, 'table': <%u>, 'priority': <%u>, 'nat-table': <%s>, 'dns': <%b>}",
      network->interface, network->ifindex, network->table, network->priority,
      network->nat_table ? network->nat_table : "", network->dns);

  return svpn_tunnel_file_save (network->state_dir, network->id, SECTION, section, error);
}

static guint32
lookup_number (GVariant *section, const char *key)
{
  gint64 number = 0;

  g_variant_lookup (section, key, "x", &number);
  return (guint32) number;
}

void
svpn_network_adopt (SvpnNetwork *network)
{
  g_autoptr (GVariant) section = svpn_tunnel_file_load (network->state_dir, network->id, SECTION);
  const char *interface, *nat_table = "";

  if (!section || !g_variant_lookup (section, "interface", "&s", &interface))
    return;
  forget (network);
  network->interface = g_strdup (interface);
  network->ifindex = lookup_number (section, "ifindex");
  network->table = lookup_number (section, "table");
  network->priority = lookup_number (section, "priority");
  g_variant_lookup (section, "nat-table", "&s", &nat_table);
  network->nat_table = *nat_table ? g_strdup (nat_table) : NULL;
  g_variant_lookup (section, "dns", "b", &network->dns);
}

/* Whether the device is still ours, and not a later one of the same name or index. */
static gboolean
link_is_ours (SvpnNetwork *network)
{
  char name[IF_NAMESIZE];

  return if_indextoname (network->ifindex, name) && strcmp (name, network->interface) == 0;
}

/* Undoes everything except the device itself. */
static void
withdraw (SvpnNetwork *network, SvpnNetlink *netlink)
{
  g_autoptr (GError) nat_error = NULL;
  g_autoptr (GError) address_error = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  gboolean exists = link_is_ours (network);

  if (network->dns && network->bus && exists)
    svpn_resolved_revert_link (network->bus, network->ifindex);
  if (network->nat_table && !svpn_nat_delete (network->nat_table, &nat_error))
    g_warning ("%s", nat_error->message);
  if (network->table)
    svpn_routing_undo (netlink, exists ? network->ifindex : 0, network->table, network->priority);
  svpn_sysctl_release (network->state_dir, network->id, NULL);
  addresses = exists ? svpn_netlink_list_addresses (network->ifindex, &address_error) : NULL;
  if (exists && (!addresses || !svpn_netlink_delete (netlink, addresses, &address_error)))
    g_warning ("%s", address_error->message);
}

void
svpn_network_undo (SvpnNetwork *network)
{
  g_autoptr (SvpnNetlink) netlink = NULL;
  g_autoptr (GError) error = NULL;

  if (!network->interface)
    svpn_network_adopt (network);
  if (!network->interface) {
    svpn_sysctl_release (network->state_dir, network->id, NULL);
    svpn_tunnel_file_remove (network->state_dir, network->id, SECTION);
    return;
  }
  netlink = svpn_netlink_new (&error);
  if (!netlink) {
    g_warning ("Cannot undo the network of %s: %s", network->id, error->message);
    return;
  }
  withdraw (network, netlink);
  if (link_is_ours (network) && !svpn_netlink_link_delete (netlink, network->ifindex, &error))
    g_warning ("%s", error->message);
  svpn_tunnel_file_remove (network->state_dir, network->id, SECTION);
  forget (network);
}

/* Keeps the kernel from sending on the link by itself and the other end from configuring this one by router advertisements
 * and redirects; an address that is deleted takes no other one along. The settings go with the device. */
static void
quieten_link (const char *interface)
{
  static const char *const settings[][3] = { { "ipv6", "addr_gen_mode", "1" /* no link-local address */ },
                                             { "ipv6", "accept_ra", "0" },
                                             { "ipv6", "accept_redirects", "0" },
                                             { "ipv4", "promote_secondaries", "1" } };

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *key = g_strdup_printf ("net/%s/conf/%s/%s", settings[i][0], interface, settings[i][1]);
    g_autoptr (GError) error = NULL;

    if (!svpn_sysctl_write (key, settings[i][2], &error))
      g_debug ("%s", error->message);
  }
}

int
svpn_network_create_tun (SvpnNetwork *network, GError **error)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
  int fd;

  svpn_network_undo (network); /* of an earlier attempt */
  fd = open (TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_strlcpy (request.ifr_name, SVPN_INTERFACE_PATTERN, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot make a TUN device with %s: %s", TUN_DEVICE,
                 g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return -1;
  }
  network->interface = g_strdup (request.ifr_name);
  network->ifindex = if_nametoindex (request.ifr_name);
  quieten_link (network->interface);
  if (!save_section (network, error)) {
    forget (network);
    close (fd);
    return -1;
  }
  return fd;
}

gboolean
svpn_network_get_drops (SvpnNetwork *network, guint64 *drops)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnNetlink) netlink = network->interface ? svpn_netlink_new (&error) : NULL;
  SvpnLinkInfo info;

  if (!netlink || !link_is_ours (network)
      || !svpn_netlink_link_get (netlink, network->ifindex, &info, &error)) {
    g_info ("%s: the drops of its device are unknown: %s", network->id,
            error ? error->message : "it is gone");
    return FALSE;
  }
  *drops = info.tx_dropped;
  return TRUE;
}

static gboolean
ipv6_is_disabled (const char *interface)
{
  g_autofree char *key = g_strdup_printf ("net/ipv6/conf/%s/disable_ipv6", interface);
  g_autofree char *all = svpn_sysctl_read ("net/ipv6/conf/all/disable_ipv6");
  g_autofree char *own = svpn_sysctl_read (key);

  return g_strcmp0 (all, "0") != 0 || g_strcmp0 (own, "0") != 0;
}

/* Clears @address if the tunnel cannot have IPv6. */
static void
check_ipv6_address (SvpnNetwork *network, SvpnPrefix *address, guint mtu)
{
  const char *reason = ipv6_is_disabled (network->interface) ? "IPv6 is disabled"
                       : mtu < IPV6_MIN_MTU                  ? "the MTU is below 1280"
                                                             : NULL;

  if (!address->family || !reason)
    return;
  g_warning ("%s gets no IPv6 address: %s", network->interface, reason);
  address->family = 0;
}

static gboolean
add_address (SvpnNetwork *network, SvpnNetlink *netlink, const SvpnPrefix *address, gboolean prefix_route,
             GPtrArray *present, GError **error)
{
  return !address->family
         || svpn_netlink_address_add (netlink, network->ifindex, address, prefix_route, present, error);
}

/* When the MTU of a link falls below 1280, the kernel removes all of IPv6 from it; above, IPv6 returns with defaults. */
static gboolean
set_link_up (SvpnNetwork *network, SvpnNetlink *netlink, guint mtu, GError **error)
{
  if (!svpn_netlink_link_up (netlink, network->ifindex, mtu, TX_QUEUE_LENGTH, error))
    return FALSE;
  quieten_link (network->interface);
  return TRUE;
}

/* The routes to the networks of the addresses are added with the others, since they may contain the peer, too. Addresses are
 * deleted last: the last one of a family takes all routes through the link along. A small MTU, which takes IPv6 along, is
 * set when the IPv6 routes are unreachable already, so that nothing goes around the tunnel. */
static gboolean
set_up_client (SvpnNetwork *network, SvpnNetlink *netlink, SvpnClientNetwork *config, GError **error)
{
  g_autoptr (GPtrArray) addresses = NULL;

  network->table = svpn_routing_table (network->id);
  network->priority = svpn_routing_priority (network->id);
  if (!save_section (network, error)
      || !set_link_up (network, netlink, MAX (config->mtu, IPV6_MIN_MTU), error))
    return FALSE;
  check_ipv6_address (network, &config->ipv6, config->mtu);
  addresses = svpn_netlink_list_addresses (network->ifindex, error);
  return addresses && add_address (network, netlink, &config->ipv4, FALSE, addresses, error)
         && add_address (network, netlink, &config->ipv6, FALSE, addresses, error)
         && svpn_routing_apply (netlink, config, !ipv6_is_disabled (network->interface), network->id,
                                network->state_dir, network->ifindex, error)
         && svpn_netlink_delete (netlink, addresses, error)
         && (config->mtu >= IPV6_MIN_MTU || set_link_up (network, netlink, config->mtu, error));
}

static gboolean
has_default_route (const SvpnClientNetwork *config)
{
  for (gsize i = 0; i < config->n_routes; i++)
    if (config->routes[i].prefix == 0)
      return TRUE;
  return FALSE;
}

gboolean
svpn_network_apply_client (SvpnNetwork *network, const SvpnClientNetwork *config, GError **error)
{
  g_autoptr (SvpnNetlink) netlink = NULL;
  SvpnClientNetwork usable = *config;
  gboolean had_dns = network->dns, has_dns = network->bus && config->dns && config->dns[0];

  g_return_val_if_fail (network->interface, FALSE);
  network->dns = had_dns || has_dns;
  netlink = svpn_netlink_new (error);
  if (!netlink || !set_up_client (network, netlink, &usable, error)) {
    svpn_network_undo (network);
    return FALSE;
  }
  if (has_dns)
    svpn_resolved_set_link (network->bus, network->ifindex, config->dns, has_default_route (config));
  else if (had_dns)
    svpn_resolved_revert_link (network->bus, network->ifindex);
  network->dns = has_dns;
  return TRUE;
}

/* The first host address of a pool. */
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

static gboolean
set_up_server (SvpnNetwork *network, SvpnNetlink *netlink, SvpnServerNetwork *config, GError **error)
{
  SvpnPrefix ipv4 = server_address (&config->ipv4);
  SvpnPrefix ipv6;

  check_ipv6_address (network, &config->ipv6, config->mtu);
  ipv6 = server_address (&config->ipv6);
  network->nat_table = config->nat ? svpn_nat_table_name (network->id) : NULL;
  if (!save_section (network, error) || !set_link_up (network, netlink, config->mtu, error)
      || !add_address (network, netlink, &ipv4, TRUE, NULL, error)
      || !add_address (network, netlink, &ipv6, TRUE, NULL, error)
      || !svpn_forwarding_acquire (network->state_dir, network->id, ipv4.family != 0, ipv6.family != 0,
                                   error))
    return FALSE;
  return !config->nat
         || svpn_nat_add (network->nat_table, network->interface, &config->ipv4, &config->ipv6, error);
}

gboolean
svpn_network_apply_server (SvpnNetwork *network, const SvpnServerNetwork *config, GError **error)
{
  g_autoptr (SvpnNetlink) netlink = NULL;
  SvpnServerNetwork usable = *config;

  g_return_val_if_fail (network->interface, FALSE);
  netlink = svpn_netlink_new (error);
  if (!netlink || !set_up_server (network, netlink, &usable, error)) {
    svpn_network_undo (network);
    return FALSE;
  }
  return TRUE;
}

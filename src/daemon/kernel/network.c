/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in systemd-resolved, applied and undone as a whole.
 *
 * How it works
 *
 * What is ours can be told from all else: the TUN device by its name and index, rules and routes by their protocol,
 * priority and table, the nftables table by its name, shared kernel settings by a record of their own (sysctl.c).
 * RECORD-DIR/ID.json names them, and is on the disk before the first of them is made; so undoing never depends on how
 * far an attempt had come or on which smartvpnd made it, and what is gone already (a TUN device whose last holder
 * died takes its addresses and routes along) is no error. Deleting the link last takes the rest. */
#include "network.h"

#include "error.h"
#include "forwarding.h"
#include "names.h"
#include "nat.h"
#include "netlink.h"
#include "record.h"
#include "resolved.h"
#include "routing.h"
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TUN_DEVICE "/dev/net/tun"
#define RECORD_SUFFIX ".json"
#define IPV6_MIN_MTU 1280

/* Holds what arrives while the worker does not run, about 5 ms at 1 Gbit/s. */
#define TX_QUEUE_LENGTH 500

struct _SvpnNetwork {
  char *id;
  char *record_dir;
  char *record_path;
  GDBusConnection *bus;

  /* What the record says; nothing while interface is NULL. */
  char *interface;
  guint ifindex;
  guint32 table, priority; /* 0: no routes or rules of a client */
  char *nat_table;         /* NULL: none */
  gboolean dns;
};

SvpnNetwork *
svpn_network_new (const char *id, const char *record_dir, GDBusConnection *bus)
{
  SvpnNetwork *network = g_new0 (SvpnNetwork, 1);
  g_autofree char *name = g_strconcat (id, RECORD_SUFFIX, NULL);

  network->id = g_strdup (id);
  network->record_dir = g_strdup (record_dir);
  network->record_path = g_build_filename (record_dir, name, NULL);
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
  g_free (network->record_path);
  g_free (network->record_dir);
  g_free (network->id);
  g_free (network);
}

const char *
svpn_network_get_interface (SvpnNetwork *network)
{
  return network->interface;
}

static gboolean
save_record (SvpnNetwork *network, GError **error)
{
  g_autoptr (JsonObject) record = json_object_new ();

  json_object_set_string_member (record, "interface", network->interface);
  json_object_set_int_member (record, "ifindex", network->ifindex);
  json_object_set_int_member (record, "table", network->table);
  json_object_set_int_member (record, "priority", network->priority);
  json_object_set_string_member (record, "nat-table", network->nat_table ? network->nat_table : "");
  json_object_set_boolean_member (record, "dns", network->dns);
  return svpn_record_save (network->record_path, record, error);
}

gboolean
svpn_network_adopt (SvpnNetwork *network)
{
  g_autoptr (JsonObject) record = svpn_record_load (network->record_path);
  const char *interface = NULL;
  const char *nat_table;

  if (record)
    interface = json_object_get_string_member_with_default (record, "interface", NULL);
  if (!interface)
    return FALSE;
  forget (network);
  network->interface = g_strdup (interface);
  network->ifindex = (guint) json_object_get_int_member_with_default (record, "ifindex", 0);
  network->table = (guint32) json_object_get_int_member_with_default (record, "table", 0);
  network->priority = (guint32) json_object_get_int_member_with_default (record, "priority", 0);
  nat_table = json_object_get_string_member_with_default (record, "nat-table", "");
  network->nat_table = *nat_table ? g_strdup (nat_table) : NULL;
  network->dns = json_object_get_boolean_member_with_default (record, "dns", FALSE);
  return TRUE;
}

char **
svpn_network_list_records (const char *record_dir)
{
  g_autoptr (GDir) dir = g_dir_open (record_dir, 0, NULL);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *id = g_strdup (name);

    if (!g_str_has_suffix (id, RECORD_SUFFIX))
      continue;
    id[strlen (id) - strlen (RECORD_SUFFIX)] = '\0';
    g_strv_builder_add (ids, id);
  }
  return g_strv_builder_end (ids);
}

/* Whether the device is still that of the record, and not a later one that has got its name or its index. */
static gboolean
link_is_ours (SvpnNetwork *network)
{
  char name[IF_NAMESIZE];

  return if_indextoname (network->ifindex, name) && strcmp (name, network->interface) == 0;
}

/* Undoes all but the device itself. */
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
  svpn_sysctl_release (network->record_dir, network->id, NULL);
  addresses = exists ? svpn_netlink_list_addresses (network->ifindex, &address_error) : NULL;
  if (exists && (!addresses || !svpn_netlink_delete (netlink, addresses, &address_error)))
    g_warning ("%s", address_error->message);
}

void
svpn_network_undo (SvpnNetwork *network)
{
  g_autoptr (SvpnNetlink) netlink = NULL;
  g_autoptr (GError) error = NULL;

  if (!network->interface && !svpn_network_adopt (network)) {
    svpn_sysctl_release (network->record_dir, network->id, NULL);
    svpn_record_remove (network->record_path);
    return;
  }
  netlink = svpn_netlink_new (&error);
  if (!netlink) {
    g_warning ("The network of %s cannot be undone: %s", network->id, error->message);
    return;
  }
  withdraw (network, netlink);
  if (link_is_ours (network) && !svpn_netlink_link_delete (netlink, network->ifindex, &error))
    g_warning ("%s", error->message);
  svpn_record_remove (network->record_path);
  forget (network);
}

/* Keeps the kernel from talking on the link by itself, and the other end from configuring this one by router
 * advertisements and redirects; and lets an address that is deleted take no other one along. The settings go with the
 * device. */
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

  svpn_network_undo (network); /* what an earlier attempt left */
  fd = open (TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_strlcpy (request.ifr_name, SVPN_INTERFACE_PATTERN, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "making a TUN device by %s: %s", TUN_DEVICE,
                 g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return -1;
  }
  network->interface = g_strdup (request.ifr_name);
  network->ifindex = if_nametoindex (request.ifr_name);
  quieten_link (network->interface);
  if (!save_record (network, error)) {
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
    g_info ("What %s drops is unknown: %s", network->id, error ? error->message : "its device is gone");
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

/* Clears @address if the tunnel cannot have it. */
static void
check_ipv6_address (SvpnNetwork *network, SvpnPrefix *address, guint mtu)
{
  const char *reason = ipv6_is_disabled (network->interface) ? "IPv6 is disabled"
                       : mtu < IPV6_MIN_MTU                  ? "the MTU is below 1280"
                                                             : NULL;

  if (!address->family || !reason)
    return;
  g_warning ("%s goes on without an IPv6 address: %s", network->interface, reason);
  address->family = 0;
}

static gboolean
add_address (SvpnNetwork *network, SvpnNetlink *netlink, const SvpnPrefix *address, gboolean prefix_route,
             GPtrArray *present, GError **error)
{
  return !address->family
         || svpn_netlink_address_add (netlink, network->ifindex, address, prefix_route, present, error);
}

/* The kernel takes all of IPv6 from a link whose MTU falls below 1280, and gives it back with its defaults. */
static gboolean
set_link_up (SvpnNetwork *network, SvpnNetlink *netlink, guint mtu, GError **error)
{
  if (!svpn_netlink_link_up (netlink, network->ifindex, mtu, TX_QUEUE_LENGTH, error))
    return FALSE;
  quieten_link (network->interface);
  return TRUE;
}

/* The routes to the networks of the addresses come with the others, since they too may contain the peer. An address
 * goes last: with the last one of its family all routes through the link would. So does room for IPv6: its routes then
 * lead nowhere rather than around the tunnel. */
static gboolean
set_up_client (SvpnNetwork *network, SvpnNetlink *netlink, SvpnClientNetwork *config, GError **error)
{
  g_autoptr (GPtrArray) addresses = NULL;

  network->table = svpn_routing_table (network->id);
  network->priority = svpn_routing_priority (network->id);
  if (!save_record (network, error)
      || !set_link_up (network, netlink, MAX (config->mtu, IPV6_MIN_MTU), error))
    return FALSE;
  check_ipv6_address (network, &config->ipv6, config->mtu);
  addresses = svpn_netlink_list_addresses (network->ifindex, error);
  return addresses && add_address (network, netlink, &config->ipv4, FALSE, addresses, error)
         && add_address (network, netlink, &config->ipv6, FALSE, addresses, error)
         && svpn_routing_apply (netlink, config, !ipv6_is_disabled (network->interface), network->id,
                                network->record_dir, network->ifindex, error)
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

static gboolean
set_up_server (SvpnNetwork *network, SvpnNetlink *netlink, SvpnServerNetwork *config, GError **error)
{
  SvpnPrefix ipv4 = server_address (&config->ipv4);
  SvpnPrefix ipv6;

  check_ipv6_address (network, &config->ipv6, config->mtu);
  ipv6 = server_address (&config->ipv6);
  network->nat_table = config->nat ? svpn_nat_table_name (network->id) : NULL;
  if (!save_record (network, error) || !set_link_up (network, netlink, config->mtu, error)
      || !add_address (network, netlink, &ipv4, TRUE, NULL, error)
      || !add_address (network, netlink, &ipv6, TRUE, NULL, error)
      || !svpn_forwarding_acquire (network->record_dir, network->id, ipv4.family != 0, ipv6.family != 0,
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

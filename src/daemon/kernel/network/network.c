/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in the system's DNS, applied, held and undone as a whole.
 *
 * How it works
 *
 * What is ours can be told from all else: the TUN device by its index and its alias, rules and routes by their protocol,
 * priority and table, the nftables table by its name; shared kernel settings have a file of their own (sysctl.c). The
 * section "network" of the tunnel's file names them, and is on the disk before the first of them is made. So undoing does
 * not depend on how far an attempt came, nor on which smartvpnd made it; what is gone already (a TUN device whose last
 * holder died takes its addresses and routes along) is not an error. Deleting the link last takes the rest. */
#include "network-private.h"

#include "error.h"
#include "names.h"
#include "nft.h"
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

SvpnNetwork *
svpn_network_new (const char *id, const char *state_dir, GDBusConnection *bus)
{
  SvpnNetwork *network = g_new0 (SvpnNetwork, 1);

  network->id = g_strdup (id);
  network->state_dir = g_strdup (state_dir);
  network->bus = bus ? g_object_ref (bus) : NULL;
  network->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (network->warnings, NULL);
  network->dns = svpn_dns_new (bus, svpn_network_on_dns_changed, network);
  return network;
}

static void
forget (SvpnNetwork *network)
{
  svpn_network_release (network);
  g_clear_pointer (&network->interface, g_free);
  g_clear_pointer (&network->nft_table, g_free);
  network->ifindex = 0;
  network->table = network->priority = 0;
  network->dns_mode = SVPN_DNS_NONE;
  g_ptr_array_set_size (network->warnings, 0);
  g_ptr_array_add (network->warnings, NULL);
}

void
svpn_network_free (SvpnNetwork *network)
{
  forget (network);
  g_ptr_array_unref (network->warnings);
  svpn_dns_free (network->dns);
  g_clear_object (&network->bus);
  g_free (network->state_dir);
  g_free (network->id);
  g_free (network);
}

void
svpn_network_watch (SvpnNetwork *network, const SvpnNetworkEvents *events, gpointer user_data)
{
  network->events = events;
  network->user_data = user_data;
}

const char *
svpn_network_get_interface (SvpnNetwork *network)
{
  return network->interface;
}

const char *
svpn_network_get_dns_mode (SvpnNetwork *network)
{
  return svpn_dns_mode_to_string (network->dns_mode);
}

const char *const *
svpn_network_get_warnings (SvpnNetwork *network)
{
  return (const char *const *) network->warnings->pdata;
}

gboolean
svpn_network_save (SvpnNetwork *network, GError **error)
{
  GVariant *section = g_variant_new_parsed ("{'interface': <%s>, 'ifindex': <%u>, 'table': <%u>, 'priority': "
                                            "<%u>, 'nat-table': <%s>, 'dns-mode': <%s>}",
                                            network->interface, network->ifindex, network->table,
                                            network->priority, network->nft_table ? network->nft_table : "",
                                            svpn_dns_mode_to_string (network->dns_mode));

  return svpn_tunnel_file_save (network->state_dir, network->id, SECTION, section, error);
}

static guint32
lookup_number (GVariant *section, const char *key)
{
  gint64 number = 0;

  g_variant_lookup (section, key, "x", &number);
  return (guint32) number;
}

/* A smartvpnd before this one knew systemd-resolved alone: "dns" said whether it was set. */
static SvpnDnsMode
lookup_dns_mode (GVariant *section)
{
  const char *mode = "none";
  gboolean dns = FALSE;

  if (g_variant_lookup (section, "dns", "b", &dns) && dns)
    return SVPN_DNS_RESOLVED;
  g_variant_lookup (section, "dns-mode", "&s", &mode);
  return svpn_dns_mode_from_string (mode);
}

guint32
svpn_network_saved_priority (const char *state_dir, const char *id)
{
  g_autoptr (GVariant) section = svpn_tunnel_file_load (state_dir, id, SECTION);

  return section != NULL ? lookup_number (section, "priority") : 0;
}

void
svpn_network_adopt (SvpnNetwork *network)
{
  g_autoptr (GVariant) section = svpn_tunnel_file_load (network->state_dir, network->id, SECTION);
  const char *interface, *nft_table = "";

  if (!section || !g_variant_lookup (section, "interface", "&s", &interface))
    return;
  forget (network);
  network->interface = g_strdup (interface);
  network->ifindex = lookup_number (section, "ifindex");
  network->table = lookup_number (section, "table");
  network->priority = lookup_number (section, "priority");
  g_variant_lookup (section, "nat-table", "&s", &nft_table);
  network->nft_table = *nft_table ? g_strdup (nft_table) : NULL;
  network->dns_mode = lookup_dns_mode (section);
}

/* A smartvpnd before this one gave its devices no alias: then the name counts. */
gboolean
svpn_network_find_link (SvpnNetwork *network)
{
  g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (NULL);
  char name[IF_NAMESIZE];
  SvpnLinkInfo info;

  if (!netlink || !if_indextoname (network->ifindex, name)
      || !svpn_netlink_link_get (netlink, network->ifindex, &info, NULL))
    return FALSE;
  if (strcmp (name, network->interface) == 0
      && (*info.alias == '\0' || svpn_netlink_link_is_marked (netlink, network->ifindex, network->id)))
    return TRUE;
  if (!svpn_netlink_link_is_marked (netlink, network->ifindex, network->id))
    return FALSE;
  g_message ("%s: the device %s is called %s now", network->id, network->interface, name);
  g_free (network->interface);
  network->interface = g_strdup (name);
  return TRUE;
}

static void
delete_surplus (SvpnNetlink *netlink, SvpnNetwork *network, const SvpnKernelState *state)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < state->rules->len && !error; i++)
    svpn_netlink_set_rule (netlink, &g_array_index (state->rules, SvpnRule, i), FALSE, &error);
  for (guint i = 0; i < state->routes->len && !error; i++)
    svpn_netlink_set_route (netlink, &g_array_index (state->routes, SvpnRoute, i), FALSE, &error);
  for (guint i = 0; i < state->addresses->len && !error; i++)
    svpn_netlink_set_address (netlink, network->ifindex, &g_array_index (state->addresses, SvpnPrefix, i),
                              FALSE, &error);
  if (error)
    g_warning ("%s", error->message);
}

/* Routes and rules, those of the main table that lead to our device, too (an earlier smartvpnd had some there). */
static void
withdraw_routing (SvpnNetwork *network, SvpnNetlink *netlink, gboolean exists)
{
  static const int families[] = { AF_INET6, AF_INET };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autoptr (SvpnKernelState) state = svpn_kernel_state_new ();
    g_autoptr (GError) error = NULL;

    if (!svpn_netlink_read_rules (families[i], network->priority,
                                  network->priority + SVPN_ROUTING_PRIORITIES - 1, state->rules, &error)
        || !svpn_netlink_read_routes (families[i], network->table, 0, state->routes, &error)
        || (exists
            && !svpn_netlink_read_routes (families[i], SVPN_MAIN_TABLE, network->ifindex, state->routes,
                                          &error)))
      g_warning ("%s", error->message);
    delete_surplus (netlink, network, state);
  }
}

/* Undoes everything except the device itself. */
static void
withdraw (SvpnNetwork *network, SvpnNetlink *netlink)
{
  g_autoptr (SvpnKernelState) state = svpn_kernel_state_new ();
  g_autoptr (GError) nft_error = NULL;
  gboolean exists = svpn_network_find_link (network);

  svpn_dns_unset (network->dns, network->dns_mode, exists ? network->ifindex : 0, network->interface);
  if (network->nft_table && !svpn_nft_delete (network->nft_table, &nft_error))
    g_warning ("%s", nft_error->message);
  if (network->table)
    withdraw_routing (network, netlink, exists);
  svpn_sysctl_release (network->state_dir, network->id, NULL);
  if (exists && svpn_netlink_read_addresses (network->ifindex, state->addresses, NULL))
    delete_surplus (netlink, network, state);
}

void
svpn_network_undo (SvpnNetwork *network)
{
  g_autoptr (SvpnNetlink) netlink = NULL;
  g_autoptr (GError) error = NULL;

  svpn_network_release (network);
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
  if (svpn_network_find_link (network) && !svpn_netlink_link_delete (netlink, network->ifindex, &error))
    g_warning ("%s", error->message);
  svpn_tunnel_file_remove (network->state_dir, network->id, SECTION);
  forget (network);
}

void
svpn_network_quieten_link (const char *interface)
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

static gboolean
mark_link (SvpnNetwork *network, GError **error)
{
  g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (error);

  return netlink && svpn_netlink_link_mark (netlink, network->ifindex, network->id, error);
}

/* The fd of a new device, or -1. */
static int
open_tun (SvpnNetwork *network, GError **error)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
  int fd = open (TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_strlcpy (request.ifr_name, SVPN_INTERFACE_PATTERN, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot make a TUN device with %s: %s%s", TUN_DEVICE,
                 g_strerror (errno),
                 errno == ENOENT || errno == ENODEV
                     ? "; load the kernel's module tun, or let this container have that device"
                     : "");
    if (fd >= 0)
      close (fd);
    return -1;
  }
  g_free (network->interface);
  network->interface = g_strdup (request.ifr_name);
  network->ifindex = if_nametoindex (request.ifr_name);
  svpn_network_quieten_link (network->interface);
  if (mark_link (network, error) && svpn_network_save (network, error))
    return fd;
  close (fd);
  return -1;
}

int
svpn_network_create_tun (SvpnNetwork *network, GError **error)
{
  svpn_network_undo (network); /* what an earlier attempt left */
  int fd = open_tun (network, error);
  if (fd < 0)
    forget (network);
  return fd;
}

int
svpn_network_replace_tun (SvpnNetwork *network, GError **error)
{
  g_autoptr (GPtrArray) restored = g_ptr_array_new_with_free_func (g_free);
  int fd = open_tun (network, error);

  g_clear_pointer (&network->held, svpn_kernel_state_free); /* all of it is new */
  if (fd < 0 || svpn_network_hold (network, restored, error))
    return fd;
  close (fd);
  return -1;
}

gboolean
svpn_network_get_drops (SvpnNetwork *network, guint64 *drops)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnNetlink) netlink = network->interface ? svpn_netlink_new (&error) : NULL;
  SvpnLinkInfo info;

  if (!netlink || !svpn_network_find_link (network)
      || !svpn_netlink_link_get (netlink, network->ifindex, &info, &error)) {
    g_info ("%s: the drops of its device are unknown: %s", network->id,
            error ? error->message : "it is gone");
    return FALSE;
  }
  *drops = info.tx_dropped;
  return TRUE;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The network of a client: the server's assignment, with the user's settings over it. */
#include "client-network.h"
#include "netlink.h"

#include <unistd.h>

#define SCOPE SVPN_SCOPE_CLIENT

/* Bytes around a packet on the wire. */
#define TCP_HEADER 32  /* with timestamps */
#define TLS_RECORD 22  /* header, content type, tag */
#define WS_HEADER_UP 8 /* of more than 125 bytes, masked */
#define WS_HEADER_DOWN 4
#define FRAME (5 + 24 + 16) /* header, nonce, tag */

/* The user's list if it is set, else the server's. */
static char **
choose_list (SvpnTunnel *tunnel, const char *key, char **of_server)
{
  g_autoptr (GVariant) of_user
      = g_variant_lookup_value (svpn_tunnel_get_settings (tunnel), key, G_VARIANT_TYPE_STRING_ARRAY);

  return of_user != NULL ? g_variant_dup_strv (of_user, NULL) : g_strdupv (of_server);
}

static gboolean
has_own_routes (SvpnTunnel *tunnel)
{
  g_autoptr (GVariant) routes = g_variant_lookup_value (svpn_tunnel_get_settings (tunnel), "routes", NULL);

  return routes != NULL;
}

char *
svpn_client_network_fingerprint (SvpnTunnel *tunnel, const SvpnAssignment *assignment)
{
  g_auto (GStrv) dns_list = choose_list (tunnel, "dns", assignment->dns);
  g_auto (GStrv) routes_list = choose_list (tunnel, "routes", assignment->routes);
  g_autofree char *ipv4 = svpn_prefix_to_string (&assignment->ipv4);
  g_autofree char *ipv6
      = assignment->ipv6.family != 0 ? svpn_prefix_to_string (&assignment->ipv6) : g_strdup ("-");
  g_autofree char *remote = svpn_address_to_string (&assignment->remote);
  g_autofree char *dns = g_strjoinv (",", dns_list);
  g_autofree char *routes = g_strjoinv (",", routes_list);

  return g_strdup_printf ("%s %s %s mtu %u dns %s routes %s", ipv4, ipv6, remote, assignment->mtu, dns,
                          routes);
}

void
svpn_client_network_describe_config (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GVariantDict *dict)
{
  g_auto (GStrv) dns = choose_list (tunnel, "dns", assignment->dns);
  g_auto (GStrv) routes = choose_list (tunnel, "routes", assignment->routes);

  g_variant_dict_insert (dict, "mtu", "u", assignment->mtu);
  g_variant_dict_insert (dict, "dns", "^as", dns);
  g_variant_dict_insert (dict, "routes", "^as", routes);
}

void
svpn_client_network_describe (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GVariantDict *dict)
{
  g_autofree char *ipv4 = svpn_address_to_string (&assignment->ipv4);
  GVariant *settings = svpn_tunnel_get_settings (tunnel);

  g_variant_dict_insert (dict, "assigned-ip", "s", ipv4);
  g_variant_dict_insert (dict, "prefix", "u", assignment->ipv4.prefix);
  g_variant_dict_insert (dict, "gateway", "s", assignment->gateway);
  if (assignment->ipv6.family != 0) {
    g_autofree char *ipv6 = svpn_address_to_string (&assignment->ipv6);
    g_variant_dict_insert (dict, "assigned-ipv6", "s", ipv6);
    g_variant_dict_insert (dict, "prefix6", "u", assignment->ipv6.prefix);
    g_variant_dict_insert (dict, "gateway6", "s", assignment->gateway6);
  }
  svpn_client_network_describe_config (tunnel, assignment, dict);
  g_variant_dict_insert (dict, "interface", "s",
                         svpn_network_get_interface (svpn_tunnel_get_network (tunnel)));
  g_variant_dict_insert (dict, "dns-mode", "s", svpn_network_get_dns_mode (svpn_tunnel_get_network (tunnel)));
  g_variant_dict_insert (dict, "warnings", "^as",
                         svpn_network_get_warnings (svpn_tunnel_get_network (tunnel)));
  g_variant_dict_insert (dict, "client-id", "s", assignment->client_id);
  g_variant_dict_insert (dict, "server-url", "s", svpn_settings_get_string (SCOPE, settings, "server-url"));
}

gboolean
svpn_client_network_apply (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GError **error)
{
  g_auto (GStrv) dns = choose_list (tunnel, "dns", assignment->dns);
  g_auto (GStrv) routes = choose_list (tunnel, "routes", assignment->routes);
  g_autofree SvpnPrefix *prefixes = g_new0 (SvpnPrefix, g_strv_length (routes) + 1);
  GVariant *settings = svpn_tunnel_get_settings (tunnel);
  g_auto (GStrv) domains = svpn_settings_get_strings (SCOPE, settings, "dns-domains");
  SvpnClientNetwork config = {
    .ipv4 = assignment->ipv4,
    .ipv6 = assignment->ipv6,
    .peer = assignment->remote,
    .mtu = assignment->mtu,
    .routes = prefixes,
    .dns = (const char *const *) dns,
    .dns_domains = (const char *const *) domains,
    .dns_mode = svpn_settings_get_string (SCOPE, settings, "dns-mode"),
    .own_routes = has_own_routes (tunnel),
    .local_networks = g_str_equal (svpn_settings_get_string (SCOPE, settings, "local-networks"), "allow"),
    .device_only = g_str_equal (svpn_settings_get_string (SCOPE, settings, "network"), "device"),
    .worker_uid = svpn_tunnel_get_worker_uid (tunnel),
  };

  for (char **route = routes; *route != NULL; route++)
    config.n_routes += svpn_prefix_parse (*route, &prefixes[config.n_routes]) ? 1 : 0;
  return svpn_network_apply_client (svpn_tunnel_get_network (tunnel), &config, error);
}

int
svpn_client_network_create (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GError **error)
{
  int tun = svpn_network_create_tun (svpn_tunnel_get_network (tunnel), error);

  if (tun < 0 || svpn_client_network_apply (tunnel, assignment, error))
    return tun;
  close (tun);
  return -1;
}

void
svpn_client_network_tell_worker (SvpnTunnel *tunnel, const SvpnAssignment *assignment, SvpnDbusWorker *worker)
{
  g_auto (GStrv) routes = choose_list (tunnel, "routes", assignment->routes);
  g_auto (GStrv) local = svpn_network_get_local_networks (svpn_tunnel_get_network (tunnel));

  svpn_dbus_worker_call_set_networks (worker, (const char *const *) routes, (const char *const *) local, NULL,
                                      NULL, NULL);
}

/* The largest packet inside the tunnel that goes into one packet of the link, alone in its TLS record. */
static guint32
fits (guint link_mtu, const SvpnAssignment *assignment, guint ws_header)
{
  guint headers = (assignment->remote.family == AF_INET6 ? 40 : 20) + TCP_HEADER;
  guint around = headers + TLS_RECORD + ws_header + FRAME;

  return link_mtu > around ? link_mtu - around : 0;
}

void
svpn_client_network_add_link_mtu (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GVariantDict *info)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (&error);
  uid_t uid = svpn_tunnel_get_worker_uid (tunnel);
  SvpnWay way = { 0 };
  guint32 overhead = 0;
  SvpnLinkInfo of_link;

  if (netlink == NULL || !svpn_netlink_get_way (netlink, &assignment->remote, uid, &way, &error)
      || !svpn_netlink_link_get (netlink, way.ifindex, &of_link, &error)) {
    g_info ("The MTU of the link to the server is unknown: %s", error->message);
    return;
  }
  g_variant_dict_lookup (info, "overhead", "u", &overhead);
  g_variant_dict_insert (info, "fits-up", "u", fits (of_link.mtu, assignment, WS_HEADER_UP));
  g_variant_dict_insert (info, "fits-down", "u", fits (of_link.mtu, assignment, WS_HEADER_DOWN));
  g_variant_dict_insert (info, "link-mtu", "u", of_link.mtu);
  g_variant_dict_insert (info, "max-mtu", "u", of_link.mtu - MIN (overhead, of_link.mtu));
}

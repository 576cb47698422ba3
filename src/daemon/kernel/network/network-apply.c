/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * New configurations of a tunnel's network: they are kept, and made to be so. */
#include "network-private.h"
#include "nft.h"

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
                           .everything = svpn_network_has_default (client, AF_INET)
                                         || svpn_network_has_default (client, AF_INET6) };

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the server has assigned to a client, as rows of a table. */
#include "connection-rows.h"
#include "format.h"
#include "i18n.h"

static char *
with_prefix (const char *address, guint prefix)
{
  return address != NULL ? g_strdup_printf ("%s/%u", address, prefix) : NULL;
}

void
svpn_add_connection (SvpnTable *table, SmartvpnConnection *connection)
{
  g_autofree char *ipv4 = with_prefix (smartvpn_connection_get_assigned_ip (connection),
                                       smartvpn_connection_get_prefix (connection));
  g_autofree char *ipv6 = with_prefix (smartvpn_connection_get_assigned_ipv6 (connection),
                                       smartvpn_connection_get_prefix6 (connection));
  g_autofree char *dns = svpn_format_list (smartvpn_connection_get_dns (connection));
  g_autofree char *routes = svpn_format_list (smartvpn_connection_get_routes (connection));
  g_autofree char *mtu = g_strdup_printf ("%u", smartvpn_connection_get_mtu (connection));

  svpn_table_add (table, _ ("Server"), smartvpn_connection_get_server_url (connection));
  svpn_table_add (table, _ ("Interface"), smartvpn_connection_get_interface (connection));
  svpn_table_add (table, _ ("Address"), ipv4);
  if (ipv6 != NULL)
    svpn_table_add (table, _ ("IPv6 address"), ipv6);
  svpn_table_add (table, _ ("Gateway"), smartvpn_connection_get_gateway (connection));
  svpn_table_add (table, _ ("Routes"), routes);
  svpn_table_add (table, _ ("DNS"), dns);
  svpn_table_add (table, _ ("MTU"), mtu);
  for (const char *const *warning = smartvpn_connection_get_warnings (connection);
       warning != NULL && *warning != NULL; warning++)
    svpn_table_add (table, _ ("Warning"), *warning);
}

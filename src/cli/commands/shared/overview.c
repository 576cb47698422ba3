/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients and servers, one a row. */
#include "overview.h"
#include "format.h"
#include "i18n.h"
#include "terminal.h"

static GVariant *
summary_of_client (SmartvpnClient *client)
{
  GVariantDict dict;
  const char *url = smartvpn_client_get_server_url (client);
  const char *address = smartvpn_client_get_assigned_ip (client);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "client");
  g_variant_dict_insert (&dict, "state", "s",
                         smartvpn_client_state_to_string (smartvpn_client_get_state (client)));
  g_variant_dict_insert (&dict, "health", "s",
                         smartvpn_health_to_string (smartvpn_client_get_health (client)));
  g_variant_dict_insert (&dict, "server-url", "s", url != NULL ? url : "");
  g_variant_dict_insert (&dict, "assigned-ip", "s", address != NULL ? address : "");
  return svpn_with_name (g_variant_dict_end (&dict), smartvpn_profile_get_name (SMARTVPN_PROFILE (client)));
}

static GVariant *
summary_of_server (SmartvpnServer *server)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "server");
  g_variant_dict_insert (&dict, "state", "s",
                         smartvpn_server_state_to_string (smartvpn_server_get_state (server)));
  g_variant_dict_insert (&dict, "listen", "^as", smartvpn_server_get_listen_address (server));
  g_variant_dict_insert (&dict, "connected-clients", "u", smartvpn_server_get_connected_clients (server));
  return svpn_with_name (g_variant_dict_end (&dict), smartvpn_profile_get_name (SMARTVPN_PROFILE (server)));
}

void
svpn_print_clients (GListModel *clients)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("lllll");

  svpn_table_set_header (table, _ ("CLIENT"), _ ("STATE"), _ ("HEALTH"), _ ("ADDRESS"), _ ("SERVER"));
  for (guint i = 0; i < g_list_model_get_n_items (clients); i++) {
    g_autoptr (SmartvpnClient) client = g_list_model_get_item (clients, i);

    svpn_table_add (table, smartvpn_profile_get_name (SMARTVPN_PROFILE (client)),
                    svpn_word (smartvpn_client_state_to_string (smartvpn_client_get_state (client))),
                    svpn_word (smartvpn_health_to_string (smartvpn_client_get_health (client))),
                    smartvpn_client_get_assigned_ip (client), smartvpn_client_get_server_url (client));
  }
  svpn_print_table (table);
}

void
svpn_print_servers (GListModel *servers)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("llrll");

  svpn_table_set_header (table, _ ("SERVER"), _ ("STATE"), _ ("CLIENTS"), _ ("LISTENS ON"), _ ("NETWORKS"));
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr (SmartvpnServer) server = g_list_model_get_item (servers, i);
    g_autofree char *listen = svpn_format_list (smartvpn_server_get_listen_address (server));
    g_autofree char *subnet = svpn_format_list (smartvpn_server_get_subnet (server));
    g_autofree char *n_clients = g_strdup_printf ("%u", smartvpn_server_get_connected_clients (server));

    svpn_table_add (table, smartvpn_profile_get_name (SMARTVPN_PROFILE (server)),
                    svpn_word (smartvpn_server_state_to_string (smartvpn_server_get_state (server))),
                    n_clients, listen, subnet);
  }
  svpn_print_table (table);
}

void
svpn_add_summaries (JsonArray *array, GListModel *profiles)
{
  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (profiles, i);

    svpn_array_add_dictionary (array, SMARTVPN_IS_CLIENT (profile)
                                          ? summary_of_client (SMARTVPN_CLIENT (profile))
                                          : summary_of_server (SMARTVPN_SERVER (profile)));
  }
}

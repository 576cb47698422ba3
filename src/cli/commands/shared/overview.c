/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients and servers, one a row. */
#include "overview.h"
#include "format.h"
#include "i18n.h"
#include "terminal.h"

const char *
svpn_client_state_word (SmartvpnClient *client)
{
  const char *word = smartvpn_client_get_state_word (client);

  return word != NULL ? word : smartvpn_client_state_to_string (SMARTVPN_CLIENT_STATE_UNKNOWN);
}

const char *
svpn_client_new_state_word (SmartvpnClient *client, SmartvpnClientState state)
{
  return state != SMARTVPN_CLIENT_STATE_UNKNOWN ? smartvpn_client_state_to_string (state)
                                                : svpn_client_state_word (client);
}

const char *
svpn_client_health_word (SmartvpnClient *client)
{
  const char *word = smartvpn_client_get_health_word (client);

  return word != NULL ? word : smartvpn_health_to_string (SMARTVPN_HEALTH_NONE);
}

const char *
svpn_server_state_word (SmartvpnServer *server)
{
  const char *word = smartvpn_server_get_state_word (server);

  return word != NULL ? word : smartvpn_server_state_to_string (SMARTVPN_SERVER_STATE_UNKNOWN);
}

static GVariant *
summary_of_client (SmartvpnClient *client)
{
  GVariantDict dict;
  const char *url = smartvpn_client_get_server_url (client);
  const char *address = smartvpn_client_get_assigned_ip (client);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "client");
  g_variant_dict_insert (&dict, "state", "s", svpn_client_state_word (client));
  g_variant_dict_insert (&dict, "health", "s", svpn_client_health_word (client));
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
  g_variant_dict_insert (&dict, "state", "s", svpn_server_state_word (server));
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
                    svpn_word (svpn_client_state_word (client)), svpn_word (svpn_client_health_word (client)),
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
                    svpn_word (svpn_server_state_word (server)), n_clients, listen, subnet);
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

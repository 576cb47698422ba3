/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * status, quality and mtu. */
#include "commands.h"
#include "exit-status.h"
#include "i18n.h"
#include "output.h"
#include "service.h"

#include <inttypes.h>

/* ---- status: all ---- */

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
    SmartvpnHealth health = smartvpn_client_get_health (client);

    svpn_table_add (table, smartvpn_profile_get_name (SMARTVPN_PROFILE (client)),
                    smartvpn_client_state_to_string (smartvpn_client_get_state (client)),
                    health != SMARTVPN_HEALTH_NONE ? smartvpn_health_to_string (health) : NULL,
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
    g_autofree char *listen = svpn_join (smartvpn_server_get_listen_address (server));
    g_autofree char *subnet = svpn_join (smartvpn_server_get_subnet (server));
    g_autofree char *n_clients = g_strdup_printf ("%u", smartvpn_server_get_connected_clients (server));

    svpn_table_add (table, smartvpn_profile_get_name (SMARTVPN_PROFILE (server)),
                    smartvpn_server_state_to_string (smartvpn_server_get_state (server)), n_clients, listen,
                    subnet);
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

static gboolean
print_all (SvpnInvocation *invocation, GError **error)
{
  SmartvpnManager *manager = svpn_service_manager (invocation, error);
  JsonArray *array;

  if (manager == NULL)
    return FALSE;
  if (!svpn_wants_json (invocation)) {
    svpn_print_clients (smartvpn_manager_get_clients (manager));
    putchar ('\n');
    svpn_print_servers (smartvpn_manager_get_servers (manager));
    return TRUE;
  }
  array = json_array_new ();
  svpn_add_summaries (array, smartvpn_manager_get_clients (manager));
  svpn_add_summaries (array, smartvpn_manager_get_servers (manager));
  svpn_print_array (array);
  return TRUE;
}

/* ---- status: one ---- */

/* What is not as one may expect of a tunnel, and that nothing leaves the machine but through it. */
static void
add_network (SvpnTable *table, SmartvpnRecord *status)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (smartvpn_record_to_variant (status));
  g_autoptr (GVariant) warnings = g_variant_lookup_value (all, "warnings", G_VARIANT_TYPE_STRING_ARRAY);
  gboolean closed = FALSE;

  if (g_variant_lookup (all, "lockdown", "b", &closed) && closed)
    svpn_table_add (table, _ ("Lockdown"), _ ("closed: nothing leaves this machine but through tunnels"));
  for (gsize i = 0; warnings != NULL && i < g_variant_n_children (warnings); i++) {
    const char *text;

    g_variant_get_child (warnings, i, "&s", &text);
    svpn_table_add (table, _ ("Warning"), text);
  }
}

static void
print_status (SmartvpnClient *client, SmartvpnClientStatus *status)
{
  SmartvpnConnection *connection = smartvpn_client_status_get_connection (status);
  SmartvpnHealth health = smartvpn_client_get_health (client);
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autofree char *since = svpn_format_time (smartvpn_client_status_get_since (status));
  g_autofree char *uptime = svpn_format_duration (smartvpn_client_status_get_uptime_s (status));

  svpn_table_add (table, _ ("Client"), smartvpn_profile_get_name (SMARTVPN_PROFILE (client)));
  svpn_table_add (table, _ ("State"),
                  smartvpn_client_state_to_string (smartvpn_client_status_get_state (status)));
  if (health != SMARTVPN_HEALTH_NONE)
    svpn_table_add (table, _ ("Health"), smartvpn_health_to_string (health));
  if (connection != NULL) {
    svpn_add_connection (table, connection);
    svpn_table_add (table, _ ("Remote"), smartvpn_client_status_get_remote_address (status));
    svpn_table_add (table, _ ("Since"), since);
    svpn_table_add (table, _ ("Connected for"), uptime);
  } else
    svpn_table_add (table, _ ("Server"), smartvpn_client_get_server_url (client));
  if (smartvpn_client_status_get_last_error (status) != NULL)
    svpn_table_add (table, _ ("Last error"), smartvpn_client_status_get_last_error (status));
  add_network (table, SMARTVPN_RECORD (status));
  svpn_print_table (table);
}

gboolean
svpn_run_status (SvpnInvocation *invocation, GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);
  g_autoptr (SmartvpnClientStatus) status = NULL;
  SmartvpnClient *client;

  if (name == NULL)
    return print_all (invocation, error);
  client = svpn_service_client (invocation, name, error);
  status = client != NULL ? smartvpn_client_get_status_sync (client, NULL, error) : NULL;
  if (status == NULL)
    return FALSE;
  if (svpn_wants_json (invocation))
    svpn_print_dictionary (svpn_with_name (smartvpn_record_to_variant (SMARTVPN_RECORD (status)), name));
  else
    print_status (client, status);
  if (smartvpn_client_status_get_state (status) != SMARTVPN_CLIENT_STATE_CONNECTED)
    invocation->status = SVPN_EXIT_NOT_ACTIVE;
  return TRUE;
}

/* ---- quality ---- */

static void add_printf (SvpnTable *table, const char *title, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_printf (SvpnTable *table, const char *title, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  svpn_table_add (table, title, text);
}

static void
print_quality (SmartvpnQuality *quality)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autofree char *rtt = svpn_format_ms (smartvpn_quality_get_rtt_ms (quality));
  g_autofree char *last = svpn_format_ms (smartvpn_quality_get_rtt_last_ms (quality));
  g_autofree char *jitter = svpn_format_ms (smartvpn_quality_get_jitter_ms (quality));

  svpn_table_add (table, _ ("Health"), smartvpn_health_to_string (smartvpn_quality_get_health (quality)));
  svpn_table_add (table, _ ("RTT, smoothed"), rtt);
  svpn_table_add (table, _ ("RTT, last"), last);
  svpn_table_add (table, _ ("Jitter"), jitter);
  add_printf (table, _ ("Loss"), "%.1f %%", 100 * smartvpn_quality_get_loss_ratio (quality));
  add_printf (table, _ ("Keepalives"), _ ("%" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64 " timed out"),
              smartvpn_quality_get_keepalives_sent (quality),
              smartvpn_quality_get_keepalives_answered (quality),
              smartvpn_quality_get_keepalives_timed_out (quality));
  add_printf (table, _ ("Next keepalive"), _ ("in %.0f s, every %g s"),
              smartvpn_quality_get_next_keepalive_s (quality),
              smartvpn_quality_get_keepalive_interval_s (quality));
  svpn_print_table (table);
}

gboolean
svpn_run_quality (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client
      = svpn_service_client_in_use (invocation, svpn_invocation_argument (invocation, 0), error);
  g_autoptr (SmartvpnQuality) quality
      = client != NULL ? smartvpn_client_get_connection_quality_sync (client, NULL, error) : NULL;

  if (quality == NULL)
    return FALSE;
  if (svpn_wants_json (invocation))
    svpn_print_dictionary (smartvpn_record_to_variant (SMARTVPN_RECORD (quality)));
  else
    print_quality (quality);
  return TRUE;
}

/* ---- mtu ---- */

static void
print_mtu (SmartvpnMtuInfo *info)
{
  const struct {
    const char *title;
    guint bytes;
  } rows[] = {
    { _ ("MTU of the link"), smartvpn_mtu_info_get_link_mtu (info) },
    { _ ("- IP header"), smartvpn_mtu_info_get_overhead_ip (info) },
    { _ ("- TCP header with timestamps"), smartvpn_mtu_info_get_overhead_tcp (info) },
    { _ ("- WebSocket header"), smartvpn_mtu_info_get_overhead_websocket (info) },
    { _ ("- frame header"), smartvpn_mtu_info_get_overhead_frame (info) },
    { _ ("- authentication tag"), smartvpn_mtu_info_get_overhead_tag (info) },
    { _ ("= largest MTU of the tunnel"), smartvpn_mtu_info_get_max_mtu (info) },
    { _ ("MTU of the tunnel"), smartvpn_mtu_info_get_mtu (info) },
    { _ ("beside it, a TLS record"), smartvpn_mtu_info_get_extra_tls (info) },
    { _ ("beside it, a nonce"), smartvpn_mtu_info_get_extra_nonce (info) },
  };
  g_autoptr (SvpnTable) table = svpn_table_new ("lr");
  g_autofree char *too_big = g_strdup_printf ("%" PRIu64, smartvpn_mtu_info_get_packets_too_big (info));

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *bytes = g_strdup_printf ("%u", rows[i].bytes);

    svpn_table_add (table, rows[i].title, rows[i].bytes > 0 ? bytes : NULL);
  }
  svpn_table_add (table, _ ("packets that were too big"), too_big);
  svpn_print_table (table);
}

gboolean
svpn_run_mtu (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client
      = svpn_service_client_in_use (invocation, svpn_invocation_argument (invocation, 0), error);
  g_autoptr (SmartvpnMtuInfo) info
      = client != NULL ? smartvpn_client_get_mtu_info_sync (client, NULL, error) : NULL;

  if (info == NULL)
    return FALSE;
  if (svpn_wants_json (invocation))
    svpn_print_dictionary (smartvpn_record_to_variant (SMARTVPN_RECORD (info)));
  else
    print_mtu (info);
  return TRUE;
}

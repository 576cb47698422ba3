/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * server clients, limit and kick: the sessions of connected clients. */
#include "commands.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "print.h"
#include "quantity.h"

#define BURST_DEFAULT 65536 /* bytes; rate-limit-burst-bytes of a server */

/* ---- clients ---- */

static void
add_session_row (SvpnTable *table, SmartvpnSession *session)
{
  SmartvpnStatistics *statistics = smartvpn_session_get_statistics (session);
  g_autofree char *uptime = svpn_format_duration (smartvpn_session_get_uptime_s (session));
  g_autofree char *sent = g_format_size (smartvpn_statistics_get_bytes_sent (statistics));
  g_autofree char *received = g_format_size (smartvpn_statistics_get_bytes_received (statistics));

  svpn_table_add (table, smartvpn_session_get_id (session), smartvpn_session_get_name (session),
                  smartvpn_session_get_assigned_ip (session), smartvpn_session_get_remote_address (session),
                  uptime, sent, received);
}

gboolean
svpn_run_server_clients (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);
  g_autoptr (GPtrArray) sessions
      = server != NULL ? smartvpn_server_list_clients_sync (server, NULL, error) : NULL;
  g_autoptr (SvpnTable) table = svpn_table_new ("llllrrr");
  JsonArray *array;

  if (sessions == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation)) {
    array = json_array_new ();
    for (guint i = 0; i < sessions->len; i++)
      svpn_array_add_dictionary (array, smartvpn_record_to_variant (SMARTVPN_RECORD (sessions->pdata[i])));
    svpn_print_array (array);
    return TRUE;
  }
  svpn_table_set_header (table, _ ("ID"), _ ("NAME"), _ ("ADDRESS"), _ ("FROM"), _ ("FOR"), _ ("SENT"),
                         _ ("RECEIVED"));
  for (guint i = 0; i < sessions->len; i++)
    add_session_row (table, sessions->pdata[i]);
  svpn_print_table (table);
  return TRUE;
}

/* ---- limit and kick ---- */

static gboolean
is_session_meant (SmartvpnSession *session, const char *client)
{
  const char *names[] = {
    smartvpn_session_get_id (session),          smartvpn_session_get_name (session),
    smartvpn_session_get_assigned_ip (session), smartvpn_session_get_assigned_ipv6 (session),
    smartvpn_session_get_public_key (session),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], client) == 0)
      return TRUE;
  return FALSE;
}

/* The id of the only session that @client, an id, a name, an address or a public key, stands for. */
static char *
find_session_id (SmartvpnServer *server, const char *client, GError **error)
{
  g_autoptr (GPtrArray) sessions = smartvpn_server_list_clients_sync (server, NULL, error);
  SmartvpnSession *found = NULL;

  if (sessions == NULL)
    return NULL;
  for (guint i = 0; i < sessions->len; i++) {
    if (!is_session_meant (sessions->pdata[i], client))
      continue;
    if (found != NULL) {
      g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                   _ ("client '%s' has more than one session; give an id that \"server clients\" shows"),
                   client);
      return NULL;
    }
    found = sessions->pdata[i];
  }
  if (found == NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_SESSION, _ ("client '%s' is not connected"),
                 client);
  return found != NULL ? g_strdup (smartvpn_session_get_id (found)) : NULL;
}

/* The rate, and the burst size: as given, else 100 ms at the rate, but at least the server's default. */
static gboolean
parse_limit (SvpnInvocation *invocation, const char *text, guint64 *rate, guint64 *burst, GError **error)
{
  const char *given = svpn_invocation_value (invocation, "burst");

  if (!svpn_parse_rate (text, rate, error))
    return FALSE;
  *burst = MAX (*rate / 10, BURST_DEFAULT);
  return given == NULL || svpn_parse_size (given, burst, error);
}

gboolean
svpn_run_server_limit (SvpnInvocation *invocation, GError **error)
{
  const char *text = svpn_invocation_argument (invocation, 1);
  gboolean removes = g_str_equal (text, "none");
  guint64 rate = 0, burst = 0;
  SmartvpnServer *server;
  g_autofree char *id = NULL;

  if (!removes && !parse_limit (invocation, text, &rate, &burst, error))
    return FALSE;
  server = svpn_lookup_option_server (invocation, error);
  id = server != NULL ? find_session_id (server, svpn_invocation_argument (invocation, 0), error) : NULL;
  if (id == NULL)
    return FALSE;
  if (removes)
    return smartvpn_server_remove_client_rate_limit_sync (server, id, NULL, error);
  return smartvpn_server_set_client_rate_limit_sync (server, id, rate, burst, NULL, error);
}

gboolean
svpn_run_server_kick (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_option_server (invocation, error);
  g_autofree char *id
      = server != NULL ? find_session_id (server, svpn_invocation_argument (invocation, 0), error) : NULL;

  return id != NULL && smartvpn_server_disconnect_client_sync (server, id, NULL, error);
}

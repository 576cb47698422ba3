/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * status: of one client, or of all clients and servers. */
#include "commands.h"
#include "connection-rows.h"
#include "exit-status.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "overview.h"
#include "terminal.h"

#include <stdio.h>

#include <inttypes.h>

/* ---- status: all ---- */

static gboolean
print_overview (SvpnInvocation *invocation, GError **error)
{
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);
  JsonArray *array;

  if (manager == NULL)
    return FALSE;
  if (!svpn_invocation_wants_json (invocation)) {
    svpn_print_clients (smartvpn_manager_get_clients (manager));
    svpn_print_text ("\n");
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

/* When the next attempt comes. A status without the time says that there is no way to the server yet. */
static char *
format_next_attempt (SmartvpnClientStatus *status)
{
  g_autoptr (GVariant) entries = g_variant_take_ref (smartvpn_record_to_variant (SMARTVPN_RECORD (status)));
  g_autoptr (GVariant) next = g_variant_lookup_value (entries, "next-try-s", NULL);
  guint next_s = smartvpn_client_status_get_next_try_s (status);
  guint attempt = smartvpn_client_status_get_attempt (status);

  if (next == NULL)
    return g_strdup_printf (_ ("number %u, when there is a way to the server"), attempt);
  if (next_s == 0)
    return g_strdup_printf (_ ("number %u, under way"), attempt);
  return g_strdup_printf (_ ("number %u, in %u s"), attempt, next_s);
}

static void
add_session_rows (SvpnTable *table, SmartvpnClientStatus *status)
{
  guint64 lost_since_s = smartvpn_client_status_get_lost_since (status);
  g_autofree char *since = svpn_format_time (smartvpn_client_status_get_since (status));
  g_autofree char *uptime = svpn_format_duration (smartvpn_client_status_get_uptime_s (status));
  g_autofree char *lost = svpn_format_time (lost_since_s), *next = NULL;

  svpn_table_add (table, _ ("Remote"), smartvpn_client_status_get_remote_address (status));
  if (smartvpn_client_status_get_since (status) > 0) {
    svpn_table_add (table, _ ("Since"), since);
    svpn_table_add (table, _ ("Connected for"), uptime);
  }
  if (lost_since_s == 0)
    return;
  next = format_next_attempt (status);
  svpn_table_add (table, _ ("Lost since"), lost);
  svpn_table_add (table, _ ("Next attempt"), next);
}

static void
print_client_status (SmartvpnClient *client, SmartvpnClientStatus *status)
{
  SmartvpnConnection *connection = smartvpn_client_status_get_connection (status);
  const char *state = smartvpn_client_status_get_state_word (status);
  const char *health = smartvpn_client_get_health_word (client);
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");

  svpn_table_add (table, _ ("Client"), smartvpn_profile_get_name (SMARTVPN_PROFILE (client)));
  svpn_table_add (table, _ ("State"), state != NULL ? svpn_word (state) : NULL);
  if (health != NULL)
    svpn_table_add (table, _ ("Health"), svpn_word (health));
  if (connection != NULL) {
    svpn_add_connection (table, connection);
    add_session_rows (table, status);
  } else
    svpn_table_add (table, _ ("Server"), smartvpn_client_get_server_url (client));
  if (smartvpn_client_status_get_last_error (status) != NULL)
    svpn_table_add (table, _ ("Last error"), smartvpn_client_status_get_last_error (status));
  if (smartvpn_client_status_get_lockdown (status))
    svpn_table_add (table, _ ("Lockdown"), _ ("closed: nothing leaves this machine except through tunnels"));
  svpn_print_table (table);
}

gboolean
svpn_run_status (SvpnInvocation *invocation, GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);
  g_autoptr (SmartvpnClientStatus) status = NULL;
  SmartvpnClient *client;

  if (name == NULL)
    return print_overview (invocation, error);
  client = svpn_lookup_client (invocation, name, error);
  status = client != NULL ? smartvpn_client_get_status_sync (client, NULL, error) : NULL;
  if (status == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    svpn_print_dictionary (svpn_with_name (smartvpn_record_to_variant (SMARTVPN_RECORD (status)), name));
  else
    print_client_status (client, status);
  if (smartvpn_client_status_get_state (status) == SMARTVPN_CLIENT_STATE_UNKNOWN)
    invocation->status = SVPN_EXIT_NOT_SUPPORTED;
  else if (smartvpn_client_status_get_state (status) != SMARTVPN_CLIENT_STATE_CONNECTED)
    invocation->status = SVPN_EXIT_NOT_ACTIVE;
  return TRUE;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * server start, stop, status and reload. */
#include "commands.h"
#include "exit-status.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "print.h"
#include "terminal.h"

static void
add_setup_rows (SvpnTable *table, SmartvpnServerSetup *setup)
{
  g_autofree char *listen = svpn_format_list (smartvpn_server_setup_get_listen (setup));
  g_autofree char *subnet = svpn_format_list (smartvpn_server_setup_get_subnet (setup));
  g_autofree char *mtu = g_strdup_printf ("%u", smartvpn_server_setup_get_mtu (setup));

  svpn_table_add (table, _ ("Public key"), smartvpn_server_setup_get_public_key (setup));
  svpn_table_add (table, _ ("Listens on"), listen);
  svpn_table_add (table, _ ("Networks"), subnet);
  svpn_table_add (table, _ ("Interface"), smartvpn_server_setup_get_interface (setup));
  svpn_table_add (table, _ ("MTU"), mtu);
  for (const char *const *warning = smartvpn_server_setup_get_warnings (setup);
       warning != NULL && *warning != NULL; warning++)
    svpn_table_add (table, _ ("Warning"), *warning);
}

gboolean
svpn_run_server_start (SvpnInvocation *invocation, GError **error)
{
  g_autoptr (GVariant) settings = svpn_invocation_collect_settings (invocation, SVPN_SCOPE_SERVER, 1, error);
  SmartvpnServer *server = settings != NULL ? svpn_lookup_argument_server (invocation, error) : NULL;
  g_autoptr (SmartvpnServerSetup) setup
      = server != NULL ? smartvpn_server_start_sync (server, settings, NULL, error) : NULL;
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");

  if (setup == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation)) {
    svpn_print_dictionary (svpn_with_name (smartvpn_record_to_variant (SMARTVPN_RECORD (setup)),
                                           smartvpn_profile_get_name (SMARTVPN_PROFILE (server))));
    return TRUE;
  }
  svpn_table_add (table, _ ("Server"), smartvpn_profile_get_name (SMARTVPN_PROFILE (server)));
  add_setup_rows (table, setup);
  svpn_print_table (table);
  return TRUE;
}

gboolean
svpn_run_server_stop (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);

  return server != NULL && smartvpn_server_stop_sync (server, NULL, error);
}

/* The settings that take a restart, as one text. */
static char *
join_needs_restart (SmartvpnServerStatus *status)
{
  return g_strjoinv (", ", (char **) smartvpn_server_status_get_needs_restart (status));
}

gboolean
svpn_run_server_reload (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);
  g_autoptr (SmartvpnServerStatus) status = NULL;
  g_autofree char *keys = NULL;

  if (server == NULL || !smartvpn_server_reload_sync (server, NULL, error))
    return FALSE;
  status = smartvpn_server_get_status_sync (server, NULL, error);
  if (status == NULL)
    return FALSE;
  keys = join_needs_restart (status);
  if (*keys != '\0')
    svpn_say (_ ("not applied until the server is stopped and started: %s"), keys);
  return TRUE;
}

static void
add_statistics_rows (SvpnTable *table, SmartvpnStatistics *statistics)
{
  g_autofree char *sent = g_format_size (smartvpn_statistics_get_bytes_sent (statistics));
  g_autofree char *received = g_format_size (smartvpn_statistics_get_bytes_received (statistics));

  svpn_table_add (table, _ ("Sent"), sent);
  svpn_table_add (table, _ ("Received"), received);
}

static void
print_server_status (SmartvpnServer *server, SmartvpnServerStatus *status)
{
  SmartvpnServerSetup *setup = smartvpn_server_status_get_setup (status);
  const char *state = smartvpn_server_status_get_state_word (status);
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autoptr (SmartvpnStatistics) statistics = smartvpn_server_get_statistics_sync (server, NULL, NULL);
  g_autofree char *since = svpn_format_time (smartvpn_server_status_get_since (status));
  g_autofree char *uptime = svpn_format_duration (smartvpn_server_status_get_uptime_s (status));
  g_autofree char *needs_restart = join_needs_restart (status);
  g_autofree char *clients
      = g_strdup_printf (_ ("%u of at most %u"), smartvpn_server_status_get_connected_clients (status),
                         smartvpn_server_status_get_max_clients (status));

  svpn_table_add (table, _ ("Server"), smartvpn_profile_get_name (SMARTVPN_PROFILE (server)));
  svpn_table_add (table, _ ("State"), state != NULL ? svpn_word (state) : NULL);
  if (setup != NULL) {
    add_setup_rows (table, setup);
    svpn_table_add (table, _ ("Clients"), clients);
    svpn_table_add (table, _ ("Since"), since);
    svpn_table_add (table, _ ("Running for"), uptime);
  }
  if (*needs_restart != '\0')
    svpn_table_add (table, _ ("Needs restart"), needs_restart);
  if (statistics != NULL)
    add_statistics_rows (table, statistics);
  if (smartvpn_server_status_get_last_error (status) != NULL)
    svpn_table_add (table, _ ("Last error"), smartvpn_server_status_get_last_error (status));
  svpn_print_table (table);
}

gboolean
svpn_run_server_status (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);
  g_autoptr (SmartvpnServerStatus) status
      = server != NULL ? smartvpn_server_get_status_sync (server, NULL, error) : NULL;

  if (status == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    svpn_print_dictionary (svpn_with_name (smartvpn_record_to_variant (SMARTVPN_RECORD (status)),
                                           smartvpn_profile_get_name (SMARTVPN_PROFILE (server))));
  else
    print_server_status (server, status);
  if (smartvpn_server_status_get_state (status) == SMARTVPN_SERVER_STATE_UNKNOWN)
    invocation->status = SVPN_EXIT_NOT_SUPPORTED;
  else if (smartvpn_server_status_get_state (status) != SMARTVPN_SERVER_STATE_RUNNING)
    invocation->status = SVPN_EXIT_NOT_ACTIVE;
  return TRUE;
}

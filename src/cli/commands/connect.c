/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * connect, disconnect and reconnect. */
#include "commands.h"
#include "connection-rows.h"
#include "describe.h"
#include "exit-status.h"
#include "i18n.h"
#include "lookup.h"
#include "overview.h"
#include "print.h"
#include "reason-words.h"
#include "terminal.h"

#include <glib-unix.h>

typedef struct {
  SmartvpnClient *client;
  GMainLoop *loop;
  SmartvpnConnection *connection;
  GError *error;
  gboolean interrupted;
  gboolean outlasts_call; /* the call has answered InProgress */
} Connecting;

static void
on_connect_status (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Connecting *connecting = user_data;
  g_autoptr (SmartvpnClientStatus) status
      = smartvpn_client_get_status_finish (SMARTVPN_CLIENT (client), result, &connecting->error);

  if (status != NULL)
    g_set_object (&connecting->connection, smartvpn_client_status_get_connection (status));
  if (status != NULL && connecting->connection == NULL) /* gone again meanwhile */
    connecting->error = svpn_error_from_reason (smartvpn_client_status_get_last_reason (status),
                                                smartvpn_client_status_get_last_error (status));
  g_main_loop_quit (connecting->loop);
}

/* Called with each state after the call has answered InProgress. */
static void
follow_connecting (Connecting *connecting)
{
  SmartvpnProfile *profile = SMARTVPN_PROFILE (connecting->client);
  const char *message = smartvpn_profile_get_last_error (profile);

  switch (smartvpn_client_get_state (connecting->client)) {
  case SMARTVPN_CLIENT_STATE_UNKNOWN:
  case SMARTVPN_CLIENT_STATE_CONNECTING:
  case SMARTVPN_CLIENT_STATE_DISCONNECTING:
    return;
  case SMARTVPN_CLIENT_STATE_CONNECTED:
  case SMARTVPN_CLIENT_STATE_RECONNECTING:
    smartvpn_client_get_status_async (connecting->client, NULL, on_connect_status, connecting);
    return;
  case SMARTVPN_CLIENT_STATE_DISCONNECTED:
  case SMARTVPN_CLIENT_STATE_FAILED:
    connecting->error = svpn_error_from_reason (smartvpn_profile_get_last_reason (profile), message);
    g_main_loop_quit (connecting->loop);
  }
}

/* Called with each state. The last one is not printed: the result tells. */
static void
on_connect_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                          const char *reason, GVariant *details, Connecting *connecting)
{
  const char *word = svpn_word (svpn_client_new_state_word (client, state));
  g_autofree char *why = svpn_reason_in_words (reason, details);

  if (connecting->outlasts_call)
    follow_connecting (connecting);
  if (!svpn_is_terminal (stderr) || state == SMARTVPN_CLIENT_STATE_CONNECTED
      || state == SMARTVPN_CLIENT_STATE_FAILED || state == SMARTVPN_CLIENT_STATE_DISCONNECTED)
    return;
  if (why != NULL)
    svpn_say ("%s: %s (%s)", smartvpn_profile_get_name (SMARTVPN_PROFILE (client)), word, why);
  else
    svpn_say ("%s: %s", smartvpn_profile_get_name (SMARTVPN_PROFILE (client)), word);
}

static void
on_connect_answer (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->connection
      = smartvpn_client_connect_finish (SMARTVPN_CLIENT (client), result, &connecting->error);
  connecting->outlasts_call = g_error_matches (connecting->error, SMARTVPN_ERROR, SMARTVPN_ERROR_IN_PROGRESS);
  if (connecting->outlasts_call) {
    g_clear_error (&connecting->error);
    follow_connecting (connecting);
    return;
  }
  g_main_loop_quit (connecting->loop);
}

/* Called at Ctrl-C. The first one ends the attempt, whose answer ends the main loop; the second one does not wait. */
static gboolean
on_connect_interrupt (gpointer user_data)
{
  Connecting *connecting = user_data;

  if (connecting->interrupted)
    g_main_loop_quit (connecting->loop);
  connecting->interrupted = TRUE;
  smartvpn_client_disconnect_async (connecting->client, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static SmartvpnConnection *
wait_for_connection (SvpnInvocation *invocation, SmartvpnClient *client, GVariant *settings, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Connecting connecting = { .client = client, .loop = loop };
  guint interrupt = g_unix_signal_add (SIGINT, on_connect_interrupt, &connecting);

  g_signal_connect (client, "state-changed", G_CALLBACK (on_connect_state_changed), &connecting);
  smartvpn_client_connect_async (client, settings, NULL, on_connect_answer, &connecting);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_signal_handlers_disconnect_by_data (client, &connecting);
  if (connecting.connection == NULL && connecting.interrupted) {
    invocation->status = SVPN_EXIT_INTERRUPTED;
    g_clear_error (&connecting.error);
  }
  if (connecting.error != NULL)
    g_propagate_error (error, connecting.error);
  return connecting.connection;
}

static void
print_connection (SmartvpnClient *client, SmartvpnConnection *connection)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");

  svpn_table_add (table, _ ("Client"), smartvpn_profile_get_name (SMARTVPN_PROFILE (client)));
  svpn_add_connection (table, connection);
  svpn_print_table (table);
}

/* The end of a command about @client that has no result for people. */
static gboolean
print_if_json (SvpnInvocation *invocation, SmartvpnClient *client, GError **error)
{
  return !svpn_invocation_wants_json (invocation)
         || svpn_print_profile (SMARTVPN_PROFILE (client), NULL, error);
}

gboolean
svpn_run_connect (SvpnInvocation *invocation, GError **error)
{
  gboolean waits = !svpn_invocation_has (invocation, "no-wait");
  g_autoptr (GVariant) settings = svpn_invocation_collect_settings (invocation, SVPN_SCOPE_CLIENT, 1, error);
  g_autoptr (SmartvpnConnection) connection = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (settings);
  SmartvpnClient *client;

  if (settings == NULL)
    return FALSE;
  client = svpn_lookup_client (invocation, svpn_invocation_argument (invocation, 0), error);
  if (client == NULL)
    return FALSE;
  if (!waits)
    g_variant_dict_insert (&options, "wait", "b", FALSE);
  connection = wait_for_connection (invocation, client, g_variant_dict_end (&options), error);
  if (connection == NULL)
    return invocation->status != SVPN_EXIT_OK;
  if (waits && !svpn_invocation_wants_json (invocation))
    print_connection (client, connection);
  return print_if_json (invocation, client, error);
}

gboolean
svpn_run_disconnect (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);

  return client != NULL && smartvpn_client_disconnect_sync (client, NULL, error)
         && print_if_json (invocation, client, error);
}

gboolean
svpn_run_reconnect (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);

  return client != NULL && smartvpn_client_reconnect_sync (client, NULL, error)
         && print_if_json (invocation, client, error);
}

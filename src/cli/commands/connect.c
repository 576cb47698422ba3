/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * connect, disconnect and reconnect. */
#include "commands.h"
#include "connection-rows.h"
#include "exit-status.h"
#include "i18n.h"
#include "lookup.h"
#include "overview.h"
#include "print.h"
#include "terminal.h"

#include <glib-unix.h>

typedef struct {
  SmartvpnClient *client;
  GMainLoop *loop;
  SmartvpnConnection *connection;
  GError *error;
  gboolean interrupted;
} Connecting;

/* Called with each state. The last one is not printed: the result tells. */
static void
on_connect_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                          const char *reason, Connecting *connecting)
{
  const char *word = svpn_word (svpn_client_new_state_word (client, state));

  if (state == SMARTVPN_CLIENT_STATE_CONNECTED || state == SMARTVPN_CLIENT_STATE_FAILED
      || state == SMARTVPN_CLIENT_STATE_DISCONNECTED)
    return;
  if (*reason != '\0')
    svpn_say ("%s: %s (%s)", smartvpn_profile_get_name (SMARTVPN_PROFILE (client)), word, reason);
  else
    svpn_say ("%s: %s", smartvpn_profile_get_name (SMARTVPN_PROFILE (client)), word);
}

static void
on_connect_answer (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->connection
      = smartvpn_client_connect_finish (SMARTVPN_CLIENT (client), result, &connecting->error);
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

  if (svpn_is_terminal (stderr))
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
print_connection (SvpnInvocation *invocation, SmartvpnClient *client, SmartvpnConnection *connection)
{
  const char *name = smartvpn_profile_get_name (SMARTVPN_PROFILE (client));
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");

  if (svpn_invocation_wants_json (invocation)) {
    svpn_print_dictionary (svpn_with_name (smartvpn_record_to_variant (SMARTVPN_RECORD (connection)), name));
    return;
  }
  svpn_table_add (table, _ ("Client"), name);
  svpn_add_connection (table, connection);
  svpn_print_table (table);
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
  if (connection != NULL && waits)
    print_connection (invocation, client, connection);
  return connection != NULL || invocation->status != SVPN_EXIT_OK;
}

gboolean
svpn_run_disconnect (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);

  return client != NULL && smartvpn_client_disconnect_sync (client, NULL, error);
}

gboolean
svpn_run_reconnect (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);

  return client != NULL && smartvpn_client_reconnect_sync (client, NULL, error);
}

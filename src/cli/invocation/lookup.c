/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients and servers that a command is about. */
#include "lookup.h"
#include "agent.h"
#include "i18n.h"

#define DEFAULT_NAME "default"

/* Tries again to start smartvpnd, for the error that says why it does not start. TRUE if it starts now. */
static gboolean
retry_start (SmartvpnManager *manager, GError **error)
{
  if (smartvpn_manager_generate_keypair_sync (manager, NULL, NULL, NULL, error))
    return TRUE;
  g_prefix_error (error, "%s", _ ("smartvpnd does not run, and cannot be started: "));
  return FALSE;
}

/* Completion does not ask for passwords. */
static SmartvpnManager *
make_manager (SvpnInvocation *invocation, GError **error)
{
  SmartvpnManager *manager = smartvpn_manager_new_sync (NULL, error);

  if (manager != NULL)
    smartvpn_manager_set_interactive (manager, invocation->command != NULL);
  return manager;
}

SmartvpnManager *
svpn_lookup_manager (SvpnInvocation *invocation, GError **error)
{
  if (invocation->manager != NULL)
    return invocation->manager;
  if (invocation->command != NULL)
    svpn_agent_start ();
  invocation->manager = make_manager (invocation, error);
  if (invocation->manager == NULL)
    g_prefix_error (error, "%s", _ ("the message bus cannot be reached: "));
  if (invocation->manager == NULL || smartvpn_manager_get_running (invocation->manager))
    return invocation->manager;
  if (!retry_start (invocation->manager, error))
    return NULL;
  g_object_unref (invocation->manager);
  invocation->manager = make_manager (invocation, error);
  return invocation->manager;
}

GListModel *
svpn_lookup_list (SmartvpnManager *manager, SvpnScope scope)
{
  return scope == SVPN_SCOPE_SERVER ? smartvpn_manager_get_servers (manager)
                                    : smartvpn_manager_get_clients (manager);
}

static char *
join_names (GListModel *profiles)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (profiles, i);

    g_ptr_array_add (names, (gpointer) smartvpn_profile_get_name (profile));
  }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

SmartvpnProfile *
svpn_lookup_find (SmartvpnManager *manager, SvpnScope scope, const char *name)
{
  return scope == SVPN_SCOPE_SERVER ? (SmartvpnProfile *) smartvpn_manager_get_server (manager, name)
                                    : (SmartvpnProfile *) smartvpn_manager_get_client (manager, name);
}

static SmartvpnProfile *
lookup_profile (SvpnInvocation *invocation, SvpnScope scope, const char *given, GError **error)
{
  const char *name = given != NULL ? given : DEFAULT_NAME;
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);
  SmartvpnProfile *profile = manager != NULL ? svpn_lookup_find (manager, scope, name) : NULL;
  g_autofree char *names = NULL;

  if (manager == NULL || profile != NULL)
    return profile;
  names = join_names (svpn_lookup_list (manager, scope));
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_PROFILE,
               scope == SVPN_SCOPE_SERVER ? _ ("server '%s' does not exist; the servers are: %s")
                                          : _ ("client '%s' does not exist; the clients are: %s"),
               name, names);
  return NULL;
}

SmartvpnClient *
svpn_lookup_client (SvpnInvocation *invocation, const char *name, GError **error)
{
  return (SmartvpnClient *) lookup_profile (invocation, SVPN_SCOPE_CLIENT, name, error);
}

SmartvpnServer *
svpn_lookup_server (SvpnInvocation *invocation, const char *name, GError **error)
{
  return (SmartvpnServer *) lookup_profile (invocation, SVPN_SCOPE_SERVER, name, error);
}

SmartvpnServer *
svpn_lookup_argument_server (SvpnInvocation *invocation, GError **error)
{
  return svpn_lookup_server (invocation, svpn_invocation_argument (invocation, 0), error);
}

SmartvpnServer *
svpn_lookup_option_server (SvpnInvocation *invocation, GError **error)
{
  return svpn_lookup_server (invocation, svpn_invocation_value (invocation, "server"), error);
}

SmartvpnProfile *
svpn_lookup_profile (SvpnInvocation *invocation, GError **error)
{
  return lookup_profile (invocation, svpn_invocation_scope (invocation),
                         svpn_invocation_argument (invocation, 0), error);
}

static gboolean
is_in_use (SmartvpnClient *client)
{
  SmartvpnClientState state = smartvpn_client_get_state (client);

  return state != SMARTVPN_CLIENT_STATE_DISCONNECTED && state != SMARTVPN_CLIENT_STATE_FAILED;
}

/* The name of the only client that is in use; NULL if there are none or several. */
static const char *
name_of_only_one_in_use (GListModel *clients)
{
  const char *name = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (clients); i++) {
    g_autoptr (SmartvpnClient) client = g_list_model_get_item (clients, i);

    if (!is_in_use (client))
      continue;
    if (name != NULL)
      return NULL;
    name = smartvpn_profile_get_name (SMARTVPN_PROFILE (client));
  }
  return name;
}

SmartvpnClient *
svpn_lookup_client_in_use (SvpnInvocation *invocation, GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);

  if (manager == NULL)
    return NULL;
  if (name == NULL)
    name = name_of_only_one_in_use (smartvpn_manager_get_clients (manager));
  return svpn_lookup_client (invocation, name, error);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way to smartvpnd, its clients and servers. */
#include "service.h"
#include "agent.h"
#include "i18n.h"

#define DEFAULT_NAME "default"

/* Why smartvpnd, which should have been started, is not there. */
static gboolean
explain (SmartvpnManager *manager, GError **error)
{
  if (smartvpn_manager_generate_keypair_sync (manager, NULL, NULL, NULL, error))
    return TRUE; /* it has come after all */
  g_prefix_error (error, "%s", _ ("smartvpnd does not run, and could not be started: "));
  return FALSE;
}

SmartvpnManager *
svpn_service_manager (SvpnInvocation *invocation, GError **error)
{
  if (invocation->manager != NULL)
    return invocation->manager;
  if (invocation->command != NULL) /* completion does not ask for passwords */
    svpn_agent_start ();
  invocation->manager = smartvpn_manager_new_sync (NULL, error);
  if (invocation->manager == NULL)
    g_prefix_error (error, "%s", _ ("the message bus cannot be reached: "));
  if (invocation->manager == NULL || smartvpn_manager_get_running (invocation->manager))
    return invocation->manager;
  if (!explain (invocation->manager, error))
    return NULL;
  g_object_unref (invocation->manager);
  invocation->manager = smartvpn_manager_new_sync (NULL, error);
  return invocation->manager;
}

static char *
list_names (GListModel *profiles)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autofree const char **list = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (profiles, i);

    g_ptr_array_add (names, (gpointer) smartvpn_profile_get_name (profile));
  }
  g_ptr_array_add (names, NULL);
  list = (const char **) g_ptr_array_free (names, FALSE);
  return g_strjoinv (", ", (char **) list);
}

SmartvpnProfile *
svpn_service_profile (SvpnInvocation *invocation, gboolean is_server, const char *name, GError **error)
{
  SmartvpnManager *manager = svpn_service_manager (invocation, error);
  SmartvpnProfile *profile;
  g_autofree char *names = NULL;

  if (manager == NULL)
    return NULL;
  if (name == NULL)
    name = DEFAULT_NAME;
  profile = is_server ? (SmartvpnProfile *) smartvpn_manager_get_server (manager, name)
                      : (SmartvpnProfile *) smartvpn_manager_get_client (manager, name);
  if (profile != NULL)
    return profile;
  names = list_names (is_server ? smartvpn_manager_get_servers (manager)
                                : smartvpn_manager_get_clients (manager));
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_PROFILE,
               is_server ? _ ("there is no server '%s' (there are: %s)")
                         : _ ("there is no client '%s' (there are: %s)"),
               name, names);
  return NULL;
}

SmartvpnClient *
svpn_service_client (SvpnInvocation *invocation, const char *name, GError **error)
{
  return (SmartvpnClient *) svpn_service_profile (invocation, FALSE, name, error);
}

SmartvpnServer *
svpn_service_server (SvpnInvocation *invocation, const char *name, GError **error)
{
  return (SmartvpnServer *) svpn_service_profile (invocation, TRUE, name, error);
}

static gboolean
is_in_use (SmartvpnClient *client)
{
  SmartvpnClientState state = smartvpn_client_get_state (client);

  return state != SMARTVPN_CLIENT_STATE_DISCONNECTED && state != SMARTVPN_CLIENT_STATE_FAILED;
}

SmartvpnClient *
svpn_service_client_in_use (SvpnInvocation *invocation, const char *name, GError **error)
{
  SmartvpnManager *manager = name == NULL ? svpn_service_manager (invocation, error) : NULL;
  guint n_in_use = 0;

  if (name == NULL && manager == NULL)
    return NULL;
  for (guint i = 0; manager != NULL && i < g_list_model_get_n_items (smartvpn_manager_get_clients (manager));
       i++) {
    g_autoptr (SmartvpnClient) client = g_list_model_get_item (smartvpn_manager_get_clients (manager), i);

    if (is_in_use (client) && n_in_use++ == 0)
      name = smartvpn_profile_get_name (SMARTVPN_PROFILE (client));
  }
  return svpn_service_client (invocation, n_in_use > 1 ? NULL : name, error);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * profile list, add, show, remove, import and export. */
#include "assignments.h"
#include "commands.h"
#include "i18n.h"
#include "overview.h"
#include "stored-settings.h"

#include <string.h>

gboolean
svpn_run_profile_list (SvpnInvocation *invocation, GError **error)
{
  const SvpnScope scope = svpn_invocation_scope (invocation);
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);
  GListModel *profiles = manager != NULL ? svpn_lookup_list (manager, scope) : NULL;
  JsonArray *array;

  if (profiles == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation)) {
    array = json_array_new ();
    svpn_add_summaries (array, profiles);
    svpn_print_array (array);
  } else if (scope == SVPN_SCOPE_SERVER)
    svpn_print_servers (profiles);
  else
    svpn_print_clients (profiles);
  return TRUE;
}

gboolean
svpn_run_profile_add (SvpnInvocation *invocation, GError **error)
{
  g_autoptr (GVariant) settings
      = svpn_invocation_collect_settings (invocation, svpn_invocation_scope (invocation), 1, error);

  return settings != NULL
         && svpn_stored_settings_add (invocation, svpn_invocation_argument (invocation, 0), settings, error);
}

gboolean
svpn_run_profile_remove (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = svpn_lookup_profile (invocation, error);

  return profile != NULL && smartvpn_manager_remove_sync (invocation->manager, profile, NULL, error);
}

gboolean
svpn_run_profile_rename (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = svpn_lookup_profile (invocation, error);
  g_autoptr (SmartvpnProfile) renamed
      = profile != NULL ? smartvpn_manager_rename_sync (invocation->manager, profile,
                                                        svpn_invocation_argument (invocation, 1), NULL, error)
                        : NULL;

  return renamed != NULL;
}

/* ---- show ---- */

static void
print_profile_settings (GVariant *settings, char **secrets)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  GVariantIter iter;
  const char *key;
  GVariant *value;

  svpn_table_set_header (table, _ ("SETTING"), _ ("VALUE"));
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autofree char *text = svpn_assignments_text (value, ", ");

    svpn_table_add (table, key, text);
  }
  for (; *secrets != NULL; secrets++)
    svpn_table_add (table, *secrets, _ ("(stored)"));
  svpn_print_table (table);
}

gboolean
svpn_run_profile_show (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = svpn_lookup_profile (invocation, error);
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings
      = profile != NULL ? svpn_stored_settings_get (profile, &secrets, error) : NULL;
  GVariantDict dict;

  if (settings == NULL)
    return FALSE;
  if (!svpn_invocation_wants_json (invocation)) {
    print_profile_settings (settings, secrets);
    return TRUE;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s",
                         svpn_invocation_has (invocation, "server") ? "server" : "client");
  g_variant_dict_insert_value (&dict, "settings", settings);
  g_variant_dict_insert (&dict, "secrets", "^as", secrets);
  svpn_print_dictionary (svpn_with_name (g_variant_dict_end (&dict), smartvpn_profile_get_name (profile)));
  return TRUE;
}

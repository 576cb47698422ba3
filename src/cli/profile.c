/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * profile list, add, show, remove, import and export. */
#include "assignments.h"
#include "commands.h"
#include "document.h"
#include "i18n.h"
#include "link.h"
#include "secret.h"
#include "service.h"
#include "stored.h"

#include <string.h>

static gboolean
is_about_servers (SvpnInvocation *invocation)
{
  return svpn_invocation_has (invocation, "server");
}

static SvpnScope
scope_of (SvpnInvocation *invocation)
{
  return is_about_servers (invocation) ? SVPN_SCOPE_SERVER : SVPN_SCOPE_CLIENT;
}

static SmartvpnProfile *
find (SvpnInvocation *invocation, GError **error)
{
  return svpn_service_profile (invocation, is_about_servers (invocation),
                               svpn_invocation_argument (invocation, 0), error);
}

gboolean
svpn_run_profile_list (SvpnInvocation *invocation, GError **error)
{
  SmartvpnManager *manager = svpn_service_manager (invocation, error);
  GListModel *profiles;
  JsonArray *array;

  if (manager == NULL)
    return FALSE;
  profiles = is_about_servers (invocation) ? smartvpn_manager_get_servers (manager)
                                           : smartvpn_manager_get_clients (manager);
  if (svpn_wants_json (invocation)) {
    array = json_array_new ();
    svpn_add_summaries (array, profiles);
    svpn_print_array (array);
  } else if (is_about_servers (invocation))
    svpn_print_servers (profiles);
  else
    svpn_print_clients (profiles);
  return TRUE;
}

static gboolean
add (SvpnInvocation *invocation, const char *name, GVariant *settings, GError **error)
{
  SmartvpnManager *manager = svpn_service_manager (invocation, error);
  g_autoptr (SmartvpnProfile) added = NULL;

  if (manager == NULL)
    return FALSE;
  if (is_about_servers (invocation))
    added = (SmartvpnProfile *) smartvpn_manager_add_server_sync (manager, name, settings, NULL, error);
  else
    added = (SmartvpnProfile *) smartvpn_manager_add_client_sync (manager, name, settings, NULL, error);
  if (added == NULL)
    g_prefix_error (error, "'%s': ", name);
  return added != NULL;
}

gboolean
svpn_run_profile_add (SvpnInvocation *invocation, GError **error)
{
  g_autoptr (GVariant) settings = svpn_assignments_collect (invocation, scope_of (invocation), 1, error);

  return settings != NULL && add (invocation, svpn_invocation_argument (invocation, 0), settings, error);
}

gboolean
svpn_run_profile_remove (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = find (invocation, error);

  return profile != NULL && smartvpn_manager_remove_sync (invocation->manager, profile, NULL, error);
}

/* ---- show ---- */

static char *
value_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY)) {
    g_autofree const char **elements = g_variant_get_strv (value, NULL);

    return g_strjoinv (", ", (char **) elements);
  }
  return g_variant_print (value, FALSE);
}

static void
print_settings (GVariant *settings, char **secrets)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  GVariantIter iter;
  const char *key;
  GVariant *value;

  svpn_table_set_header (table, _ ("SETTING"), _ ("VALUE"));
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autofree char *text = value_text (value);

    svpn_table_add (table, key, text);
  }
  for (; *secrets != NULL; secrets++)
    svpn_table_add (table, *secrets, _ ("(stored)"));
  svpn_print_table (table);
}

gboolean
svpn_run_profile_show (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = find (invocation, error);
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = profile != NULL ? svpn_stored_get (profile, &secrets, error) : NULL;
  GVariantDict dict;

  if (settings == NULL)
    return FALSE;
  if (!svpn_wants_json (invocation)) {
    print_settings (settings, secrets);
    return TRUE;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", is_about_servers (invocation) ? "server" : "client");
  g_variant_dict_insert_value (&dict, "settings", settings);
  g_variant_dict_insert (&dict, "secrets", "^as", secrets);
  svpn_print_dictionary (svpn_with_name (g_variant_dict_end (&dict), smartvpn_profile_get_name (profile)));
  return TRUE;
}

/* ---- export and import ---- */

gboolean
svpn_run_profile_export (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = find (invocation, error);
  const char *file = svpn_invocation_value (invocation, "output");
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = profile != NULL ? svpn_stored_get (profile, &secrets, error) : NULL;
  g_autofree char *json = settings != NULL ? smartvpn_settings_to_json (settings) : NULL;

  if (json == NULL || (file != NULL && !svpn_secret_write (file, json, error)))
    return FALSE;
  if (file == NULL)
    fputs (json, stdout);
  for (char **secret = secrets; *secret != NULL; secret++)
    svpn_say (_ ("%s is not in it: secrets can be stored, but not read"), *secret);
  return TRUE;
}

/* A link is taken from the command line only if there is no secret in it. */
static SvpnSecret *
read_source (const char *source, GError **error)
{
  if (source == NULL || g_str_equal (source, "-")) {
    if (svpn_is_terminal (stdin))
      svpn_say (_ ("paste the link or the profile, then press Enter and Ctrl-D"));
    return svpn_secret_read_text ("-", error);
  }
  if (!svpn_link_is (source))
    return svpn_secret_read_text (source, error);
  if (strstr (source, "private-key") == NULL)
    return g_strdup (source);
  g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                       _ ("the link has a private key in it, and a command line is for others to see: "
                          "write - in its place, and give it on standard input"));
  return NULL;
}

/* Whether there is a profile with anything in it. */
static gboolean
is_taken (SmartvpnProfile *profile)
{
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = NULL;

  if (!g_str_equal (smartvpn_profile_get_name (profile), "default"))
    return TRUE;
  settings = svpn_stored_get (profile, &secrets, NULL);
  return settings == NULL || g_variant_n_children (settings) > 0 || *secrets != NULL;
}

static gboolean
import (SvpnInvocation *invocation, const char *name, GVariant *settings, GError **error)
{
  static const char *const nothing[] = { NULL };
  SmartvpnManager *manager = svpn_service_manager (invocation, error);
  SmartvpnProfile *profile;

  if (manager == NULL)
    return FALSE;
  profile = is_about_servers (invocation) ? (SmartvpnProfile *) smartvpn_manager_get_server (manager, name)
                                          : (SmartvpnProfile *) smartvpn_manager_get_client (manager, name);
  if (profile == NULL)
    return add (invocation, name, settings, error);
  if (svpn_invocation_has (invocation, "replace") || !is_taken (profile))
    return svpn_stored_replace (profile, settings, nothing, error);
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
               _ ("there is a profile '%s' already; give another NAME, or --replace"), name);
  return FALSE;
}

gboolean
svpn_run_profile_import (SvpnInvocation *invocation, GError **error)
{
  const char *given = svpn_invocation_argument (invocation, 1), *name = given != NULL ? given : "default";
  g_autoptr (SvpnSecret) text = read_source (svpn_invocation_argument (invocation, 0), error);
  g_autoptr (GVariant) settings
      = text != NULL ? svpn_document_parse (scope_of (invocation), text, error) : NULL;

  if (settings == NULL || !import (invocation, name, settings, error))
    return FALSE;
  svpn_say (is_about_servers (invocation) ? _ ("server '%s' is stored") : _ ("client '%s' is stored"), name);
  return TRUE;
}

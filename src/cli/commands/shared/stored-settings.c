/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The stored settings of a profile. */
#include "stored-settings.h"
#include "i18n.h"

SvpnScope
svpn_stored_settings_scope (SmartvpnProfile *profile)
{
  return SMARTVPN_IS_SERVER (profile) ? SVPN_SCOPE_SERVER : SVPN_SCOPE_CLIENT;
}

GVariant *
svpn_stored_settings_get (SmartvpnProfile *profile, char ***secrets, GError **error)
{
  return smartvpn_profile_get_settings_sync (profile, secrets, NULL, error);
}

gboolean
svpn_stored_settings_add (SvpnInvocation *invocation, const char *name, GVariant *settings, GError **error)
{
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);
  g_autoptr (SmartvpnProfile) added = NULL;

  if (manager == NULL)
    return FALSE;
  if (svpn_invocation_scope (invocation) == SVPN_SCOPE_SERVER)
    added = (SmartvpnProfile *) smartvpn_manager_add_server_sync (manager, name, settings, NULL, error);
  else
    added = (SmartvpnProfile *) smartvpn_manager_add_client_sync (manager, name, settings, NULL, error);
  if (added == NULL)
    g_prefix_error (error, _ ("profile '%s': "), name);
  return added != NULL;
}

static gboolean
has_setting (GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (settings, key, NULL);

  return value != NULL;
}

/* The keys that are stored, but neither in @settings nor in @keep. */
static GPtrArray *
find_superfluous (GVariant *stored, char **secrets, GVariant *settings, const char *const *keep)
{
  GPtrArray *keys = g_ptr_array_new ();
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, stored);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    if (!has_setting (settings, key))
      g_ptr_array_add (keys, (gpointer) key);
  for (; *secrets != NULL; secrets++)
    if (!has_setting (settings, *secrets) && !g_strv_contains (keep, *secrets))
      g_ptr_array_add (keys, *secrets);
  g_ptr_array_add (keys, NULL);
  return keys;
}

gboolean
svpn_stored_settings_replace (SmartvpnProfile *profile, GVariant *settings, const char *const *keep,
                              GError **error)
{
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) stored = svpn_stored_settings_get (profile, &secrets, error);
  g_autoptr (GPtrArray) unset = NULL;

  if (stored == NULL)
    return FALSE;
  unset = find_superfluous (stored, secrets, settings, keep);
  return smartvpn_profile_update_sync (profile, settings, (const char *const *) unset->pdata, NULL, error);
}

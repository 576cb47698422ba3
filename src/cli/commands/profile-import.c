/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * profile export and import. */
#include "commands.h"
#include "i18n.h"
#include "print.h"
#include "profile-link.h"
#include "profile-text.h"
#include "secret.h"
#include "stored-settings.h"
#include "terminal.h"

#include <string.h>

/* @settings without public-key, which smartvpnd writes beside a private key, and which binds a profile to it. The exported
 * profile has no private key. Full reference. */
static GVariant *
without_public_key (GVariant *settings)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, settings);
  g_variant_dict_remove (&dict, "public-key");
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

gboolean
svpn_run_profile_export (SvpnInvocation *invocation, GError **error)
{
  SmartvpnProfile *profile = svpn_lookup_profile (invocation, error);
  const char *file = svpn_invocation_value (invocation, "output");
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings
      = profile != NULL ? svpn_stored_settings_get (profile, &secrets, error) : NULL;
  g_autoptr (GVariant) exported = settings != NULL ? without_public_key (settings) : NULL;
  g_autofree char *json = exported != NULL ? smartvpn_settings_to_json (exported) : NULL;

  if (json == NULL || (file != NULL && !svpn_secret_write (file, json, error)))
    return FALSE;
  if (file == NULL)
    fputs (json, stdout);
  for (char **secret = secrets; *secret != NULL; secret++)
    svpn_say (_ ("%s is not included; secrets can be stored but not read"), *secret);
  return TRUE;
}

/* The text of @source. Refuses a link with a secret, since other users can see a command line. */
static SvpnSecret *
read_source (const char *source, GError **error)
{
  if (source == NULL || g_str_equal (source, "-")) {
    if (svpn_is_terminal (stdin))
      svpn_say (_ ("paste the link or the profile, then press Enter and Ctrl-D"));
    return svpn_secret_read_text ("-", error);
  }
  if (!svpn_profile_link_is (source))
    return svpn_secret_read_text (source, error);
  if (strstr (source, "private-key") == NULL)
    return g_strdup (source);
  g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                       _ ("this link contains a private key, and other users can see command lines; "
                          "run \"smartvpnctl profile import -\" and paste it"));
  return NULL;
}

/* Whether importing would overwrite settings. The profile "default" always exists, but may be empty. */
static gboolean
is_taken (SmartvpnProfile *profile)
{
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = NULL;

  if (!g_str_equal (smartvpn_profile_get_name (profile), "default"))
    return TRUE;
  settings = svpn_stored_settings_get (profile, &secrets, NULL);
  return settings == NULL || g_variant_n_children (settings) > 0 || *secrets != NULL;
}

static gboolean
import_settings (SvpnInvocation *invocation, const char *name, GVariant *settings, GError **error)
{
  static const char *const nothing[] = { NULL };
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);
  SmartvpnProfile *profile
      = manager != NULL ? svpn_lookup_find (manager, svpn_invocation_scope (invocation), name) : NULL;

  if (profile == NULL)
    return manager != NULL && svpn_stored_settings_add (invocation, name, settings, error);
  if (svpn_invocation_has (invocation, "replace") || !is_taken (profile))
    return svpn_stored_settings_replace (profile, settings, nothing, error);
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
               _ ("profile '%s' already exists; give another NAME, or --replace"), name);
  return FALSE;
}

gboolean
svpn_run_profile_import (SvpnInvocation *invocation, GError **error)
{
  const SvpnScope scope = svpn_invocation_scope (invocation);
  const char *given = svpn_invocation_argument (invocation, 1), *name = given != NULL ? given : "default";
  g_autoptr (SvpnSecret) text = read_source (svpn_invocation_argument (invocation, 0), error);
  g_autoptr (GVariant) settings = text != NULL ? svpn_profile_text_parse (scope, text, error) : NULL;

  if (settings == NULL || !import_settings (invocation, name, settings, error))
    return FALSE;
  svpn_say (scope == SVPN_SCOPE_SERVER ? _ ("server '%s' is stored") : _ ("client '%s' is stored"), name);
  return TRUE;
}

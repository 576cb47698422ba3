/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings on a command line, and whether they are a client's or a server's. */
#include "invocation-settings.h"
#include "assignments.h"
#include "secret.h"

SvpnScope
svpn_invocation_scope (SvpnInvocation *invocation)
{
  return svpn_invocation_has (invocation, "server") ? SVPN_SCOPE_SERVER : SVPN_SCOPE_CLIENT;
}

static gboolean
add_all (GVariantDict *settings, SvpnScope scope, const char *const *assignments, SvpnSettingFlags unfit,
         GError **error)
{
  for (; *assignments != NULL; assignments++)
    if (!svpn_assignments_add (settings, scope, *assignments, unfit, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_private_key (GVariantDict *settings, const char *file, GError **error)
{
  g_autoptr (SvpnSecret) key = svpn_secret_read_key (file, error);

  if (key != NULL)
    g_variant_dict_insert (settings, "private-key", "s", key);
  return key != NULL;
}

GVariant *
svpn_invocation_collect_settings (SvpnInvocation *invocation, SvpnScope scope, guint first, GError **error)
{
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);
  const char *const *arguments = (const char *const *) invocation->arguments;
  const char *file = svpn_invocation_value (invocation, "private-key-file");

  if (!add_all (&settings, scope, arguments + MIN (first, invocation->n_arguments), SVPN_SETTING_CALL_ONLY,
                error)
      || !add_all (&settings, scope, svpn_invocation_values (invocation, "set"), SVPN_SETTING_PROFILE_ONLY,
                   error)
      || (file != NULL && !add_private_key (&settings, file, error)))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (&settings));
}

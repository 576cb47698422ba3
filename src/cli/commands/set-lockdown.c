/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * lockdown. */
#include "commands.h"
#include "lookup.h"

gboolean
svpn_run_lockdown (SvpnInvocation *invocation, GError **error)
{
  static const char *const none[] = { NULL };
  SmartvpnClient *client = svpn_lookup_client (invocation, svpn_invocation_argument (invocation, 1), error);
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);

  if (client == NULL)
    return FALSE;
  g_variant_dict_insert (&settings, "lockdown", "s", svpn_invocation_argument (invocation, 0));
  return smartvpn_profile_update_sync (SMARTVPN_PROFILE (client), g_variant_dict_end (&settings), none, NULL,
                                       error);
}

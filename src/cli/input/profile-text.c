/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as text: JSON or a link. */
#include "profile-text.h"
#include "i18n.h"
#include "profile-link.h"
#include "secret.h"
#include "smartvpn.h"

GVariant *
svpn_profile_text_parse (SvpnScope scope, const char *text, GError **error)
{
  g_autoptr (SvpnSecret) stripped = g_strstrip (g_strdup (text));
  g_autoptr (GVariant) loose = NULL;

  if (svpn_profile_link_is (stripped)) {
    if (scope == SVPN_SCOPE_CLIENT)
      return svpn_profile_link_parse (stripped, error);
    g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                         _ ("link: a link is a client's profile, not a server's"));
    return NULL;
  }
  loose = smartvpn_settings_from_json (text, error);
  return loose != NULL ? svpn_settings_validate (scope, loose, error) : NULL;
}

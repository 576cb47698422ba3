/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What Check() finds. */
#include "findings.h"
#include "stored-profile.h"

void
svpn_finding_add (GPtrArray *findings, const char *code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (findings, g_strdup_printf ("%s: %s", code, text));
}

GVariant *
svpn_finding_profile (GPtrArray *findings, SvpnStore *store, SvpnScope scope, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) profile = svpn_store_load (store, scope, name, &error);

  if (profile == NULL)
    svpn_finding_add (findings, "profile-broken", "%s", error->message);
  else if (!svpn_stored_profile_check_key (scope, name, profile, &error))
    svpn_finding_add (findings, "secrets-missing", "%s", error->message);
  return g_steal_pointer (&profile);
}

void
svpn_finding_last_error (GPtrArray *findings, SvpnTunnel *tunnel, const char *code)
{
  const char *error = svpn_tunnel_get_last_error (tunnel);

  if (*error != '\0')
    svpn_finding_add (findings, code, "%s", error);
}

char **
svpn_findings_end (GPtrArray *findings)
{
  g_ptr_array_add (findings, NULL);
  return (char **) g_ptr_array_free (findings, FALSE);
}

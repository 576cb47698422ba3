/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Check() of org.smartvpn.Client. */
#include "client-check.h"
#include "findings.h"
#include "pem.h"

#define SCOPE SVPN_SCOPE_CLIENT

static void
find_missing_settings (GPtrArray *findings, GVariant *profile)
{
  if (svpn_settings_get_string (SCOPE, profile, "server-url") == NULL)
    svpn_finding_add (findings, "no-server-url",
                      "no server-url is set; import an invitation or set server-url");
  if (svpn_settings_get_string (SCOPE, profile, "server-public-key") == NULL)
    svpn_finding_add (findings, "no-server-public-key",
                      "no server-public-key is set; import an invitation or set server-public-key");
}

static void
find_missing_file (GPtrArray *findings, GVariant *profile)
{
  gboolean has_pem = svpn_settings_get_string (SCOPE, profile, "tls-ca-pem") != NULL;
  const char *path = has_pem ? NULL : svpn_settings_get_string (SCOPE, profile, "tls-ca-file");
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = path != NULL ? svpn_pem_read ("tls-ca-file", path, &error) : NULL;

  if (error != NULL)
    svpn_finding_add (findings, "file-missing",
                      "%s; copy the file there, or unset tls-ca-file to trust the system's authorities",
                      error->message);
}

static void
find_lockdown_without_autoconnect (GPtrArray *findings, GVariant *profile)
{
  if (g_str_equal (svpn_settings_get_string (SCOPE, profile, "lockdown"), "always")
      && !svpn_settings_get_bool (SCOPE, profile, "autoconnect"))
    svpn_finding_add (
        findings, "autoconnect-off-with-lockdown",
        "lockdown is always, but autoconnect is off: after a boot this machine reaches nothing until "
        "somebody connects; set autoconnect=true");
}

char **
svpn_client_check (SvpnClientObject *self)
{
  GPtrArray *findings = g_ptr_array_new ();
  g_autoptr (GVariant) profile = svpn_finding_profile (findings, self->store, SCOPE, self->name);

  if (profile != NULL) {
    find_missing_settings (findings, profile);
    find_missing_file (findings, profile);
    find_lockdown_without_autoconnect (findings, profile);
    svpn_finding_last_error (findings, self->tunnel, "server-not-reached");
  }
  return svpn_findings_end (findings);
}

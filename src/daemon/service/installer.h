/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd as a service of this system: --install, --uninstall, --print-service. Each prints a line for each thing that it
 * does. */
#pragma once

#include "service-files.h"

typedef struct {
  const char *platform; /* "systemd", "launchd"; NULL: systemd */
  const char *root;     /* root directory of the system to install into; NULL: this system */
  gboolean force;       /* overwrite or remove edited files, too */
  SvpnServiceConfig config;
} SvpnInstallation;

/* Writes the units, the file of the system user, and the files of bus and polkit unless a package has installed them; then has
 * systemd make the user and enable the service. */
gboolean svpn_installer_install (const SvpnInstallation *installation, GError **error);

/* Undoes that and ends all tunnels; profiles and the system user stay. */
gboolean svpn_installer_uninstall (const SvpnInstallation *installation, GError **error);

/* Prints the unit or property list of the service. */
gboolean svpn_installer_print (const SvpnInstallation *installation, GError **error);

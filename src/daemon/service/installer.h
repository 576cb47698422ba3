/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd as a service of this system: --install, --uninstall, --print-service. Each says line by line what it
 * did. */
#pragma once

#include "service-files.h"

typedef struct {
  const char *platform; /* "systemd", "launchd"; NULL: what this system has */
  const char *root;     /* of the system to install into; NULL: this one */
  gboolean force;       /* edited files, too */
  SvpnServiceConfig config;
} SvpnInstallation;

/* Units, system user, and the bus's policy and activation file where a package has not installed them; then systemd is
 * told, if it is this system. */
gboolean svpn_installer_install (const SvpnInstallation *installation, GError **error);

/* Undoes what that did; tunnels are ended, profiles and the system user stay. */
gboolean svpn_installer_uninstall (const SvpnInstallation *installation, GError **error);

/* Prints the service's unit. */
gboolean svpn_installer_print (const SvpnInstallation *installation, GError **error);

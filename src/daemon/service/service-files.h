/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The files that tell a service manager, the bus and polkit about smartvpnd: the templates of data/, filled in. */
#pragma once

#include <gio/gio.h>

typedef enum {
  SVPN_PLATFORM_SYSTEMD,
  SVPN_PLATFORM_LAUNCHD,
} SvpnPlatform;

/* What the service runs with; all but the last are absolute paths. */
typedef struct {
  char *smartvpnd;
  char *worker;
  char *config_dir;
  char *runtime_dir;
  char *worker_user;
} SvpnServiceConfig;

typedef struct {
  const char *template; /* in data/ */
  const char *path;     /* where --install writes it */
  /* Where a package installs it. If it is there, nothing is written to @path; if that is the same path, the file is not ours.
   * NULL: always written. */
  const char *packaged;
  gboolean same_text; /* the package's file counts only if it has the same text */
} SvpnServiceFile;

/* Ended by one whose path is NULL; the first is the unit or property list of the service. */
extern const SvpnServiceFile svpn_systemd_files[];
extern const SvpnServiceFile svpn_launchd_files[];

/* @name NULL: systemd, if this system has it. Errors: InvalidArguments (unknown name), NotSupported (no systemd). */
gboolean svpn_platform_find (const char *name, SvpnPlatform *platform,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The text of @file. Errors: InvalidArguments naming the option whose value the platform's files cannot hold. */
char *svpn_service_file_fill (const SvpnServiceFile *file, SvpnPlatform platform,
                              const SvpnServiceConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;

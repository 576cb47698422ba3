/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The files by which a service manager and the bus know smartvpnd: the templates of data/, filled in. */
#pragma once

#include <gio/gio.h>

typedef enum {
  SVPN_PLATFORM_SYSTEMD,
  SVPN_PLATFORM_LAUNCHD,
} SvpnPlatform;

/* What a service is to run with; all absolute paths but the last. */
typedef struct {
  char *smartvpnd;
  char *worker;
  char *config_dir;
  char *runtime_dir;
  char *worker_user;
} SvpnServiceConfig;

typedef struct {
  const char *template; /* in data/ */
  const char *path;     /* where it goes */
  /* Where a package puts it: then it is not needed at @path, and if that is the same, not ours. NULL: needed in any case. */
  const char *packaged;
  gboolean same_text; /* the package's serves only if it says the same */
} SvpnServiceFile;

/* Ended by one whose path is NULL; the first is the service's unit. */
extern const SvpnServiceFile svpn_systemd_files[];
extern const SvpnServiceFile svpn_launchd_files[];

/* @name NULL: what this system has. Errors: InvalidArguments (unknown name), NotSupported (it has none of them). */
gboolean svpn_platform_find (const char *name, SvpnPlatform *platform, GError **error);

/* The text of @file. Errors: InvalidArguments naming the option whose value the platform cannot have. */
char *svpn_service_file_fill (const SvpnServiceFile *file, SvpnPlatform platform,
                              const SvpnServiceConfig *config, GError **error);

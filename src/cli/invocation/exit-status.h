/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Exit statuses: one for each kind of failure that a script may want to tell from others. */
#pragma once

#include <glib.h>

enum {
  SVPN_EXIT_OK,
  SVPN_EXIT_FAILED,
  SVPN_EXIT_USAGE,
  SVPN_EXIT_NOT_AUTHORIZED,
  SVPN_EXIT_NOT_ACTIVE,
  SVPN_EXIT_NO_SUCH,
  SVPN_EXIT_IN_USE,
  SVPN_EXIT_REFUSED,
  SVPN_EXIT_TIMEOUT,
  SVPN_EXIT_LIMIT,
  SVPN_EXIT_NOT_SUPPORTED,
  SVPN_EXIT_NO_SERVICE,
  SVPN_EXIT_FINDINGS,
  SVPN_EXIT_INTERRUPTED = 130,
};

typedef struct {
  int status;
  const char *meaning; /* English, for the manual page */
} SvpnExitStatus;

/* All of them, ended by one without a meaning. */
extern const SvpnExitStatus svpn_exit_statuses[];

int svpn_exit_status_of (const GError *error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counts what is refused for one reason, and says so in the log at most once a minute: whoever floods us does not flood
 * the log. */
#pragma once

#include "clock.h"

typedef struct {
  SvpnClock *clock;
  const char *what; /* "connections were refused: ..." */
  guint64 total;
  guint64 logged_us, logged_total;
} SvpnRefusals;

void svpn_refusals_count (SvpnRefusals *refusals);

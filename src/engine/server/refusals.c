/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counts what is refused. */
#include "refusals.h"

#define LOG_INTERVAL_US (60 * G_USEC_PER_SEC)

void
svpn_refusals_count (SvpnRefusals *refusals)
{
  guint64 now_us = svpn_clock_boot_us (refusals->clock);

  refusals->total++;
  if (refusals->logged_us != 0 && now_us - refusals->logged_us < LOG_INTERVAL_US)
    return;
  g_message ("%s (%" G_GUINT64_FORMAT " since this was last said, %" G_GUINT64_FORMAT " in all)",
             refusals->what, refusals->total - refusals->logged_total, refusals->total);
  refusals->logged_us = now_us;
  refusals->logged_total = refusals->total;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Amounts and times as people read them. */
#pragma once

#include <glib.h>

char *svpn_format_rate (double bytes_per_s) G_GNUC_WARN_UNUSED_RESULT;
char *svpn_format_duration (guint64 seconds) G_GNUC_WARN_UNUSED_RESULT;

/* Local time; "" if no calendar has it. */
char *svpn_format_time (guint64 unix_s) G_GNUC_WARN_UNUSED_RESULT;

/* "" for what was not measured: 0 or below. */
char *svpn_format_ms (double ms) G_GNUC_WARN_UNUSED_RESULT;

/* @strings between commas; NULL if there are none. */
char *svpn_format_list (const char *const *strings) G_GNUC_WARN_UNUSED_RESULT;

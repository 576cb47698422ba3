/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Amounts and times for people. */
#pragma once

#include <glib.h>

char *svpn_format_rate (double bytes_per_s) G_GNUC_WARN_UNUSED_RESULT;
/* A limit, as it can be given: in bits per second, such as 10Mbit, and never rounded. */
char *svpn_format_limit (guint64 bytes_per_s) G_GNUC_WARN_UNUSED_RESULT;

char *svpn_format_duration (guint64 seconds) G_GNUC_WARN_UNUSED_RESULT;

/* Local time; "" for a time outside of the calendar. */
char *svpn_format_time (guint64 unix_s) G_GNUC_WARN_UNUSED_RESULT;

/* "" for 0 and below, which mean that nothing was measured. */
char *svpn_format_ms (double ms) G_GNUC_WARN_UNUSED_RESULT;

/* @strings with commas between them; NULL for none. */
char *svpn_format_list (const char *const *strings) G_GNUC_WARN_UNUSED_RESULT;

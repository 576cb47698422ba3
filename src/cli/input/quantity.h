/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rates, amounts and times as people write them. */
#pragma once

#include <glib.h>

/* Bytes a second: 500000, 500k, 2M, 1G (powers of 1000), or bits: 10Mbit. */
gboolean svpn_parse_rate (const char *text, guint64 *bytes_per_s);

/* Bytes: 65536, 64k. */
gboolean svpn_parse_size (const char *text, guint64 *bytes);

/* A time to come, in Unix seconds: from now on (90m, 12h, 30d), or a date or time of ISO 8601 (2030-01-31,
 * 2030-01-31T12:00:00Z), in the local time zone if it says none. */
gboolean svpn_parse_time (const char *text, guint64 now_s, guint64 *unix_s);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rates, sizes and times as people write them. */
#pragma once

#include <glib.h>

/* Bytes per second: 500000, 500k, 2M, 1G (powers of 1000), or with bits 10Mbit. */
gboolean svpn_parse_rate (const char *text, guint64 *bytes_per_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes: 65536, 64k, 2M (powers of 1000). */
gboolean svpn_parse_size (const char *text, guint64 *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A time in the future, as Unix time: counted from now (90m, 12h, 30d), or a date or time of ISO 8601 (2030-01-31,
 * 2030-01-31T12:00:00Z), in local time if it names no time zone. */
gboolean svpn_parse_time (const char *text, guint64 now_s, guint64 *unix_s,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rates and sizes as people write them, on the command line and in profiles. */
#pragma once

#include <glib.h>

typedef struct {
  const char *name;  /* NULL ends a list */
  guint64 times, by; /* the number is multiplied, then divided */
} SvpnUnit;

/* A number with one of @units, in upper or lower case. FALSE: @text is something else, or beyond G_MAXINT64. */
gboolean svpn_amount_parse (const char *text, const SvpnUnit *units,
                            guint64 *amount) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes per second: 500000, 500k, 2M, 1G (powers of 1000), or with bits 10Mbit. */
gboolean svpn_amount_parse_rate (const char *text, guint64 *bytes_per_s) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes: 65536, 64k, 2M (powers of 1000). */
gboolean svpn_amount_parse_size (const char *text, guint64 *bytes) G_GNUC_WARN_UNUSED_RESULT;

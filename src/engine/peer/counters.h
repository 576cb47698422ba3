/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a session, and sums of them. */
#pragma once

#include "counter-names.h"
#include <glib.h>

typedef struct {
#define X(field, name) guint64 field;
  SVPN_COUNTERS (X)
  SVPN_SERVER_COUNTERS (X)
#undef X
} SvpnCounters;

void svpn_counters_add (SvpnCounters *sum, const SvpnCounters *counters);

/* Adds one entry of type t for each counter to an a{sv}. */
void svpn_counters_to_dict (const SvpnCounters *counters, GVariantDict *dict);

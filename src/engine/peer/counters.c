/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a session, and sums of them. */
#include "counters.h"

void
svpn_counters_add (SvpnCounters *sum, const SvpnCounters *counters)
{
#define X(field, name) sum->field += counters->field;
  SVPN_COUNTERS (X)
  SVPN_SERVER_COUNTERS (X)
#undef X
}

void
svpn_counters_to_dict (const SvpnCounters *counters, GVariantDict *dict)
{
#define X(field, name) g_variant_dict_insert (dict, name, "t", counters->field);
  SVPN_COUNTERS (X)
  SVPN_SERVER_COUNTERS (X)
#undef X
}

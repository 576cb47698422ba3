/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The quality and the counters of a client or a server, sent at intervals. */
#include "smartvpn-telemetry.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnTelemetry:quality:
 *
 * The quality of the line, without its history; %NULL of a server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnTelemetry:statistics:
 *
 * The counters.
 *
 * Since: 0.1
 */

static const SvpnField telemetry_fields[] = {
  { "quality", SVPN_FIELD_PART, smartvpn_quality_get_type, "health" },
  { "statistics", SVPN_FIELD_PART, smartvpn_statistics_get_type },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnTelemetry, smartvpn_telemetry, telemetry_fields)

SmartvpnQuality *
smartvpn_telemetry_get_quality (SmartvpnTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_TELEMETRY (self), NULL);
  return svpn_record_get_part (self, "health", SMARTVPN_TYPE_QUALITY);
}

SmartvpnStatistics *
smartvpn_telemetry_get_statistics (SmartvpnTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_TELEMETRY (self), NULL);
  return svpn_record_get_part (self, NULL, SMARTVPN_TYPE_STATISTICS);
}

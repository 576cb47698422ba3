/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Everything that a server knows about one session. */
#include "smartvpn-session-telemetry.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnSessionTelemetry:session:
 *
 * The session itself.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSessionTelemetry:statistics:
 *
 * The counters of the session.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSessionTelemetry:quality:
 *
 * The quality of the line, measured from the server's side.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSessionTelemetry:rate-limit-bytes-per-s:
 *
 * The rate limit, which holds for each direction on its own: bytes per second, 0 without a limit.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSessionTelemetry:rate-limit-burst-bytes:
 *
 * The burst size of the rate limit: the bytes that a direction may send at once after a pause: bytes, 0 without a
 * limit.
 *
 * Since: 0.1
 */

static const SvpnField session_telemetry_fields[] = {
  { "session", SVPN_FIELD_PART, smartvpn_session_get_type },
  { "statistics", SVPN_FIELD_PART, smartvpn_statistics_get_type },
  { "quality", SVPN_FIELD_PART, smartvpn_quality_get_type },
  { "rate-limit-bytes-per-s", SVPN_FIELD_UINT64 },
  { "rate-limit-burst-bytes", SVPN_FIELD_UINT64 },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnSessionTelemetry, smartvpn_session_telemetry, session_telemetry_fields)

SmartvpnSession *
smartvpn_session_telemetry_get_session (SmartvpnSessionTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_TELEMETRY (self), NULL);
  return svpn_record_get_part (self, NULL, SMARTVPN_TYPE_SESSION);
}

SmartvpnStatistics *
smartvpn_session_telemetry_get_statistics (SmartvpnSessionTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_TELEMETRY (self), NULL);
  return svpn_record_get_part (self, NULL, SMARTVPN_TYPE_STATISTICS);
}

SmartvpnQuality *
smartvpn_session_telemetry_get_quality (SmartvpnSessionTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_TELEMETRY (self), NULL);
  return svpn_record_get_part (self, NULL, SMARTVPN_TYPE_QUALITY);
}

guint64
smartvpn_session_telemetry_get_rate_limit_bytes_per_s (SmartvpnSessionTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_TELEMETRY (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit-bytes-per-s");
}

guint64
smartvpn_session_telemetry_get_rate_limit_burst_bytes (SmartvpnSessionTelemetry *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_TELEMETRY (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit-burst-bytes");
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Everything that a server knows about one session. */
#include "smartvpn-session-telemetry.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnSessionTelemetry, smartvpn_session_telemetry)

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

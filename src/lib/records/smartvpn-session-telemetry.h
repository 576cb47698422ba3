/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Everything that a server knows about one session. */
#pragma once

#include "smartvpn-quality.h"
#include "smartvpn-session.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SESSION_TELEMETRY (smartvpn_session_telemetry_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SESSION_TELEMETRY,
                              SmartvpnRecord)

/**
 * SmartvpnSessionTelemetry:
 *
 * Everything that a server knows about one session: the result of [method@Server.get_client_telemetry_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_session_telemetry_get_session:
 * @self: the telemetry
 *
 * Gets the session itself.
 *
 * Returns: (transfer none): the session
 *
 * Since: 0.1
 */
SmartvpnSession *smartvpn_session_telemetry_get_session (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_statistics:
 * @self: the telemetry
 *
 * Gets the counters of the session.
 *
 * Returns: (transfer none): the statistics
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_session_telemetry_get_statistics (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_quality:
 * @self: the telemetry
 *
 * Gets the quality of the line, measured from the server's side.
 *
 * Returns: (transfer none): the quality
 *
 * Since: 0.1
 */
SmartvpnQuality *smartvpn_session_telemetry_get_quality (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_bytes_per_s:
 * @self: the telemetry
 *
 * Gets the rate limit, which holds for each direction on its own.
 *
 * Returns: bytes per second, 0 without a limit
 *
 * Since: 0.1
 */
guint64 smartvpn_session_telemetry_get_rate_limit_bytes_per_s (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_burst_bytes:
 * @self: the telemetry
 *
 * Gets the burst size of the rate limit: the bytes that a direction may send at once after a pause.
 *
 * Returns: bytes, 0 without a limit
 *
 * Since: 0.1
 */
guint64 smartvpn_session_telemetry_get_rate_limit_burst_bytes (SmartvpnSessionTelemetry *self);

G_END_DECLS

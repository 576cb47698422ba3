/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Everything that a server knows about one session. */
#pragma once

#include "smartvpn-quality.h"
#include "smartvpn-session.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SESSION_TELEMETRY (smartvpn_session_telemetry_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SMARTVPN, SESSION_TELEMETRY, SmartvpnRecord)

/**
 * SmartvpnSessionTelemetry:
 *
 * All that is known of one session: the result of [method@Server.get_client_telemetry_async].
 */

/**
 * smartvpn_session_telemetry_get_session:
 * @self: the telemetry
 *
 * The session itself.
 *
 * Returns: (transfer none): the session
 */
SmartvpnSession *smartvpn_session_telemetry_get_session (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_statistics:
 * @self: the telemetry
 *
 * Its counters.
 *
 * Returns: (transfer none): the statistics
 */
SmartvpnStatistics *smartvpn_session_telemetry_get_statistics (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_quality:
 * @self: the telemetry
 *
 * The line to the client, measured from the server's side.
 *
 * Returns: (transfer none): the quality
 */
SmartvpnQuality *smartvpn_session_telemetry_get_quality (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_bytes_per_s:
 * @self: the telemetry
 *
 * The rate limit, of each direction on its own.
 *
 * Returns: bytes a second, 0 if there is none
 */
guint64 smartvpn_session_telemetry_get_rate_limit_bytes_per_s (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_burst_bytes:
 * @self: the telemetry
 *
 * How far a direction may get ahead of the rate.
 *
 * Returns: bytes, 0 if there is no limit
 */
guint64 smartvpn_session_telemetry_get_rate_limit_burst_bytes (SmartvpnSessionTelemetry *self);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The quality and the counters of a client or a server, sent at intervals. */
#pragma once

#include "smartvpn-quality.h"
#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_TELEMETRY (smartvpn_telemetry_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnTelemetry, smartvpn_telemetry, TELEMETRY, SmartvpnRecord)

/**
 * SmartvpnTelemetry:
 *
 * Quality and counters of a client, or the counters of a server: the argument of [signal@Subscription::updated].
 *
 * Since: 0.1
 */

/**
 * smartvpn_telemetry_get_quality:
 * @self: telemetry
 *
 * Gets the quality of the line, without its history.
 *
 * Returns: (transfer none) (nullable): the quality; %NULL of a server
 *
 * Since: 0.1
 */
SmartvpnQuality *smartvpn_telemetry_get_quality (SmartvpnTelemetry *self);

/**
 * smartvpn_telemetry_get_statistics:
 * @self: telemetry
 *
 * Gets the counters.
 *
 * Returns: (transfer none): the statistics
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_telemetry_get_statistics (SmartvpnTelemetry *self);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The quality and the counters of a client, sent at intervals. */
#pragma once

#include "smartvpn-quality.h"
#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_TELEMETRY (smartvpn_telemetry_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnTelemetry, smartvpn_telemetry, SMARTVPN, TELEMETRY, SmartvpnRecord)

/**
 * SmartvpnTelemetry:
 *
 * What a client tells of its line every so many seconds, by [signal@Client::telemetry-updated].
 */

/**
 * smartvpn_telemetry_get_quality:
 * @self: telemetry
 *
 * How the line is; without the history.
 *
 * Returns: (transfer none): the quality
 */
SmartvpnQuality *smartvpn_telemetry_get_quality (SmartvpnTelemetry *self);

/**
 * smartvpn_telemetry_get_statistics:
 * @self: telemetry
 *
 * The counters.
 *
 * Returns: (transfer none): the statistics
 */
SmartvpnStatistics *smartvpn_telemetry_get_statistics (SmartvpnTelemetry *self);

G_END_DECLS

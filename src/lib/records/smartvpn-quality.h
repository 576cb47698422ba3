/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How good a line is, and has been. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-record.h"

G_BEGIN_DECLS

/**
 * SmartvpnQualitySample:
 * @time_ms: when it was sent, in milliseconds of Unix time
 * @rtt_ms: the round-trip time in milliseconds, -1 if no answer came in time
 * @bad: whether it counted against the health of the line: lost, or too slow
 *
 * One keepalive.
 */
typedef struct {
  guint64 time_ms;
  double rtt_ms;
  gboolean bad;
} SmartvpnQualitySample;

#define SMARTVPN_TYPE_QUALITY_SAMPLE (smartvpn_quality_sample_get_type ())
GType smartvpn_quality_sample_get_type (void) G_GNUC_CONST;

/**
 * smartvpn_quality_sample_copy:
 * @self: a sample
 *
 * Copies a sample.
 *
 * Returns: (transfer full): the copy
 */
SmartvpnQualitySample *smartvpn_quality_sample_copy (const SmartvpnQualitySample *self);

/**
 * smartvpn_quality_sample_free:
 * @self: (transfer full): a sample
 *
 * Frees a sample.
 */
void smartvpn_quality_sample_free (SmartvpnQualitySample *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmartvpnQualitySample, smartvpn_quality_sample_free)

#define SMARTVPN_TYPE_QUALITY (smartvpn_quality_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnQuality, smartvpn_quality, SMARTVPN, QUALITY, SmartvpnRecord)

/**
 * SmartvpnQuality:
 *
 * The quality of the line between client and server, measured by keepalives inside the tunnel.
 */

/**
 * smartvpn_quality_get_health:
 * @self: a quality
 *
 * What the numbers amount to.
 *
 * Returns: the health
 */
SmartvpnHealth smartvpn_quality_get_health (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_ms:
 * @self: a quality
 *
 * Round-trip time, smoothed as in RFC 6298.
 *
 * Returns: milliseconds, 0 before the first answer
 */
double smartvpn_quality_get_rtt_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_last_ms:
 * @self: a quality
 *
 * Round-trip time of the last answer.
 *
 * Returns: milliseconds, 0 before the first answer
 */
double smartvpn_quality_get_rtt_last_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_variation_ms:
 * @self: a quality
 *
 * Variation of the round-trip time, as in RFC 6298.
 *
 * Returns: milliseconds, 0 before the first answer
 */
double smartvpn_quality_get_rtt_variation_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_jitter_ms:
 * @self: a quality
 *
 * Jitter, as in RFC 3550.
 *
 * Returns: milliseconds, 0 before the first answer
 */
double smartvpn_quality_get_jitter_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_loss_ratio:
 * @self: a quality
 *
 * How many of the last keepalives were lost.
 *
 * Returns: 0 (none) to 1 (all)
 */
double smartvpn_quality_get_loss_ratio (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalive_interval_s:
 * @self: a quality
 *
 * Time between two keepalives, in the present state of health.
 *
 * Returns: seconds
 */
double smartvpn_quality_get_keepalive_interval_s (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_sent:
 * @self: a quality
 *
 * Keepalives sent.
 *
 * Returns: a number
 */
guint64 smartvpn_quality_get_keepalives_sent (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_answered:
 * @self: a quality
 *
 * Keepalives answered in time.
 *
 * Returns: a number
 */
guint64 smartvpn_quality_get_keepalives_answered (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_timed_out:
 * @self: a quality
 *
 * Keepalives not answered in time.
 *
 * Returns: a number
 */
guint64 smartvpn_quality_get_keepalives_timed_out (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_next_keepalive_s:
 * @self: a quality
 *
 * Time until the next keepalive.
 *
 * Returns: seconds
 */
double smartvpn_quality_get_next_keepalive_s (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_history:
 * @self: a quality
 *
 * The last keepalives, oldest first; what came by [signal@Client::telemetry-updated] has none.
 *
 * Returns: (transfer container) (element-type SmartvpnQualitySample): the keepalives
 */
GPtrArray *smartvpn_quality_get_history (SmartvpnQuality *self);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The quality of a line, now and in the past. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-record.h"

G_BEGIN_DECLS

/**
 * SmartvpnQualitySample:
 * @time_ms: when the keepalive was sent, Unix time in milliseconds
 * @rtt_ms: the round-trip time in milliseconds, -1 if no answer came in time
 * @bad: whether the keepalive counted against the health of the line, because it was lost or too slow
 *
 * One keepalive.
 *
 * Since: 0.1
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
 *
 * Since: 0.1
 */
SmartvpnQualitySample *
smartvpn_quality_sample_copy (const SmartvpnQualitySample *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_quality_sample_free:
 * @self: (transfer full): a sample
 *
 * Frees a sample.
 *
 * Since: 0.1
 */
void smartvpn_quality_sample_free (SmartvpnQualitySample *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmartvpnQualitySample, smartvpn_quality_sample_free)

#define SMARTVPN_TYPE_QUALITY (smartvpn_quality_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnQuality, smartvpn_quality, QUALITY, SmartvpnRecord)

/**
 * SmartvpnQuality:
 *
 * The quality of the line between client and server, measured by keepalives inside the tunnel.
 *
 * Since: 0.1
 */

/**
 * smartvpn_quality_get_health:
 * @self: a quality
 *
 * Gets the health of the line.
 *
 * Returns: the health
 *
 * Since: 0.1
 */
SmartvpnHealth smartvpn_quality_get_health (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_health_word:
 * @self: a quality
 *
 * Gets the word for the health, as smartvpnd has sent it: also where %SMARTVPN_HEALTH_UNKNOWN stands for it.
 *
 * Returns: (nullable): a word, %NULL if none was sent
 *
 * Since: 0.1
 */
const char *smartvpn_quality_get_health_word (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_ms:
 * @self: a quality
 *
 * Gets the round-trip time, smoothed as in RFC 6298.
 *
 * Returns: milliseconds, 0 before the first answer
 *
 * Since: 0.1
 */
double smartvpn_quality_get_rtt_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_last_ms:
 * @self: a quality
 *
 * Gets the round-trip time of the last keepalive that was answered.
 *
 * Returns: milliseconds, 0 before the first answer
 *
 * Since: 0.1
 */
double smartvpn_quality_get_rtt_last_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_rtt_variation_ms:
 * @self: a quality
 *
 * Gets the variation of the round-trip time, as in RFC 6298.
 *
 * Returns: milliseconds, 0 before the first answer
 *
 * Since: 0.1
 */
double smartvpn_quality_get_rtt_variation_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_jitter_ms:
 * @self: a quality
 *
 * Gets the jitter, as in RFC 3550.
 *
 * Returns: milliseconds, 0 before the first answer
 *
 * Since: 0.1
 */
double smartvpn_quality_get_jitter_ms (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_loss_ratio:
 * @self: a quality
 *
 * Gets the share of the last keepalives that were lost.
 *
 * Returns: 0 (none) to 1 (all)
 *
 * Since: 0.1
 */
double smartvpn_quality_get_loss_ratio (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalive_interval_s:
 * @self: a quality
 *
 * Gets the time between two keepalives, which depends on the health of the line.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
double smartvpn_quality_get_keepalive_interval_s (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_sent:
 * @self: a quality
 *
 * Gets the number of keepalives that were sent.
 *
 * Returns: keepalives
 *
 * Since: 0.1
 */
guint64 smartvpn_quality_get_keepalives_sent (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_answered:
 * @self: a quality
 *
 * Gets the number of keepalives that were answered in time.
 *
 * Returns: keepalives
 *
 * Since: 0.1
 */
guint64 smartvpn_quality_get_keepalives_answered (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_keepalives_timed_out:
 * @self: a quality
 *
 * Gets the number of keepalives that were not answered in time.
 *
 * Returns: keepalives
 *
 * Since: 0.1
 */
guint64 smartvpn_quality_get_keepalives_timed_out (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_next_keepalive_s:
 * @self: a quality
 *
 * Gets the time until the next keepalive.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
double smartvpn_quality_get_next_keepalive_s (SmartvpnQuality *self);

/**
 * smartvpn_quality_get_history:
 * @self: a quality
 *
 * Gets the last keepalives, oldest first. A quality that came with [signal@Subscription::updated] has none.
 *
 * Returns: (transfer container) (element-type SmartvpnQualitySample): the keepalives
 *
 * Since: 0.1
 */
GPtrArray *smartvpn_quality_get_history (SmartvpnQuality *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

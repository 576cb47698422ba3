/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The quality of a line, now and in the past. */
#include "smartvpn-quality.h"
#include "smartvpn-record-private.h"

G_DEFINE_BOXED_TYPE (SmartvpnQualitySample, smartvpn_quality_sample, smartvpn_quality_sample_copy,
                     smartvpn_quality_sample_free)

SmartvpnQualitySample *
smartvpn_quality_sample_copy (const SmartvpnQualitySample *self)
{
  return g_memdup2 (self, sizeof *self);
}

void
smartvpn_quality_sample_free (SmartvpnQualitySample *self)
{
  g_free (self);
}

/**
 * SmartvpnQuality:health:
 *
 * The health of the line.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:health-word:
 *
 * The word for the health, as smartvpnd has sent it: also where %SMARTVPN_HEALTH_UNKNOWN stands for it; %NULL if none
 * was sent.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:rtt-ms:
 *
 * The round-trip time, smoothed as in RFC 6298: milliseconds, 0 before the first answer.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:rtt-last-ms:
 *
 * The round-trip time of the last keepalive that was answered: milliseconds, 0 before the first answer.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:rtt-variation-ms:
 *
 * The variation of the round-trip time, as in RFC 6298: milliseconds, 0 before the first answer.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:jitter-ms:
 *
 * The jitter, as in RFC 3550: milliseconds, 0 before the first answer.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:loss-ratio:
 *
 * The share of the last keepalives that were lost: 0 (none) to 1 (all).
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:keepalive-interval-s:
 *
 * The time between two keepalives, which depends on the health of the line: seconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:keepalives-sent:
 *
 * The number of keepalives that were sent: keepalives.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:keepalives-answered:
 *
 * The number of keepalives that were answered in time: keepalives.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:keepalives-timed-out:
 *
 * The number of keepalives that were not answered in time: keepalives.
 *
 * Since: 0.1
 */

/**
 * SmartvpnQuality:next-keepalive-s:
 *
 * The time until the next keepalive: seconds.
 *
 * Since: 0.1
 */

static const SvpnField quality_fields[] = {
  { "health", SVPN_FIELD_ENUM, smartvpn_health_get_type },
  { "health-word", SVPN_FIELD_WORD },
  { "rtt-ms", SVPN_FIELD_DOUBLE },
  { "rtt-last-ms", SVPN_FIELD_DOUBLE },
  { "rtt-variation-ms", SVPN_FIELD_DOUBLE },
  { "jitter-ms", SVPN_FIELD_DOUBLE },
  { "loss-ratio", SVPN_FIELD_DOUBLE },
  { "keepalive-interval-s", SVPN_FIELD_DOUBLE },
  { "keepalives-sent", SVPN_FIELD_UINT64 },
  { "keepalives-answered", SVPN_FIELD_UINT64 },
  { "keepalives-timed-out", SVPN_FIELD_UINT64 },
  { "next-keepalive-s", SVPN_FIELD_DOUBLE },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnQuality, smartvpn_quality, quality_fields)

SmartvpnHealth
smartvpn_quality_get_health (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), SMARTVPN_HEALTH_UNKNOWN);
  return svpn_record_get_enum (self, "health", SMARTVPN_TYPE_HEALTH);
}

const char *
smartvpn_quality_get_health_word (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), NULL);
  return svpn_record_get_string (self, "health");
}

double
smartvpn_quality_get_rtt_ms (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "rtt-ms");
}

double
smartvpn_quality_get_rtt_last_ms (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "rtt-last-ms");
}

double
smartvpn_quality_get_rtt_variation_ms (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "rtt-variation-ms");
}

double
smartvpn_quality_get_jitter_ms (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "jitter-ms");
}

double
smartvpn_quality_get_loss_ratio (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "loss-ratio");
}

double
smartvpn_quality_get_keepalive_interval_s (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "keepalive-interval-s");
}

guint64
smartvpn_quality_get_keepalives_sent (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_uint64 (self, "keepalives-sent");
}

guint64
smartvpn_quality_get_keepalives_answered (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_uint64 (self, "keepalives-answered");
}

guint64
smartvpn_quality_get_keepalives_timed_out (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_uint64 (self, "keepalives-timed-out");
}

double
smartvpn_quality_get_next_keepalive_s (SmartvpnQuality *self)
{
  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), 0);
  return svpn_record_get_double (self, "next-keepalive-s");
}

GPtrArray *
smartvpn_quality_get_history (SmartvpnQuality *self)
{
  g_autoptr (GVariant) history = NULL;
  SmartvpnQualitySample sample;
  GVariantIter iter;
  GPtrArray *samples;

  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), NULL);
  samples = g_ptr_array_new_with_free_func ((GDestroyNotify) smartvpn_quality_sample_free);
  history = svpn_record_lookup (self, "history", G_VARIANT_TYPE ("a(tdb)"));
  if (history == NULL)
    return samples;
  g_variant_iter_init (&iter, history);
  while (g_variant_iter_next (&iter, "(tdb)", &sample.time_ms, &sample.rtt_ms, &sample.bad))
    g_ptr_array_add (samples, smartvpn_quality_sample_copy (&sample));
  return samples;
}

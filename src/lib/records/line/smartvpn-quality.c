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

SVPN_DEFINE_RECORD (SmartvpnQuality, smartvpn_quality)

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How good a line is, and has been. */
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

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnQuality, smartvpn_quality, name)
SVPN_ENUM (SmartvpnQuality, smartvpn_quality, SmartvpnHealth, health, SMARTVPN_TYPE_HEALTH)
GETTER (DOUBLE, rtt_ms)
GETTER (DOUBLE, rtt_last_ms)
GETTER (DOUBLE, rtt_variation_ms)
GETTER (DOUBLE, jitter_ms)
GETTER (DOUBLE, loss_ratio)
GETTER (DOUBLE, keepalive_interval_s)
GETTER (UINT64, keepalives_sent)
GETTER (UINT64, keepalives_answered)
GETTER (UINT64, keepalives_timed_out)
GETTER (DOUBLE, next_keepalive_s)
#undef GETTER

GPtrArray *
smartvpn_quality_get_history (SmartvpnQuality *self)
{
  g_autoptr (GVariant) history = NULL;
  SmartvpnQualitySample sample;
  GVariantIter iter;
  GPtrArray *samples;

  g_return_val_if_fail (SMARTVPN_IS_QUALITY (self), NULL);
  samples = g_ptr_array_new_with_free_func ((GDestroyNotify) smartvpn_quality_sample_free);
  history = svpn_record_lookup (SMARTVPN_RECORD (self), "history", G_VARIANT_TYPE ("a(tdb)"));
  if (history == NULL)
    return samples;
  g_variant_iter_init (&iter, history);
  while (g_variant_iter_next (&iter, "(tdb)", &sample.time_ms, &sample.rtt_ms, &sample.bad))
    g_ptr_array_add (samples, smartvpn_quality_sample_copy (&sample));
  return samples;
}

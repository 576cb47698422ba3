/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What GetStatus() tells of a client that has lost its session. */
#include "client-loss.h"

#define TIME_MAX_MS (365 * 24 * 3600 * G_GUINT64_CONSTANT (1000)) /* no worker is lost for longer */

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

void
svpn_client_loss_begin (SvpnClientLoss *loss)
{
  *loss = (SvpnClientLoss){ .since = now_s (), .next_try_us = -1 };
}

void
svpn_client_loss_take (SvpnClientLoss *loss, GVariant *retry)
{
  guint64 next_try_ms, lost_ms;

  g_variant_lookup (retry, "attempt", "u", &loss->attempt);
  loss->next_try_us = g_variant_lookup (retry, "next-try-ms", "t", &next_try_ms) && next_try_ms < TIME_MAX_MS
                          ? g_get_monotonic_time () + (gint64) next_try_ms * 1000
                          : -1;
  if (g_variant_lookup (retry, "lost-ms", "t", &lost_ms) && lost_ms < TIME_MAX_MS)
    loss->since = now_s () - (gint64) (lost_ms / 1000);
}

void
svpn_client_loss_describe (const SvpnClientLoss *loss, GVariantDict *dict)
{
  gint64 left_us = loss->next_try_us - g_get_monotonic_time ();

  g_variant_dict_insert (dict, "lost-since", "t", (guint64) loss->since);
  if (loss->attempt > 0)
    g_variant_dict_insert (dict, "attempt", "u", loss->attempt);
  if (loss->attempt > 0 && loss->next_try_us >= 0)
    g_variant_dict_insert (dict, "next-try-s", "u",
                           (guint32) ((MAX (left_us, 0) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client's line was over the last minutes. */
#include "smartvpn-history.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnHistory:start-unix-ms:
 *
 * The time at which the first step began: Unix time in milliseconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnHistory:step-ms:
 *
 * The length of each step: milliseconds.
 *
 * Since: 0.1
 */

/* A program gets the series for a plot; there is nothing to bind. */
static const SvpnField history_fields[] = {
  { "start-unix-ms", SVPN_FIELD_UINT64 },
  { "step-ms", SVPN_FIELD_UINT },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnHistory, smartvpn_history, history_fields)

guint64
smartvpn_history_get_start_unix_ms (SmartvpnHistory *self)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), 0);
  return svpn_record_get_uint64 (self, "start-unix-ms");
}

guint
smartvpn_history_get_step_ms (SmartvpnHistory *self)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), 0);
  return svpn_record_get_uint (self, "step-ms");
}

const double *
smartvpn_history_get_rtt_ms (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "rtt-ms", n_points);
}

const double *
smartvpn_history_get_jitter_ms (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "jitter-ms", n_points);
}

const double *
smartvpn_history_get_loss_ratio (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "loss-ratio", n_points);
}

const double *
smartvpn_history_get_bytes_sent (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "bytes-sent", n_points);
}

const double *
smartvpn_history_get_bytes_received (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "bytes-received", n_points);
}

const double *
smartvpn_history_get_drops_high (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "drops-high", n_points);
}

const double *
smartvpn_history_get_drops_normal (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "drops-normal", n_points);
}

const double *
smartvpn_history_get_drops_low (SmartvpnHistory *self, gsize *n_points)
{
  g_return_val_if_fail (SMARTVPN_IS_HISTORY (self), NULL);
  return svpn_record_get_doubles (self, "drops-low", n_points);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client's line was over the last minutes. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_HISTORY (smartvpn_history_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnHistory, smartvpn_history, HISTORY, SmartvpnRecord)

/**
 * SmartvpnHistory:
 *
 * How a client's line was, for plots: the result of [method@Client.get_history_async].
 *
 * Each series has one value for each step, oldest first; NaN where nothing is known. All are of one length.
 *
 * Since: 0.1
 */

/**
 * smartvpn_history_get_start_unix_ms:
 * @self: a history
 *
 * Gets the time at which the first step began.
 *
 * Returns: Unix time in milliseconds
 *
 * Since: 0.1
 */
guint64 smartvpn_history_get_start_unix_ms (SmartvpnHistory *self);

/**
 * smartvpn_history_get_step_ms:
 * @self: a history
 *
 * Gets the length of each step.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint smartvpn_history_get_step_ms (SmartvpnHistory *self);

/**
 * smartvpn_history_get_rtt_ms:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the round-trip time, smoothed.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): milliseconds
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_rtt_ms (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_jitter_ms:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the jitter.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): milliseconds
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_jitter_ms (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_loss_ratio:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the share of keepalives that were lost.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): from 0 to 1
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_loss_ratio (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_bytes_sent:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the bytes of IP packets sent.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): in each step
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_bytes_sent (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_bytes_received:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the bytes of IP packets received.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): in each step
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_bytes_received (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_drops_high:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the packets of high priority that were dropped because the queue was full.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): in each step
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_drops_high (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_drops_normal:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the packets of normal priority that were dropped because the queue was full.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): in each step
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_drops_normal (SmartvpnHistory *self, gsize *n_points);

/**
 * smartvpn_history_get_drops_low:
 * @self: a history
 * @n_points: (out): the number of steps
 *
 * Gets the packets of low priority that were dropped because the queue was full.
 *
 * Returns: (array length=n_points) (transfer none) (nullable): in each step
 *
 * Since: 0.1
 */
const double *smartvpn_history_get_drops_low (SmartvpnHistory *self, gsize *n_points);

G_END_DECLS

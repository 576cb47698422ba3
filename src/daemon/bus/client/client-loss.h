/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What GetStatus() tells of a client that has lost its session. */
#pragma once

#include <gio/gio.h>

typedef struct {
  gint64 since;       /* Unix time in s; 0: no session is lost */
  guint32 attempt;    /* 0: unknown */
  gint64 next_try_us; /* monotonic; -1: no attempt is due */
} SvpnClientLoss;

/* The session is lost, and more is not known yet. */
void svpn_client_loss_begin (SvpnClientLoss *loss);

/* Takes the worker's word: what its signal Retrying() has, checked. */
void svpn_client_loss_take (SvpnClientLoss *loss, GVariant *retry);

/* Adds "lost-since", and "attempt" and "next-try-s" if they are known. */
void svpn_client_loss_describe (const SvpnClientLoss *loss, GVariantDict *dict);

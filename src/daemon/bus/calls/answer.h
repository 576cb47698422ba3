/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The answer of a call that takes its time. Bindings give up after 25 s, so after 20 s we answer in any case: with the
 * failure that ends the tunnel, if it has one by then, else InProgress; what the call has begun goes on. */
#pragma once

#include "tunnel.h"

typedef struct _SvpnAnswer SvpnAnswer;

/* @invocation NULL: the call is answered already. @tunnel must live until svpn_answer_take(). */
SvpnAnswer *svpn_answer_new (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation) G_GNUC_WARN_UNUSED_RESULT;

/* Begins the 20 s. After the tunnel has begun its own deadline, so that one of 20 s ends first. */
void svpn_answer_arm (SvpnAnswer *answer);

/* From now on @caller_gone is called if the caller leaves the bus before the answer. */
void svpn_answer_watch_caller (SvpnAnswer *answer, void (*caller_gone) (SvpnTunnel *tunnel));

/* Frees @answer. The invocation, to be answered; NULL: it is answered already. */
GDBusMethodInvocation *svpn_answer_take (SvpnAnswer *answer) G_GNUC_WARN_UNUSED_RESULT;

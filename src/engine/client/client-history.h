/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client's line was over the last hour: the rings of core/ with a clock and a timer. */
#pragma once

#include "clock.h"
#include "history.h"

typedef struct _SvpnClientHistory SvpnClientHistory;

/* Begins now. @read: fills in the qualities as they are, and the amounts in all since the client began. */
SvpnClientHistory *svpn_client_history_new (SvpnClock *clock,
                                            void (*read) (SvpnHistoryPoint *now, gpointer user_data),
                                            gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void svpn_client_history_free (SvpnClientHistory *history);

/* Called with each packet; NULL: nothing to do. While there are none, the timer rests. */
void svpn_client_history_wake (SvpnClientHistory *history);

/* Called before the session goes, and before there is one again: meanwhile the timer is off. NULL: nothing to do. */
void svpn_client_history_pause (SvpnClientHistory *history);
void svpn_client_history_resume (SvpnClientHistory *history);

/* What org.smartvpn.Worker.GetHistory() returns (floating). @span_s: 1 to SVPN_HISTORY_SPAN_MAX_S. */
GVariant *svpn_client_history_to_variant (SvpnClientHistory *history, guint span_s) G_GNUC_WARN_UNUSED_RESULT;

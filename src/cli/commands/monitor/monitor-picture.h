/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The screen of monitor. */
#pragma once

#include "monitor-view.h"

/* @view as lines of at most @columns (from 40 on), and as many events as @rows leave room for. */
char *svpn_monitor_picture (const SvpnMonitorView *view, guint columns, guint rows,
                            gboolean colours) G_GNUC_WARN_UNUSED_RESULT;

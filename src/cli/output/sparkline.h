/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Small graphs of one line. */
#pragma once

#include <glib.h>

/* The last @width of @n_values as right-aligned blocks, scaled from 0 to the largest of them. A value below 0 is
 * shown as a cross. */
char *svpn_sparkline (const double *values, guint n_values, guint width) G_GNUC_WARN_UNUSED_RESULT;

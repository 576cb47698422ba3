/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What kernel and control group let this process have, against what its clients will need. */
#pragma once

#include <glib.h>

/* NULL if @max_clients can be served; else what is lacking, with the numbers. */
char *svpn_limits_check (guint max_clients);

/* How many that are no clients yet may be busy at a time beside @max_clients, by what the limits leave: at most @wish. */
guint svpn_limits_strangers (guint max_clients, guint wish);

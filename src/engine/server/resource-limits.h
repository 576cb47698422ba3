/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the kernel lets this process have, against what its clients will need. */
#pragma once

#include <glib.h>

/* NULL if @max_clients can be served; else what is lacking, with the numbers. */
char *svpn_limits_check (guint max_clients);

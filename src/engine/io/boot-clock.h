/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The kernel's time: CLOCK_BOOTTIME, which goes on while the machine sleeps, with a timer of the same precision in the
 * main loop. */
#pragma once

#include "clock.h"

/* NULL with a G_IO_ERROR if there is no file descriptor left for the kernel's timer. */
SvpnClock *svpn_boot_clock_new (GError **error);

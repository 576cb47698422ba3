/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A timer on the boot-time clock, which goes on while the machine sleeps, with the precision of the kernel: what is due
 * while it slept is due at once when it wakes. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnBootTimer SvpnBootTimer;

/* Microseconds of CLOCK_BOOTTIME. */
guint64 svpn_boot_time_us (void);

/* Unarmed. @callback is called from the main loop each time it was set and has come. */
SvpnBootTimer *svpn_boot_timer_new (void (*callback) (gpointer), gpointer user_data);
void svpn_boot_timer_free (SvpnBootTimer *timer); /* also from inside the callback */

/* At @deadline_us of svpn_boot_time_us(), which may have passed; 0: not at all. */
void svpn_boot_timer_set (SvpnBootTimer *timer, guint64 deadline_us);

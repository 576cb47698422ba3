/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tells the service manager our state (sd_notify(3)). */
#pragma once

/* @state: "READY=1" and the like. Does nothing unless NOTIFY_SOCKET is set. */
void svpn_notify (const char *state);

/* From now on tells the service manager that the main loop runs, twice as often as it wants ($WATCHDOG_USEC); never if it does
 * not want that. */
void svpn_notify_watchdog (void);

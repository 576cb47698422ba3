/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The time, and timers. Everything in a worker goes by one clock, which has the time from a source: the kernel
 * (boot-clock.h), or a test that moves it as it likes. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnClock SvpnClock;
typedef struct _SvpnTimer SvpnTimer;

typedef struct {
  /* Microseconds since boot, the time that the machine slept included. Never 0, never goes back. */
  guint64 (*boot_us) (gpointer source_data);
  /* Unix time in microseconds; may jump when somebody sets it. */
  gint64 (*unix_us) (gpointer source_data);
  /* To call svpn_clock_dispatch() from the main loop once boot_us() has reached @deadline_us, in place of what was
   * asked for before; 0: not at all. */
  void (*wake_at) (guint64 deadline_us, gpointer source_data);
  void (*destroy) (gpointer source_data);
} SvpnClockSource;

SvpnClock *svpn_clock_new (const SvpnClockSource *source, gpointer source_data);
void svpn_clock_free (SvpnClock *clock); /* its timers are freed before it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnClock, svpn_clock_free)

guint64 svpn_clock_boot_us (SvpnClock *clock);
gint64 svpn_clock_unix_us (SvpnClock *clock);

/* Calls back the timers that are due, the earliest first. For sources. */
void svpn_clock_dispatch (SvpnClock *clock);

/* Not armed. @expired is called from the main loop each time the timer was armed and its time has come; it may free the
 * timer, or arm it again. */
SvpnTimer *svpn_timer_new (SvpnClock *clock, void (*expired) (gpointer), gpointer user_data);
void svpn_timer_free (SvpnTimer *timer);

/* Arms the timer in place of what it was armed for: for a time of svpn_clock_boot_us(), which may have passed, or for
 * @delay_ms from now. A timer whose time comes while the machine sleeps expires as soon as it wakes. */
void svpn_timer_arm_at (SvpnTimer *timer, guint64 deadline_us);
void svpn_timer_arm (SvpnTimer *timer, guint64 delay_ms);
void svpn_timer_disarm (SvpnTimer *timer);
gboolean svpn_timer_is_armed (const SvpnTimer *timer);

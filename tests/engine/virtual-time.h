/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Time that stands still until a test moves it, and waiting for what needs no time. Processes, sockets and threads are
 * real: WAIT_FOR() lets them do their work, while not a microsecond passes for the engine. */
#pragma once

#include "clock.h"

#define VIRTUAL_UNIX_S                                                                                       \
  G_GINT64_CONSTANT (1800000000) /* when a test begins: 2027-01-15, in the first second of a minute */
#define WAIT_S 10                /* real seconds until a test gives up */

/* A clock on the one virtual time. Its wall clock is @ahead_s ahead of VIRTUAL_UNIX_S (or behind). */
SvpnClock *virtual_clock_new (gint64 ahead_s);

/* Sets the wall clock as somebody does who sets the machine's: @ahead_s counts from what passed so far. */
void virtual_clock_set_ahead (SvpnClock *clock, gint64 ahead_s);

/* Milliseconds until the clock's next timer is due; -1: none is armed. */
gint64 virtual_clock_next_ms (SvpnClock *clock);

/* Microseconds since the test began. */
guint64 virtual_time_us (void);

/* Moves time on. What comes due meanwhile happens at its time, one after the other, and with all that follows from it
 * without waiting. */
void virtual_time_pass_us (guint64 us);
void virtual_time_pass_ms (guint64 ms);

/* One step of it, and real time for the kernel to carry what is on its way on loopback. */
void virtual_time_step_ms (guint64 ms);

/* Runs the main loop as long as there is something to do at once. */
void settle (void);

/* For WAIT_FOR(): runs the main loop once; aborts when @start_us, monotonic, is longer ago than WAIT_S. */
void wait_once (gint64 start_us, const char *condition, const char *file, int line);

/* Runs the main loop until @condition holds. */
#define WAIT_FOR(condition)                                                                                  \
  for (gint64 wait_start_us = g_get_monotonic_time (); !(condition);)                                        \
  wait_once (wait_start_us, #condition, __FILE__, __LINE__)

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Timers: in order, when they are due, whatever is armed and freed meanwhile; and the kernel's clock. */
#include "boot-clock.h"
#include "virtual-time.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
  SvpnTimer *timer;
  guint64 expected_us; /* 0: it is not armed */
  guint calls;
  guint64 again_ms; /* armed again for that in its callback; G_MAXUINT64: not */
  SvpnTimer **frees;
} Probe;

static guint64 last_us;

static void
on_expired (gpointer user_data)
{
  Probe *probe = user_data;

  probe->calls++;
  g_assert_cmpuint (virtual_time_us (), >=, last_us);
  last_us = virtual_time_us ();
  g_assert_false (svpn_timer_is_armed (probe->timer));
  if (probe->expected_us != 0)
    g_assert_cmpuint (virtual_time_us (), ==, probe->expected_us);
  probe->expected_us = 0;
  if (probe->again_ms != G_MAXUINT64)
    svpn_timer_arm (probe->timer, probe->again_ms);
  if (probe->frees != NULL)
    g_clear_pointer (probe->frees, svpn_timer_free);
}

static void
probe_init (Probe *probe, SvpnClock *clock)
{
  *probe = (Probe){ .again_ms = G_MAXUINT64 };
  probe->timer = svpn_timer_new (clock, on_expired, probe);
}

/* Hundreds of timers, armed, armed anew and disarmed at random: each fires once for its last arming, at its time. */
static void
test_many (void)
{
  g_autoptr (SvpnClock) clock = virtual_clock_new (0);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  Probe probes[300];
  guint calls = 0;

  last_us = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++)
    probe_init (&probes[i], clock);
  for (int round = 0; round < 2000; round++) {
    Probe *probe = &probes[g_rand_int_range (rand, 0, G_N_ELEMENTS (probes))];
    guint64 ms = (guint64) g_rand_int_range (rand, 0, 500);

    if (ms < 100) {
      svpn_timer_disarm (probe->timer);
      probe->expected_us = 0;
    } else {
      svpn_timer_arm (probe->timer, ms);
      probe->expected_us = virtual_time_us () + ms * 1000;
    }
    if (round % 10 == 0)
      virtual_time_pass_ms ((guint64) g_rand_int_range (rand, 0, 30));
  }
  virtual_time_pass_ms (500);
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++) {
    g_assert_cmpuint (probes[i].expected_us, ==, 0);
    calls += probes[i].calls;
    svpn_timer_free (probes[i].timer);
  }
  g_assert_cmpuint (calls, >, 500);
}

/* Of one deadline the one armed first comes first. */
static void
test_same_time (void)
{
  g_autoptr (SvpnClock) clock = virtual_clock_new (0);
  Probe probes[10];

  last_us = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++) {
    probe_init (&probes[i], clock);
    svpn_timer_arm (probes[i].timer, 10);
  }
  for (gsize i = 0; i + 1 < G_N_ELEMENTS (probes); i++)
    probes[i].frees = &probes[i + 1].timer; /* none but the first is left to come */
  virtual_time_pass_ms (10);
  g_assert_cmpuint (probes[0].calls, ==, 1);
  g_assert_null (probes[1].timer);
  g_assert_cmpuint (probes[2].calls, ==, 1);
  g_assert_null (probes[3].timer);
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i += 2)
    svpn_timer_free (probes[i].timer);
}

/* A timer may free itself in its callback. */
static void
test_free_itself (void)
{
  g_autoptr (SvpnClock) clock = virtual_clock_new (0);
  Probe probe;

  last_us = 0;
  probe_init (&probe, clock);
  probe.frees = &probe.timer;
  svpn_timer_arm (probe.timer, 1);
  virtual_time_pass_ms (2);
  g_assert_null (probe.timer);
}

/* One that is always due does not keep the clock from the others, nor from its caller. */
static void
test_always_due (void)
{
  g_autoptr (SvpnClock) clock = virtual_clock_new (0);
  Probe greedy, other;

  last_us = 0;
  probe_init (&greedy, clock);
  probe_init (&other, clock);
  greedy.again_ms = 0;
  svpn_timer_arm (greedy.timer, 0);
  svpn_timer_arm (other.timer, 0);
  svpn_clock_dispatch (clock);
  g_assert_cmpuint (greedy.calls, ==, 1);
  g_assert_cmpuint (other.calls, ==, 1);
  svpn_clock_dispatch (clock);
  g_assert_cmpuint (greedy.calls, ==, 2);
  svpn_timer_free (greedy.timer);
  svpn_timer_free (other.timer);
}

/* A deadline in the past is due at once. */
static void
test_past (void)
{
  g_autoptr (SvpnClock) clock = virtual_clock_new (0);
  Probe probe;

  last_us = 0;
  probe_init (&probe, clock);
  svpn_timer_arm_at (probe.timer, 0);
  g_assert_true (svpn_timer_is_armed (probe.timer));
  virtual_time_pass_us (0);
  g_assert_cmpuint (probe.calls, ==, 1);
  svpn_timer_free (probe.timer);
}

/* --- the kernel's --- */

static void
on_boot_expired (gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* It tells the time, wakes the main loop not too early, and leaves no file descriptor. */
static void
test_boot_clock (void)
{
  g_autoptr (GError) error = NULL;
  SvpnClock *clock = svpn_boot_clock_new (&error);
  guint calls = 0, far_calls = 0;
  SvpnTimer *timer = svpn_timer_new (clock, on_boot_expired, &calls);
  SvpnTimer *far = svpn_timer_new (clock, on_boot_expired, &far_calls);
  guint64 start_us = svpn_clock_boot_us (clock);
  int fd_before, fd_after;

  g_assert_no_error (error);
  g_assert_cmpint (ABS (svpn_clock_unix_us (clock) - g_get_real_time ()), <, 10 * G_USEC_PER_SEC);
  svpn_timer_arm (far, 3600000);
  svpn_timer_arm (timer, 20);
  WAIT_FOR (calls == 1);
  g_assert_cmpuint (svpn_clock_boot_us (clock), >=, start_us + 20000);
  svpn_timer_arm (timer, 0);
  WAIT_FOR (calls == 2);
  svpn_timer_arm (timer, 10);
  svpn_timer_disarm (timer);
  g_assert_cmpuint (far_calls, ==, 0);
  svpn_timer_free (timer);
  svpn_timer_free (far);
  svpn_clock_free (clock);

  fd_before = dup (0);
  close (fd_before);
  clock = svpn_boot_clock_new (NULL);
  svpn_clock_free (clock);
  fd_after = dup (0);
  close (fd_after);
  g_assert_cmpint (fd_after, ==, fd_before);
}

/* Without a file descriptor left it says so. */
static void
test_no_descriptor (void)
{
  g_autoptr (GError) error = NULL;
  struct rlimit before, none;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_null (svpn_boot_clock_new (&error));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_error (error, G_IO_ERROR, (int) g_io_error_from_errno (EMFILE));
  g_assert_true (g_str_has_prefix (error->message, "timer of the kernel: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/many", test_many);
  g_test_add_func ("/clock/same-time", test_same_time);
  g_test_add_func ("/clock/free-itself", test_free_itself);
  g_test_add_func ("/clock/always-due", test_always_due);
  g_test_add_func ("/clock/past", test_past);
  g_test_add_func ("/clock/boot-clock", test_boot_clock);
  g_test_add_func ("/clock/no-descriptor", test_no_descriptor);
  return g_test_run ();
}

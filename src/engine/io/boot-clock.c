/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The kernel's time. */
#include "boot-clock.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  SvpnClock *clock;
  int fd; /* timerfd */
  GSource *source;
} BootClock;

static guint64
boot_us (gpointer source_data)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (guint64) now.tv_sec * G_USEC_PER_SEC + (guint64) now.tv_nsec / 1000;
}

static gint64
unix_us (gpointer source_data)
{
  return g_get_real_time ();
}

static void
wake_at (guint64 deadline_us, gpointer source_data)
{
  BootClock *boot = source_data;
  struct itimerspec when = {
    .it_value = { .tv_sec = (time_t) (deadline_us / G_USEC_PER_SEC),
                  .tv_nsec = (long) (deadline_us % G_USEC_PER_SEC) * 1000 },
  };

  timerfd_settime (boot->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void
destroy (gpointer source_data)
{
  BootClock *boot = source_data;

  g_source_destroy (boot->source);
  g_source_unref (boot->source);
  close (boot->fd);
  g_free (boot);
}

static gboolean
on_expired (int fd, GIOCondition condition, gpointer user_data)
{
  BootClock *boot = user_data;
  guint64 expirations;

  if (read (fd, &expirations, sizeof expirations) == sizeof expirations)
    svpn_clock_dispatch (boot->clock);
  return G_SOURCE_CONTINUE;
}

static const SvpnClockSource clock_source = {
  .boot_us = boot_us,
  .unix_us = unix_us,
  .wake_at = wake_at,
  .destroy = destroy,
};

SvpnClock *
svpn_boot_clock_new (GError **error)
{
  int fd = timerfd_create (CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  BootClock *boot;

  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "timer of the kernel: %s",
                 g_strerror (errno));
    return NULL;
  }
  boot = g_new0 (BootClock, 1);
  boot->fd = fd;
  boot->clock = svpn_clock_new (&clock_source, boot);
  boot->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (boot->source, G_SOURCE_FUNC (on_expired), boot, NULL);
  g_source_set_can_recurse (boot->source, TRUE); /* else GLib wakes itself up after each time */
  g_source_attach (boot->source, g_main_context_get_thread_default ());
  return boot->clock;
}

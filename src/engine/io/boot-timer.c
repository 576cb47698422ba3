/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A timer on the boot-time clock. */
#include "boot-timer.h"

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct _SvpnBootTimer {
  int fd;
  GSource *source;
  guint64 deadline_us;
  void (*callback) (gpointer);
  gpointer user_data;
};

guint64
svpn_boot_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (guint64) now.tv_sec * G_USEC_PER_SEC + (guint64) now.tv_nsec / 1000;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnBootTimer *timer = user_data;
  guint64 expirations;

  if (read (fd, &expirations, sizeof expirations) == sizeof expirations) {
    timer->deadline_us = 0;
    timer->callback (timer->user_data);
  }
  return G_SOURCE_CONTINUE;
}

SvpnBootTimer *
svpn_boot_timer_new (void (*callback) (gpointer), gpointer user_data)
{
  SvpnBootTimer *timer = g_new0 (SvpnBootTimer, 1);

  timer->callback = callback;
  timer->user_data = user_data;
  timer->fd = timerfd_create (CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer->fd < 0)
    g_error ("timerfd: %s", g_strerror (errno));
  timer->source = g_unix_fd_source_new (timer->fd, G_IO_IN);
  g_source_set_callback (timer->source, G_SOURCE_FUNC (on_readable), timer, NULL);
  g_source_attach (timer->source, g_main_context_get_thread_default ());
  return timer;
}

void
svpn_boot_timer_free (SvpnBootTimer *timer)
{
  g_source_destroy (timer->source);
  g_source_unref (timer->source);
  close (timer->fd);
  g_free (timer);
}

void
svpn_boot_timer_set (SvpnBootTimer *timer, guint64 deadline_us)
{
  struct itimerspec when = {
    .it_value = { .tv_sec = (time_t) (deadline_us / G_USEC_PER_SEC),
                  .tv_nsec = (long) (deadline_us % G_USEC_PER_SEC) * 1000 },
  };

  if (deadline_us == timer->deadline_us)
    return;
  timer->deadline_us = deadline_us;
  timerfd_settime (timer->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The TUN device. */
#include "tun.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#define PACKET_SIZE_MAX 65536
#define BURST_MAX 256 /* packets before the main loop gets its turn */

struct _SvpnTun {
  int fd;
  const SvpnTunEvents *events;
  gpointer user_data;
  GSource *source;
  uint8_t buffer[PACKET_SIZE_MAX];
};

static gboolean
report_failure (SvpnTun *tun, int code)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, g_io_error_from_errno (code),
                                          "reading the TUN device: %s", g_strerror (code));

  g_source_destroy (tun->source);
  tun->events->failed (error, tun->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnTun *tun = user_data;
  gssize n = 0;

  for (int i = 0; i < BURST_MAX; i++) {
    n = read (fd, tun->buffer, sizeof tun->buffer);
    if (n <= 0)
      break;
    tun->events->packet (tun->buffer, (size_t) n, tun->user_data);
  }
  int code = n < 0 ? errno : EIO;
  tun->events->burst_end (tun->user_data);
  if (n > 0 || code == EAGAIN || code == EINTR)
    return G_SOURCE_CONTINUE;
  return report_failure (tun, code);
}

SvpnTun *
svpn_tun_new (int fd, const SvpnTunEvents *events, gpointer user_data)
{
  SvpnTun *tun = g_new0 (SvpnTun, 1);

  tun->fd = fd;
  tun->events = events;
  tun->user_data = user_data;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  tun->source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_ERR | G_IO_HUP);
  g_source_set_callback (tun->source, G_SOURCE_FUNC (on_readable), tun, NULL);
  g_source_attach (tun->source, g_main_context_get_thread_default ());
  return tun;
}

void
svpn_tun_free (SvpnTun *tun)
{
  g_source_destroy (tun->source);
  g_source_unref (tun->source);
  close (tun->fd);
  g_free (tun);
}

void
svpn_tun_write (SvpnTun *tun, const uint8_t *data, size_t size)
{
  if (write (tun->fd, data, size) < 0)
    g_debug ("writing the TUN device: %s", g_strerror (errno));
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A line on a connection that the front has admitted. */
#include "channel-line.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  SvpnLine line;
  SvpnChannel channel;
  SvpnWatch watch;
  guint8 *first; /* bytes that were read before the line was made; NULL: none are left */
  gsize first_at, first_size;
} ChannelLine;

static SvpnIo
read_first (ChannelLine *channel_line, void *data, gsize size, gsize *n)
{
  *n = MIN (size, channel_line->first_size - channel_line->first_at);
  memcpy (data, channel_line->first + channel_line->first_at, *n);
  channel_line->first_at += *n;
  if (channel_line->first_at == channel_line->first_size)
    g_clear_pointer (&channel_line->first, g_free);
  return SVPN_IO_DONE;
}

static SvpnIo
channel_read (SvpnLine *line, void *data, gsize size, gsize *n, GError **error)
{
  ChannelLine *channel_line = (ChannelLine *) line;

  if (channel_line->first != NULL)
    return read_first (channel_line, data, size, n);
  return svpn_channel_read (&channel_line->channel, data, size, n);
}

static SvpnIo
channel_write (SvpnLine *line, const void *data, gsize size, gsize *n, GError **error)
{
  return svpn_channel_write (&((ChannelLine *) line)->channel, data, size, n);
}

static void
on_ready (short events, gpointer user_data)
{
  SvpnLine *line = user_data;

  line->ready (events, line->user_data);
}

static gboolean
channel_watch (SvpnLine *line, gboolean and_writable)
{
  return svpn_watch_set (&((ChannelLine *) line)->watch, line->fd, and_writable ? POLLIN | POLLOUT : POLLIN);
}

static void
channel_end (SvpnLine *line)
{
  (void) svpn_channel_end (&((ChannelLine *) line)->channel);
}

static void
channel_close (SvpnLine *line)
{
  ChannelLine *channel_line = (ChannelLine *) line;

  svpn_watch_clear (&channel_line->watch);
  g_clear_pointer (&channel_line->first, g_free);
  g_clear_pointer (&channel_line->channel.tls, svpn_tls_server_free);
  if (line->fd >= 0)
    close (line->fd);
  line->fd = -1;
}

static void
channel_free (SvpnLine *line)
{
  g_free (line);
}

static const SvpnLineType channel_line_type = {
  .read = channel_read,
  .write = channel_write,
  .watch = channel_watch,
  .end = channel_end,
  .close = channel_close,
  .free = channel_free,
};

SvpnLine *
svpn_channel_line_new (SvpnPoller *poller, const SvpnChannel *channel, const guint8 *bytes, gsize size)
{
  ChannelLine *channel_line = g_new0 (ChannelLine, 1);

  channel_line->line = (SvpnLine){ .type = &channel_line_type, .fd = channel->fd };
  channel_line->channel = *channel;
  channel_line->first = size > 0 ? g_memdup2 (bytes, size) : NULL;
  channel_line->first_size = size;
  svpn_watch_init (&channel_line->watch, poller, on_ready, channel_line);
  svpn_watch_again (&channel_line->watch); /* TLS may hold decrypted bytes, which no poll shows */
  return &channel_line->line;
}

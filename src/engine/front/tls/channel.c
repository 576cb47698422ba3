/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Bytes to and from the other end of a connection. */
#include "channel.h"

#include <errno.h>
#include <sys/socket.h>

static gboolean
is_temporary (int error)
{
  return error == EAGAIN || error == EINTR;
}

SvpnIo
svpn_channel_read (const SvpnChannel *channel, void *data, gsize size, gsize *n)
{
  ssize_t result;

  if (channel->tls != NULL)
    return svpn_tls_server_read (channel->tls, data, size, n);
  result = recv (channel->fd, data, size, 0);
  if (result < 0)
    return is_temporary (errno) ? SVPN_IO_WANT_READ : SVPN_IO_FAILED;
  *n = (gsize) result;
  return result > 0 ? SVPN_IO_DONE : SVPN_IO_CLOSED;
}

SvpnIo
svpn_channel_write (const SvpnChannel *channel, const void *data, gsize size, gsize *n)
{
  ssize_t result;

  if (channel->tls != NULL)
    return svpn_tls_server_write (channel->tls, data, size, n);
  *n = 0;
  if (size == 0)
    return SVPN_IO_DONE;
  result = send (channel->fd, data, size, MSG_NOSIGNAL);
  if (result < 0)
    return is_temporary (errno) ? SVPN_IO_WANT_WRITE : SVPN_IO_FAILED;
  *n = (gsize) result;
  return *n == size ? SVPN_IO_DONE : SVPN_IO_WANT_WRITE;
}

SvpnIo
svpn_channel_end (const SvpnChannel *channel)
{
  SvpnIo io = channel->tls != NULL ? svpn_tls_server_close (channel->tls) : SVPN_IO_DONE;

  if (io == SVPN_IO_DONE && shutdown (channel->fd, SHUT_WR) < 0)
    return SVPN_IO_FAILED;
  return io;
}

void
svpn_channel_reset_on_close (const SvpnChannel *channel)
{
  const struct linger none = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (channel->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

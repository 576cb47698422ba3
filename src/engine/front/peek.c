/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Looking at what a socket holds without taking it. */
#include "peek.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t
svpn_peek (int fd, void *bytes, size_t size, size_t need)
{
  ssize_t n = recv (fd, bytes, size, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  return n > 0 && (size_t) n >= need ? n : -1;
}

void
svpn_peek_want (int fd, size_t need)
{
  int value = (int) need;

  setsockopt (fd, SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
}

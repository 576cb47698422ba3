/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP connections over loopback in one thread. */
#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in
loopback (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons (port),
                               .sin_addr = { htonl (INADDR_LOOPBACK) } };
}

int
sockets_listen (guint16 *port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback (0);
  socklen_t size = sizeof address;

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 128), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

int
sockets_connect (guint16 port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback (port);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    g_assert_cmpint (errno, ==, EINPROGRESS);
  return fd;
}

static void
wait_for (int fd, short events)
{
  struct pollfd pollfd = { .fd = fd, .events = events };

  if (poll (&pollfd, 1, DEADLINE_US / 1000) != 1)
    g_error ("nothing has come for %d s", (int) (DEADLINE_US / G_USEC_PER_SEC));
}

int
sockets_accept (int listener)
{
  int fd;

  wait_for (listener, POLLIN);
  fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

void
sockets_pair (int *client, int *server)
{
  guint16 port;
  int listener = sockets_listen (&port);

  *client = sockets_connect (port);
  *server = sockets_accept (listener);
  close (listener);
}

void
sockets_send (int fd, const void *data, gsize size)
{
  for (gsize sent = 0; sent < size;) {
    ssize_t n = send (fd, (const char *) data + sent, size - sent, MSG_NOSIGNAL);

    if (n >= 0)
      sent += (gsize) n;
    else if (errno == EAGAIN)
      wait_for (fd, POLLOUT);
    else
      g_error ("send: %s", g_strerror (errno));
  }
}

GByteArray *
sockets_receive (int fd, gsize size, gboolean *is_reset)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 piece[65536];

  *is_reset = FALSE;
  while (bytes->len < size) {
    ssize_t n = recv (fd, piece, MIN (sizeof piece, size - bytes->len), 0);

    if (n > 0)
      g_byte_array_append (bytes, piece, (guint) n);
    else if (n < 0 && errno == EAGAIN)
      wait_for (fd, POLLIN);
    else {
      *is_reset = n < 0;
      break;
    }
  }
  return bytes;
}

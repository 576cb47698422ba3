/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP on 127.0.0.1. */
#include "loopback.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static struct sockaddr_in
loopback_address (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_addr = { htonl (INADDR_LOOPBACK) },
                               .sin_port = htons (port) };
}

int
loopback_listen (guint16 *port)
{
  struct sockaddr_in address = loopback_address (0);
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 1024), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

int
loopback_connect (guint16 port)
{
  struct sockaddr_in address = loopback_address (port);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

gboolean
loopback_read_head (int fd, GString *head)
{
  char byte;

  while (recv (fd, &byte, 1, MSG_DONTWAIT) == 1) {
    g_string_append_c (head, byte);
    if (g_str_has_suffix (head->str, "\r\n\r\n"))
      return TRUE;
  }
  return FALSE;
}

gboolean
loopback_is_closed (int fd)
{
  char bytes[1000];
  ssize_t n;

  while ((n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    ;
  return n == 0;
}

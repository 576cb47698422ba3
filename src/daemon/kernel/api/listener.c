/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Listening sockets of a server. */
#include "listener.h"
#include "address.h"
#include "error.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 511

typedef union {
  struct sockaddr any;
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
} Address;

static socklen_t
fill_address (const SvpnPrefix *address, uint16_t port, Address *filled)
{
  memset (filled, 0, sizeof *filled);
  if (address->family == AF_INET) {
    filled->ipv4.sin_family = AF_INET;
    filled->ipv4.sin_port = htons (port);
    memcpy (&filled->ipv4.sin_addr, address->bytes, 4);
    return sizeof filled->ipv4;
  }
  filled->ipv6.sin6_family = AF_INET6;
  filled->ipv6.sin6_port = htons (port);
  memcpy (&filled->ipv6.sin6_addr, address->bytes, 16);
  return sizeof filled->ipv6;
}

static gboolean
bind_and_listen (int fd, Address *address, socklen_t length)
{
  static const int on = 1;

  return setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
         && (address->any.sa_family == AF_INET
             || setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0)
         && bind (fd, &address->any, length) == 0 && listen (fd, BACKLOG) == 0
         && getsockname (fd, &address->any, &length) == 0;
}

/* What to do about it. */
static const char *
advise (int code)
{
  switch (code) {
  case EADDRINUSE:
    return "; another program listens there (`ss -ltnp` shows it): stop that, or set listen";
  case EADDRNOTAVAIL:
    return "; no interface of this machine has that address: set listen";
  default:
    return "";
  }
}

int
svpn_listener_open (const char *endpoint, char **actual, GError **error)
{
  SvpnPrefix address;
  uint16_t port;
  Address bound;

  if (!svpn_endpoint_parse (endpoint, &address, &port)) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "listen: '%s' is not IP:port", endpoint);
    return -1;
  }
  socklen_t length = fill_address (&address, port, &bound);
  int fd = socket (address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || !bind_and_listen (fd, &bound, length)) {
    g_set_error (error, SVPN_ERROR, errno == EAFNOSUPPORT ? SVPN_ERROR_NOT_SUPPORTED : SVPN_ERROR_FAILED,
                 "Cannot listen at %s: %s%s", endpoint, g_strerror (errno), advise (errno));
    if (fd >= 0)
      close (fd);
    return -1;
  }
  g_autofree char *host = svpn_address_to_string (&address);
  port = ntohs (address.family == AF_INET ? bound.ipv4.sin_port : bound.ipv6.sin6_port);
  *actual = g_strdup_printf (address.family == AF_INET ? "%s:%u" : "[%s]:%u", host, port);
  return fd;
}

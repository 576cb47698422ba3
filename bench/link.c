/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's TCP connection. */
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean
link_target_init (LinkTarget *target, const char *address, guint16 port, const char *host, gboolean tls)
{
  *target = (LinkTarget){ .host = host, .tls = tls };
  target->server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons (port) };
  gnutls_certificate_allocate_credentials (&target->credentials);
  gnutls_priority_init2 (&target->priorities, "NORMAL", NULL, 0);
  return inet_pton (AF_INET, address, &target->server.sin_addr) == 1;
}

/* Connection @number comes from 127.0.0.1 + @number % n_sources. */
static gboolean
bind_source (int fd, const LinkTarget *target, guint number)
{
  const int on = 1;
  struct sockaddr_in source = { .sin_family = AF_INET };

  if (target->n_sources == 0)
    return TRUE;
  source.sin_addr.s_addr = htonl (INADDR_LOOPBACK + number % target->n_sources);
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return bind (fd, (struct sockaddr *) &source, sizeof source) == 0;
}

static void
start_tls (Link *link, const LinkTarget *target)
{
  static const gnutls_datum_t http = { (unsigned char *) "http/1.1", 8 };

  gnutls_init (&link->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  gnutls_priority_set (link->session, target->priorities);
  gnutls_credentials_set (link->session, GNUTLS_CRD_CERTIFICATE, target->credentials);
  gnutls_server_name_set (link->session, GNUTLS_NAME_DNS, target->host, strlen (target->host));
  gnutls_alpn_set_protocols (link->session, &http, 1, 0);
  gnutls_transport_set_int (link->session, link->fd);
}

gboolean
link_open (Link *link, const LinkTarget *target, guint number)
{
  const int on = 1;

  *link = (Link){ .fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
  if (link->fd < 0)
    return FALSE;
  setsockopt (link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!bind_source (link->fd, target, number)
      || (connect (link->fd, (const struct sockaddr *) &target->server, sizeof target->server) < 0
          && errno != EINPROGRESS)) {
    link_close (link);
    return FALSE;
  }
  if (target->tls)
    start_tls (link, target);
  return TRUE;
}

void
link_close (Link *link)
{
  g_clear_pointer (&link->session, gnutls_deinit);
  g_clear_pointer (&link->rest, g_byte_array_unref);
  if (link->fd >= 0)
    close (link->fd);
  link->fd = -1;
}

static LinkResult
connect_tcp (Link *link)
{
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  int error = 0;
  socklen_t error_size = sizeof error;

  if (getpeername (link->fd, (struct sockaddr *) &peer, &size) == 0)
    return LINK_DONE;
  getsockopt (link->fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
  return error == 0 ? LINK_AGAIN : LINK_FAILED;
}

static LinkResult
translate (int result)
{
  if (result >= 0)
    return LINK_DONE;
  if (result == GNUTLS_E_PREMATURE_TERMINATION)
    return LINK_ENDED;
  return gnutls_error_is_fatal (result) ? LINK_FAILED : LINK_AGAIN;
}

LinkResult
link_connect (Link *link, gboolean tcp_alone)
{
  LinkResult result = connect_tcp (link);

  if (result != LINK_DONE || tcp_alone || link->session == NULL)
    return result;
  return translate (gnutls_handshake (link->session));
}

static LinkResult
send_plain (Link *link, const guint8 *data, gsize size)
{
  ssize_t n = send (link->fd, data, size, MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN)
    return LINK_FAILED;
  n = MAX (n, 0);
  if ((gsize) n == size)
    return LINK_DONE;
  link->rest = g_byte_array_append (g_byte_array_new (), data + n, (guint) (size - (gsize) n));
  return LINK_AGAIN;
}

LinkResult
link_flush (Link *link)
{
  g_autoptr (GByteArray) rest = g_steal_pointer (&link->rest);
  LinkResult result;

  if (rest != NULL)
    return send_plain (link, rest->data, rest->len);
  if (!link->write_pending)
    return LINK_DONE;
  result = translate ((int) gnutls_record_send (link->session, NULL, 0));
  link->write_pending = result == LINK_AGAIN;
  return result;
}

LinkResult
link_send (Link *link, const void *data, gsize size)
{
  LinkResult result = link->session != NULL ? translate ((int) gnutls_record_send (link->session, data, size))
                                            : send_plain (link, data, size);

  link->write_pending = link->session != NULL && result == LINK_AGAIN;
  return result == LINK_AGAIN ? LINK_DONE : result;
}

/* GnuTLS also says "again" when it has taken a session ticket, with more in the socket. */
static gboolean
has_more (int fd)
{
  char byte;

  return recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static ssize_t
receive_tls (Link *link, void *data, gsize size)
{
  ssize_t result;

  do
    result = gnutls_record_recv (link->session, data, size);
  while (result == GNUTLS_E_AGAIN && has_more (link->fd));
  return result;
}

LinkResult
link_receive (Link *link, void *data, gsize size, gsize *n)
{
  ssize_t result = link->session != NULL ? receive_tls (link, data, size) : recv (link->fd, data, size, 0);

  *n = result > 0 ? (gsize) result : 0;
  if (result == 0)
    return LINK_ENDED;
  if (result > 0)
    return LINK_DONE;
  if (link->session != NULL)
    return translate ((int) result);
  return errno == EAGAIN ? LINK_AGAIN : LINK_FAILED;
}

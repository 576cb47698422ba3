/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What lies before the first request of a connection.
 *
 * How it works: nothing is taken from the socket that is not whole. While a PROXY header or a ClientHello is unfinished
 * all of it stays in the kernel (peek.h); only a whole ClientHello makes TLS, which then reads from the socket itself. */
#include "opening.h"
#include "client-hello.h"
#include "peek.h"
#include "proxy-protocol.h"

#include <sys/socket.h>
#include <unistd.h>

typedef enum {
  PLACE_PROXY,
  PLACE_HELLO,
  PLACE_HANDSHAKE,
  PLACE_DONE,
} Place;

/* Waits until the socket holds @need bytes. */
static SvpnIo
wait_for_bytes (SvpnOpening *opening, gsize need)
{
  if (need != opening->need)
    svpn_peek_want (opening->channel.fd, need);
  opening->need = need;
  return SVPN_IO_WANT_READ;
}

/* What goes on with the socket is not a matter of whole beginnings any more. */
static void
stop_peeking (SvpnOpening *opening)
{
  wait_for_bytes (opening, 1);
}

/* The end, in order. */
static SvpnIo
give_up (SvpnOpening *opening)
{
  stop_peeking (opening);
  return SVPN_IO_CLOSED;
}

static SvpnIo
run_handshake (SvpnOpening *opening)
{
  SvpnIo io = svpn_tls_server_handshake (opening->channel.tls);

  if (io == SVPN_IO_DONE)
    opening->place = PLACE_DONE;
  return io == SVPN_IO_CLOSED ? SVPN_IO_FAILED : io;
}

static SvpnIo
start_handshake (SvpnOpening *opening, gint64 monotonic_us)
{
  stop_peeking (opening);
  opening->channel.tls = svpn_tls_server_new (opening->tls, opening->channel.fd, monotonic_us);
  if (opening->channel.tls == NULL)
    return SVPN_IO_FAILED;
  opening->place = PLACE_HANDSHAKE;
  return run_handshake (opening);
}

static SvpnIo
refuse_hello (SvpnOpening *opening, guint8 alert)
{
  guint8 record[SVPN_TLS_ALERT_SIZE];

  svpn_client_hello_write_alert (alert, record);
  if (alert != 0 && send (opening->channel.fd, record, sizeof record, MSG_NOSIGNAL) != sizeof record)
    return SVPN_IO_FAILED;
  return give_up (opening);
}

static SvpnIo
run_hello (SvpnOpening *opening, gint64 monotonic_us)
{
  guint8 bytes[SVPN_CLIENT_HELLO_MAX];
  ssize_t size = svpn_peek (opening->channel.fd, bytes, sizeof bytes, opening->need);
  SvpnClientHelloLook look;

  if (size < 0)
    return give_up (opening);
  if (size == 0)
    return SVPN_IO_WANT_READ;
  look = svpn_client_hello_look (bytes, (size_t) size);
  switch (look.state) {
  case SVPN_CLIENT_HELLO_MORE:
    return wait_for_bytes (opening, look.need);
  case SVPN_CLIENT_HELLO_REFUSED:
    return refuse_hello (opening, look.alert);
  case SVPN_CLIENT_HELLO_WHOLE:
    return start_handshake (opening, monotonic_us);
  case SVPN_CLIENT_HELLO_PLAIN:
    break;
  }
  opening->is_misdirected = TRUE;
  opening->place = PLACE_DONE;
  stop_peeking (opening);
  return SVPN_IO_DONE;
}

/* Behind a PROXY header, or where none is. */
static SvpnIo
run_first (SvpnOpening *opening, gint64 monotonic_us)
{
  stop_peeking (opening);
  opening->place = opening->tls != NULL ? PLACE_HELLO : PLACE_DONE;
  return opening->tls != NULL ? run_hello (opening, monotonic_us) : SVPN_IO_DONE;
}

static SvpnIo
run_proxy (SvpnOpening *opening, gint64 monotonic_us)
{
  guint8 bytes[SVPN_PROXY_HEADER_MAX];
  ssize_t size = svpn_peek (opening->channel.fd, bytes, sizeof bytes, opening->need);
  SvpnProxyHeader header;

  if (size < 0)
    return give_up (opening);
  if (size == 0)
    return SVPN_IO_WANT_READ;
  switch (svpn_proxy_read (bytes, (gsize) size, &header)) {
  case SVPN_PROXY_MORE:
    return wait_for_bytes (opening, header.size);
  case SVPN_PROXY_BAD:
    return give_up (opening);
  case SVPN_PROXY_ABSENT:
    return run_first (opening, monotonic_us);
  case SVPN_PROXY_WHOLE:
    break;
  }
  if (recv (opening->channel.fd, bytes, header.size, 0) != (ssize_t) header.size)
    return SVPN_IO_FAILED;
  if (header.source.address.family != 0)
    opening->address = header.source;
  return run_first (opening, monotonic_us);
}

SvpnIo
svpn_opening_run (SvpnOpening *opening, gint64 monotonic_us)
{
  switch ((Place) opening->place) {
  case PLACE_PROXY:
    return run_proxy (opening, monotonic_us);
  case PLACE_HELLO:
    return run_hello (opening, monotonic_us);
  case PLACE_HANDSHAKE:
    return run_handshake (opening);
  case PLACE_DONE:
    break;
  }
  return SVPN_IO_DONE;
}

void
svpn_opening_init (SvpnOpening *opening, int fd, const SvpnEndpoint *peer, gboolean is_proxy,
                   SvpnTlsContext *tls)
{
  *opening = (SvpnOpening){ .channel = { .fd = fd }, .address = *peer, .need = 1 };
  opening->tls = tls != NULL ? svpn_tls_context_ref (tls) : NULL;
  if (is_proxy)
    opening->place = PLACE_PROXY;
  else
    opening->place = tls != NULL ? PLACE_HELLO : PLACE_DONE;
}

void
svpn_opening_clear (SvpnOpening *opening)
{
  g_clear_pointer (&opening->channel.tls, svpn_tls_server_free);
  g_clear_pointer (&opening->tls, svpn_tls_context_unref);
  if (opening->channel.fd >= 0)
    close (opening->channel.fd);
  opening->channel.fd = -1;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What lies before the first request of a connection: a trusted proxy's PROXY header, and TLS. */
#pragma once

#include "channel.h"
#include "endpoint.h"

typedef struct {
  SvpnChannel channel;     /* with TLS from a whole ClientHello on */
  SvpnEndpoint address;    /* whom it is from: the peer, or whom the PROXY header names */
  SvpnTlsContext *tls;     /* NULL: plain HTTP */
  gboolean is_misdirected; /* it speaks HTTP where TLS is spoken */
  guint8 place;
  gsize need; /* bytes to wait for (peek.h) */
} SvpnOpening;

/* @fd: an accepted TCP socket that is non-blocking, and then the opening's. @is_proxy: whether @peer may send a PROXY
 * header. */
void svpn_opening_init (SvpnOpening *opening, int fd, const SvpnEndpoint *peer, gboolean is_proxy,
                        SvpnTlsContext *tls);
void svpn_opening_clear (SvpnOpening *opening); /* closes the connection, unless channel.fd is -1 */

/* Until SVPN_IO_DONE: a request can be read. SVPN_IO_CLOSED: it is over, all is said, and the connection should be ended
 * in order. SVPN_IO_FAILED: it should be closed. */
SvpnIo svpn_opening_run (SvpnOpening *opening, gint64 monotonic_us);

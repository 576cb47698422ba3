/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Bytes to and from the other end of a connection, with TLS or without. */
#pragma once

#include "tls-server.h"

typedef struct {
  int fd;             /* non-blocking */
  SvpnTlsServer *tls; /* after its handshake; NULL: plain */
} SvpnChannel;

/* As svpn_tls_server_read() and svpn_tls_server_write(): of a plain connection nothing waits inside. */
SvpnIo svpn_channel_read (const SvpnChannel *channel, void *data, gsize size, gsize *n);
SvpnIo svpn_channel_write (const SvpnChannel *channel, const void *data, gsize size, gsize *n);

/* Ends our direction: close_notify, if there is TLS, and FIN. */
SvpnIo svpn_channel_end (const SvpnChannel *channel);

/* The connection will be reset (RST) when the socket is closed. */
void svpn_channel_reset_on_close (const SvpnChannel *channel);

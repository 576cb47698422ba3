/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's side of one TLS connection over a non-blocking socket. Each call does what the socket allows and says
 * what it waits for. */
#pragma once

#include "io.h"
#include "tls-context.h"

typedef struct _SvpnTlsServer SvpnTlsServer;

#define SVPN_TLS_RECORD_SIZE 16384

/* @fd stays the caller's. NULL: there is no memory for it. */
SvpnTlsServer *svpn_tls_server_new (SvpnTlsContext *context, int fd, gint64 monotonic_us);
void svpn_tls_server_free (SvpnTlsServer *tls); /* sends nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTlsServer, svpn_tls_server_free)

/* Until SVPN_IO_DONE, before anything else. A client that cannot be served has got its alert with SVPN_IO_FAILED. */
SvpnIo svpn_tls_server_handshake (SvpnTlsServer *tls);

/* Reads one record or the rest of one: with SVPN_IO_DONE *n is 1 to @size. The bytes of a record that did not fit wait
 * inside, where no poll of the socket shows them: read until SVPN_IO_WANT_READ, or ask svpn_tls_server_has_pending(). */
SvpnIo svpn_tls_server_read (SvpnTlsServer *tls, void *data, gsize size, gsize *n);
gboolean svpn_tls_server_has_pending (SvpnTlsServer *tls);

/* Writes in records of up to SVPN_TLS_RECORD_SIZE. *n bytes have been taken over, encrypted, and need not be kept. With
 * SVPN_IO_WANT_WRITE the socket is full, and up to one record of what was taken waits inside: call it again, with or
 * without more bytes. */
SvpnIo svpn_tls_server_write (SvpnTlsServer *tls, const void *data, gsize size, gsize *n);

/* Sends close_notify behind all that was written. Reading goes on. */
SvpnIo svpn_tls_server_close (SvpnTlsServer *tls);

/* After the handshake: whether the session was resumed; the host name (SNI) and protocol (ALPN) that the client asked
 * for, NULL if it named none. */
gboolean svpn_tls_server_is_resumed (SvpnTlsServer *tls);
char *svpn_tls_server_dup_host_name (SvpnTlsServer *tls);
char *svpn_tls_server_dup_protocol (SvpnTlsServer *tls);

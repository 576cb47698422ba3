/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The bytes below a WebSocket: a connection after its HTTP upgrade, with TLS or without. */
#pragma once

#include "io.h"
#include <gio/gio.h>

typedef struct _SvpnLine SvpnLine;

typedef struct {
  /* SVPN_IO_DONE with 1 to @size bytes in *n. SVPN_IO_FAILED may come with *error. */
  SvpnIo (*read) (SvpnLine *line, void *data, gsize size, gsize *n, GError **error);
  /* *n of the bytes have been taken over. SVPN_IO_WANT_WRITE: call it again once the socket is writable, with the bytes
   * that follow those, or with none if none are left: some that were taken may still wait inside. */
  SvpnIo (*write) (SvpnLine *line, const void *data, gsize size, gsize *n, GError **error);
  /* Has line->ready called while the socket is readable, and if @and_writable while it is writable. */
  gboolean (*watch) (SvpnLine *line, gboolean and_writable);
  /* Ends our direction. */
  void (*end) (SvpnLine *line);
  /* Closes the connection; nothing is called back any more. May be called again. */
  void (*close) (SvpnLine *line);
  void (*free) (SvpnLine *line); /* closed */
} SvpnLineType;

struct _SvpnLine {
  const SvpnLineType *type;
  int fd; /* the TCP socket, while the line is not closed */
  /* Set by the line's user. @events: POLLIN, POLLOUT, POLLERR, POLLHUP; 0 if there may be bytes to read that no poll shows. */
  void (*ready) (short events, gpointer user_data);
  gpointer user_data;
};

/* An open WebSocket that libsoup has negotiated. */
typedef struct {
  GIOStream *stream; /* pollable */
  GSocket *socket;   /* the TCP socket below it */
  GObject *holder;   /* kept alive as long as the stream is used, or NULL */
} SvpnCarrier;

void svpn_carrier_clear (SvpnCarrier *carrier);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvpnCarrier, svpn_carrier_clear)

/* Takes references of what @carrier holds. */
SvpnLine *svpn_stream_line_new (const SvpnCarrier *carrier);

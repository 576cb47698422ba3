/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a step of non-blocking input or output came to. Whoever owns the event loop waits for what a step wants, and takes
 * it again. */
#pragma once

#include <glib.h>

typedef enum {
  SVPN_IO_DONE,
  SVPN_IO_WANT_READ, /* again while the socket is readable, which it may be already: TLS has records of its own */
  SVPN_IO_WANT_WRITE, /* again when it is writable */
  SVPN_IO_CLOSED,     /* the peer sends nothing more */
  SVPN_IO_FAILED,     /* the connection is broken, or its peer broke the rules */
} SvpnIo;

/* What something that runs on two sockets waits for, of poll(): it must be run again with any of it, at the deadline, and
 * if `again` at once, after others had their turn. A socket of which nothing is wanted must not be watched at all: its
 * hang-up would be shown again and again. */
typedef struct {
  short client_events, origin_events;
  gboolean again;
  gint64 deadline_us; /* monotonic */
} SvpnWish;

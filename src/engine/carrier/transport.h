/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Protocol frames over one WebSocket: takes over a line, cuts what arrives into frames, and
 * pulls frames to send when the socket takes them. Holds at most one TLS record and one frame of outgoing bytes, so
 * that packets wait in the owner's queues, where they can still be ordered or dropped. */
#pragma once

#include "clock.h"
#include "carrier-line.h"
#include "websocket.h"
#include "wire.h"

typedef struct _SvpnTransport SvpnTransport;

typedef struct {
  /* A whole frame has arrived. @payload may be changed in place. */
  void (*frame) (const SvpnFrameHeader *header, uint8_t *payload, gpointer user_data);
  /* All that could be read has been handed on, for now. */
  void (*burst_end) (gpointer user_data);
  /* The socket takes more: write whole frames to @out until there are @target bytes or none left; at most
   * @target + SVPN_FRAME_SIZE_MAX. Returns the bytes written, 0 if there is nothing to send. */
  size_t (*fill) (uint8_t *out, size_t target, gpointer user_data);
  /* Whether fill would write something. */
  gboolean (*has_more) (gpointer user_data);
  /* The connection has ended: @error says why, NULL if the peer closed it in order or we did. Called
   * once, last, from the main loop. */
  void (*closed) (const GError *error, gpointer user_data);
} SvpnTransportEvents;

/* Takes over @line. NODELAY and a low-water mark are set on its socket. Starts to read in the main loop. */
SvpnTransport *svpn_transport_new (SvpnLine *line, SvpnWsRole role, SvpnClock *clock,
                                   const SvpnTransportEvents *events, gpointer user_data);

/* Drops the connection at once where it still stands; calls nothing back any more. Not from inside frame or fill. */
void svpn_transport_free (SvpnTransport *transport);

/* There may be something to send: writes as much as the socket takes. */
void svpn_transport_flush (SvpnTransport *transport);

/* Bytes that a packet may have without making others wait long, as far as the line is known. */
gsize svpn_transport_get_packet_size (SvpnTransport *transport);

/* Sends what fill gives, then a close frame, and waits for the peer's at most SVPN_CLOSE_TIMEOUT_MS before closed is
 * called. Frames that arrive are no longer handed on. */
void svpn_transport_shutdown (SvpnTransport *transport, SvpnWsCloseCode code);

/* Gives up: closed follows, with NULL, and nothing more is sent or received. */
void svpn_transport_abort (SvpnTransport *transport);

/* WebSocket bytes so far, before TLS. */
guint64 svpn_transport_get_bytes_sent (SvpnTransport *transport);
guint64 svpn_transport_get_bytes_received (SvpnTransport *transport);

#define SVPN_CLOSE_TIMEOUT_MS 2000

/* Domain of the errors that we find ourselves; I/O errors keep theirs. */
#define SVPN_TRANSPORT_ERROR (svpn_transport_error_quark ())
typedef enum {
  SVPN_TRANSPORT_ERROR_PROTOCOL, /* RFC 6455 or our framing was violated */
  SVPN_TRANSPORT_ERROR_EOF,      /* the connection broke off without a close frame */
} SvpnTransportError;
GQuark svpn_transport_error_quark (void);

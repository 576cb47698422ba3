/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The incoming bytes of a WebSocket: cuts them into protocol frames, in place if a frame lies whole in the bytes that were
 * read. No I/O. */
#pragma once

#include "websocket.h"
#include "wire.h"

typedef enum {
  SVPN_INCOMING_NEED_MORE, /* all bytes are used up */
  SVPN_INCOMING_FRAME,     /* a whole protocol frame */
  SVPN_INCOMING_CONTROL,   /* a whole ping, pong or close frame of the WebSocket */
  SVPN_INCOMING_NO_MEMORY, /* the connection must be closed */
  SVPN_INCOMING_VIOLATION, /* of RFC 6455 or of our framing: the connection must be closed with event.close_code */
} SvpnIncomingType;

typedef struct {
  SvpnIncomingType type;
  SvpnFrameHeader header; /* of a frame */
  uint8_t *
      data; /* a frame's payload, header.length bytes, or a control frame's; may be changed, valid until the next call */
  size_t size; /* of a control frame */
  SvpnWsOpcode opcode;
  SvpnWsCloseCode close_code;
  const char *error; /* static text */
} SvpnIncomingEvent;

typedef struct {
  SvpnWsParser parser;
  uint8_t *piece; /* of a message: the rest that is still to be cut */
  size_t piece_size;
  bool in_piece, message_end;
  /* A frame whose end has not come yet: its header, and once that is whole, all of it. */
  uint8_t partial_header[SVPN_FRAME_HEADER_SIZE];
  uint8_t *partial;
  size_t partial_size, partial_allocated;
} SvpnIncoming;

/* @role: our own. */
void svpn_incoming_init (SvpnIncoming *incoming, SvpnWsRole role);
void svpn_incoming_clear (SvpnIncoming *incoming);

/* Gives back the memory that is not needed while no bytes come. Not before svpn_incoming_next() has used up its bytes. */
void svpn_incoming_trim (SvpnIncoming *incoming);

/* Takes bytes from *data, *size (both are advanced) until an event. Call again until SVPN_INCOMING_NEED_MORE: until
 * then the bytes stay where they are. Not after a violation. */
SvpnIncomingEvent svpn_incoming_next (SvpnIncoming *incoming, uint8_t **data, size_t *size);

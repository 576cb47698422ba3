/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * WebSocket framing (RFC 6455, section 5) on bytes: a parser that works in place and a writer of frame headers. No
 * extensions, binary messages only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  SVPN_WS_CLIENT, /* masks what it sends, takes no masked frame */
  SVPN_WS_SERVER, /* the other way round */
} SvpnWsRole;

typedef enum {
  SVPN_WS_OPCODE_CONTINUATION = 0x0,
  SVPN_WS_OPCODE_TEXT = 0x1,
  SVPN_WS_OPCODE_BINARY = 0x2,
  SVPN_WS_OPCODE_CLOSE = 0x8,
  SVPN_WS_OPCODE_PING = 0x9,
  SVPN_WS_OPCODE_PONG = 0xa,
} SvpnWsOpcode;

/* Close codes (RFC 6455, section 7.4.1) that we send. */
typedef enum {
  SVPN_WS_CLOSE_NORMAL = 1000,
  SVPN_WS_CLOSE_GOING_AWAY = 1001,
  SVPN_WS_CLOSE_PROTOCOL_ERROR = 1002,
  SVPN_WS_CLOSE_UNSUPPORTED_DATA = 1003,
  SVPN_WS_CLOSE_POLICY = 1008,
  SVPN_WS_CLOSE_TOO_BIG = 1009,
} SvpnWsCloseCode;

#define SVPN_WS_HEADER_MAX 14
#define SVPN_WS_CONTROL_MAX 125

typedef enum {
  SVPN_WS_NEED_MORE, /* all bytes are used up */
  SVPN_WS_DATA,      /* a piece of a binary message, unmasked in place; may be its last */
  SVPN_WS_CONTROL,   /* a whole ping, pong or close frame */
  SVPN_WS_ERROR,     /* the connection must be closed with event.close_code */
} SvpnWsEventType;

typedef struct {
  SvpnWsEventType type;
  uint8_t *data; /* of SVPN_WS_DATA: into the input; of SVPN_WS_CONTROL: into the parser */
  size_t size;
  bool message_end;    /* of SVPN_WS_DATA: this piece completes the message */
  SvpnWsOpcode opcode; /* of SVPN_WS_CONTROL */
  SvpnWsCloseCode close_code;
  const char *error; /* static text */
} SvpnWsEvent;

typedef struct {
  SvpnWsRole role;
  size_t message_max;
  uint8_t header[SVPN_WS_HEADER_MAX];
  uint8_t header_fill;
  bool in_payload, in_message, fin;
  uint8_t opcode;
  uint8_t mask[4];
  uint64_t remaining;    /* of the current frame's payload */
  uint64_t frame_offset; /* into the current frame's payload, for the mask */
  uint64_t message_size; /* of the message so far, as the frames' headers announced it */
  uint8_t control[SVPN_WS_CONTROL_MAX];
  uint8_t control_fill;
} SvpnWsParser;

/* @message_max: largest payload of one message in bytes; a larger one is an error as soon as it is announced. */
void svpn_ws_parser_init (SvpnWsParser *parser, SvpnWsRole role, size_t message_max);

/* Takes bytes from *data, *size (both are advanced) until an event. Call again until SVPN_WS_NEED_MORE. */
SvpnWsEvent svpn_ws_parse (SvpnWsParser *parser, uint8_t **data, size_t *size);

/* Size of the header of a frame of @payload_size bytes that @role sends. */
size_t svpn_ws_header_size (SvpnWsRole role, uint64_t payload_size);

/* Writes the header of an unfragmented frame; @mask is used by clients only. Returns its size. */
size_t svpn_ws_write_header (SvpnWsRole role, SvpnWsOpcode opcode, uint64_t payload_size,
                             const uint8_t mask[4], uint8_t out[SVPN_WS_HEADER_MAX]);

/* Masks or unmasks (RFC 6455, section 5.3) @size bytes that begin @offset bytes into the payload. */
void svpn_ws_mask (uint8_t *data, size_t size, const uint8_t mask[4], uint64_t offset);

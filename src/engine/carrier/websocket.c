/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * WebSocket framing (RFC 6455, section 5) on bytes. */
#include "websocket.h"

#include <string.h>

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define CONTROL_BIT 0x08

void
svpn_ws_parser_init (SvpnWsParser *parser, SvpnWsRole role, size_t message_max)
{
  *parser = (SvpnWsParser){ .role = role, .message_max = message_max };
}

void
svpn_ws_mask (uint8_t *data, size_t size, const uint8_t mask[4], uint64_t offset)
{
  uint8_t rotated[8];
  uint64_t wide;

  for (unsigned int i = 0; i < 8; i++)
    rotated[i] = mask[(offset + i) % 4];
  memcpy (&wide, rotated, 8);

  for (; size >= 8; data += 8, size -= 8) {
    uint64_t word;
    memcpy (&word, data, 8);
    word ^= wide;
    memcpy (data, &word, 8);
  }
  for (size_t i = 0; i < size; i++)
    data[i] ^= rotated[i];
}

size_t
svpn_ws_header_size (SvpnWsRole role, uint64_t payload_size)
{
  size_t length_size = payload_size < LENGTH_16 ? 0 : payload_size <= UINT16_MAX ? 2 : 8;

  return 2 + length_size + (role == SVPN_WS_CLIENT ? 4 : 0);
}

size_t
svpn_ws_write_header (SvpnWsRole role, SvpnWsOpcode opcode, uint64_t payload_size, const uint8_t mask[4],
                      uint8_t out[SVPN_WS_HEADER_MAX])
{
  size_t size = svpn_ws_header_size (role, payload_size);
  size_t length_size = size - 2 - (role == SVPN_WS_CLIENT ? 4 : 0);

  out[0] = FIN | opcode;
  out[1] = length_size == 0 ? (uint8_t) payload_size : length_size == 2 ? LENGTH_16 : LENGTH_64;
  for (size_t i = 0; i < length_size; i++)
    out[2 + i] = (uint8_t) (payload_size >> (8 * (length_size - 1 - i)));
  if (role == SVPN_WS_CLIENT) {
    out[1] |= MASKED;
    memcpy (out + 2 + length_size, mask, 4);
  }
  return size;
}

static SvpnWsEvent
error_event (SvpnWsCloseCode code, const char *text)
{
  return (SvpnWsEvent){ .type = SVPN_WS_ERROR, .close_code = code, .error = text };
}

/* The flaw in the first two bytes of a header; NULL if they have none. */
static const char *
check_header_start (const SvpnWsParser *parser, SvpnWsCloseCode *code)
{
  uint8_t opcode = parser->header[0] & OPCODE;
  bool masked = parser->header[1] & MASKED;

  *code = SVPN_WS_CLOSE_PROTOCOL_ERROR;
  if (parser->header[0] & RESERVED)
    return "reserved bits are set";
  if (masked != (parser->role == SVPN_WS_SERVER))
    return masked ? "a frame of the server is masked" : "a frame of the client is not masked";

  if (opcode & CONTROL_BIT) {
    if (opcode > SVPN_WS_OPCODE_PONG)
      return "unknown opcode";
    if (!(parser->header[0] & FIN))
      return "a control frame is fragmented";
    if ((parser->header[1] & LENGTH) > SVPN_WS_CONTROL_MAX)
      return "a control frame is too long";
    return NULL;
  }
  switch (opcode) {
  case SVPN_WS_OPCODE_CONTINUATION:
    return parser->in_message ? NULL : "a continuation without a beginning";
  case SVPN_WS_OPCODE_BINARY:
    return parser->in_message ? "a new message inside another" : NULL;
  case SVPN_WS_OPCODE_TEXT:
    *code = SVPN_WS_CLOSE_UNSUPPORTED_DATA;
    return "a text message";
  default:
    return "unknown opcode";
  }
}

/* Bytes that the header has, as far as it is known yet. */
static size_t
header_need (const SvpnWsParser *parser)
{
  uint8_t length;

  if (parser->header_fill < 2)
    return 2;
  length = parser->header[1] & LENGTH;
  return 2 + (length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0) + (parser->header[1] & MASKED ? 4 : 0);
}

/* Called when the header is complete. */
static SvpnWsEvent
begin_payload (SvpnWsParser *parser)
{
  uint8_t length = parser->header[1] & LENGTH;
  size_t length_size = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
  uint64_t size = length_size == 0 ? length : 0;

  for (size_t i = 0; i < length_size; i++)
    size = size << 8 | parser->header[2 + i];
  if ((length == LENGTH_16 && size < LENGTH_16) || (length == LENGTH_64 && size <= UINT16_MAX))
    return error_event (SVPN_WS_CLOSE_PROTOCOL_ERROR, "a length is not encoded in its shortest form");

  parser->opcode = parser->header[0] & OPCODE;
  if (!(parser->opcode & CONTROL_BIT)) {
    uint64_t before = parser->opcode == SVPN_WS_OPCODE_BINARY ? 0 : parser->message_size;

    if (size > parser->message_max - before)
      return error_event (SVPN_WS_CLOSE_TOO_BIG, "a message is too long");
    parser->message_size = before + size;
    parser->fin = parser->header[0] & FIN;
    parser->in_message = true;
  }
  if (parser->role == SVPN_WS_SERVER)
    memcpy (parser->mask, parser->header + 2 + length_size, 4);
  parser->remaining = size;
  parser->frame_offset = 0;
  parser->control_fill = 0;
  parser->header_fill = 0;
  parser->in_payload = true;
  return (SvpnWsEvent){ .type = SVPN_WS_NEED_MORE };
}

/* Takes bytes of a header; SVPN_WS_NEED_MORE if it went well, with parser->in_payload set once it is complete. */
static SvpnWsEvent
parse_header (SvpnWsParser *parser, uint8_t **data, size_t *size)
{
  while (*size > 0) {
    parser->header[parser->header_fill++] = *(*data)++;
    (*size)--;
    if (parser->header_fill == 2) {
      SvpnWsCloseCode code;
      const char *error = check_header_start (parser, &code);

      if (error != NULL)
        return error_event (code, error);
    }
    if (parser->header_fill >= 2 && parser->header_fill == header_need (parser))
      return begin_payload (parser);
  }
  return (SvpnWsEvent){ .type = SVPN_WS_NEED_MORE };
}

SvpnWsEvent
svpn_ws_parse (SvpnWsParser *parser, uint8_t **data, size_t *size)
{
  SvpnWsEvent event;
  bool control;

  if (!parser->in_payload) {
    event = parse_header (parser, data, size);
    if (event.type == SVPN_WS_ERROR || !parser->in_payload)
      return event;
  }

  control = parser->opcode & CONTROL_BIT;
  if (*size == 0 && parser->remaining > 0)
    return (SvpnWsEvent){ .type = SVPN_WS_NEED_MORE };

  event = (SvpnWsEvent){ .type = SVPN_WS_DATA, .data = *data };
  event.size = *size < parser->remaining ? *size : (size_t) parser->remaining;
  if (parser->role == SVPN_WS_SERVER)
    svpn_ws_mask (event.data, event.size, parser->mask, parser->frame_offset);
  *data += event.size;
  *size -= event.size;
  parser->remaining -= event.size;
  parser->frame_offset += event.size;
  if (parser->remaining == 0)
    parser->in_payload = false;

  if (!control) {
    event.message_end = parser->remaining == 0 && parser->fin;
    if (event.message_end)
      parser->in_message = false;
    return event;
  }
  memcpy (parser->control + parser->control_fill, event.data, event.size);
  parser->control_fill += event.size;
  if (parser->remaining > 0)
    return (SvpnWsEvent){ .type = SVPN_WS_NEED_MORE };
  return (SvpnWsEvent){
    .type = SVPN_WS_CONTROL, .data = parser->control, .size = parser->control_fill, .opcode = parser->opcode
  };
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The incoming bytes of a WebSocket.
 *
 * How it works: the WebSocket parser unmasks in place and hands out pieces of messages. Frames that lie whole in a piece
 * are handed on where they lie; one that does not is put together in `partial`, which is as large as the frame. */
#include "incoming.h"

#include <stdlib.h>
#include <string.h>

/* A buffer that nobody uses is kept, for in bulk nearly every read ends inside a frame. */
static uint8_t *spare;
static size_t spare_allocated;

static void
give_partial (SvpnIncoming *incoming)
{
  if (incoming->partial_allocated > spare_allocated) {
    free (spare);
    spare = incoming->partial;
    spare_allocated = incoming->partial_allocated;
  } else {
    free (incoming->partial);
  }
  incoming->partial = NULL;
  incoming->partial_allocated = 0;
}

/* At least @size bytes; partial is NULL if there is no memory. */
static void
take_partial (SvpnIncoming *incoming, size_t size)
{
  give_partial (incoming);
  if (spare_allocated >= size) {
    incoming->partial = spare;
    incoming->partial_allocated = spare_allocated;
    spare = NULL;
    spare_allocated = 0;
    return;
  }
  incoming->partial = malloc (size);
  incoming->partial_allocated = incoming->partial != NULL ? size : 0;
}

void
svpn_incoming_init (SvpnIncoming *incoming, SvpnWsRole role)
{
  *incoming = (SvpnIncoming){ 0 };
  svpn_ws_parser_init (&incoming->parser, role, SVPN_MESSAGE_SIZE_MAX);
}

void
svpn_incoming_clear (SvpnIncoming *incoming)
{
  give_partial (incoming);
  *incoming = (SvpnIncoming){ 0 };
}

void
svpn_incoming_trim (SvpnIncoming *incoming)
{
  if (incoming->partial_size == 0)
    give_partial (incoming);
}

static SvpnIncomingEvent
violation (SvpnWsCloseCode code, const char *text)
{
  return (SvpnIncomingEvent){ .type = SVPN_INCOMING_VIOLATION, .close_code = code, .error = text };
}

typedef enum {
  FRAME_CUT_OFF,
  FRAME_WHOLE,
  FRAME_TOO_LONG,
  FRAME_NO_MEMORY,
} FrameState;

/* How it is with the frame of which there are @size bytes at @data. *need: its size, or its header's while that is cut
 * off; *header is set unless it is. */
static FrameState
look_at_frame (const uint8_t *data, size_t size, SvpnFrameHeader *header, size_t *need)
{
  *need = SVPN_FRAME_HEADER_SIZE;
  if (size < SVPN_FRAME_HEADER_SIZE)
    return FRAME_CUT_OFF;
  if (!svpn_frame_header_read (data, header))
    return FRAME_TOO_LONG;
  *need += header->length;
  return size >= *need ? FRAME_WHOLE : FRAME_CUT_OFF;
}

static SvpnIncomingEvent
whole_frame (const SvpnFrameHeader *header, uint8_t *frame)
{
  return (SvpnIncomingEvent){ .type = SVPN_INCOMING_FRAME,
                              .header = *header,
                              .data = frame + SVPN_FRAME_HEADER_SIZE };
}

/* Moves on by @size bytes of the piece. */
static uint8_t *
take_of_piece (SvpnIncoming *incoming, size_t size)
{
  uint8_t *data = incoming->piece;

  incoming->piece += size;
  incoming->piece_size -= size;
  return data;
}

/* The whole header has come: makes room for a frame of @size bytes behind it. */
static bool
allocate_partial (SvpnIncoming *incoming, size_t size)
{
  if (incoming->partial_allocated < size)
    take_partial (incoming, size);
  if (incoming->partial != NULL)
    memcpy (incoming->partial, incoming->partial_header, SVPN_FRAME_HEADER_SIZE);
  return incoming->partial != NULL;
}

/* Moves bytes of the piece to the partial frame, up to the end of its header or of the frame. */
static FrameState
complete_partial (SvpnIncoming *incoming, SvpnFrameHeader *header)
{
  bool in_header = incoming->partial_size < SVPN_FRAME_HEADER_SIZE;
  uint8_t *frame = in_header ? incoming->partial_header : incoming->partial;
  size_t need, take;
  FrameState state;

  look_at_frame (frame, incoming->partial_size, header, &need);
  take = need - incoming->partial_size;
  take = take < incoming->piece_size ? take : incoming->piece_size;
  memcpy (frame + incoming->partial_size, take_of_piece (incoming, take), take);
  incoming->partial_size += take;
  state = look_at_frame (frame, incoming->partial_size, header, &need);
  if (in_header && incoming->partial_size == SVPN_FRAME_HEADER_SIZE && state != FRAME_TOO_LONG
      && !allocate_partial (incoming, need))
    return FRAME_NO_MEMORY;
  return state;
}

/* The next frame of the piece; SVPN_INCOMING_NEED_MORE when it is used up. */
static SvpnIncomingEvent
cut_frame (SvpnIncoming *incoming)
{
  SvpnFrameHeader header;
  size_t need;

  if (incoming->partial_size == 0
      && look_at_frame (incoming->piece, incoming->piece_size, &header, &need) == FRAME_WHOLE)
    return whole_frame (&header, take_of_piece (incoming, need));
  while (incoming->piece_size > 0) {
    switch (complete_partial (incoming, &header)) {
    case FRAME_WHOLE:
      incoming->partial_size = 0;
      return whole_frame (&header, incoming->partial);
    case FRAME_NO_MEMORY:
      return (SvpnIncomingEvent){ .type = SVPN_INCOMING_NO_MEMORY };
    case FRAME_TOO_LONG:
      return violation (SVPN_WS_CLOSE_POLICY, "a frame is too long");
    case FRAME_CUT_OFF:
      break;
    }
  }
  return (SvpnIncomingEvent){ .type = SVPN_INCOMING_NEED_MORE };
}

/* The piece is used up: what is wrong if it was its message's last. */
static const char *
check_message_end (const SvpnIncoming *incoming)
{
  if (!incoming->message_end)
    return NULL;
  if (incoming->parser.message_size == 0)
    return "an empty message";
  return incoming->partial_size > 0 ? "a message ends inside a frame" : NULL;
}

/* SVPN_INCOMING_NEED_MORE: there is a piece to be cut now, or no more bytes. */
static SvpnIncomingEvent
take_bytes (SvpnIncoming *incoming, uint8_t **data, size_t *size)
{
  SvpnWsEvent event = svpn_ws_parse (&incoming->parser, data, size);

  switch (event.type) {
  case SVPN_WS_ERROR:
    return violation (event.close_code, event.error);
  case SVPN_WS_CONTROL:
    return (SvpnIncomingEvent){
      .type = SVPN_INCOMING_CONTROL, .data = event.data, .size = event.size, .opcode = event.opcode
    };
  case SVPN_WS_DATA:
    incoming->piece = event.data;
    incoming->piece_size = event.size;
    incoming->message_end = event.message_end;
    incoming->in_piece = true;
    break;
  case SVPN_WS_NEED_MORE:
    break;
  }
  return (SvpnIncomingEvent){ .type = SVPN_INCOMING_NEED_MORE };
}

SvpnIncomingEvent
svpn_incoming_next (SvpnIncoming *incoming, uint8_t **data, size_t *size)
{
  for (;;) {
    SvpnIncomingEvent event = incoming->in_piece ? cut_frame (incoming) : take_bytes (incoming, data, size);
    const char *flaw;

    if (event.type != SVPN_INCOMING_NEED_MORE)
      return event;
    if (!incoming->in_piece)
      return event;
    if (incoming->piece_size > 0)
      continue;
    incoming->in_piece = false;
    flaw = check_message_end (incoming);
    if (flaw != NULL)
      return violation (SVPN_WS_CLOSE_POLICY, flaw);
  }
}

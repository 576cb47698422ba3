/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One end of a WebSocket, by hand. */
#include "hand.h"
#include "virtual-time.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BINARY (0x80 | SVPN_WS_OPCODE_BINARY)

Hand *
hand_new (int fd, SvpnWsRole role)
{
  Hand *hand = g_new0 (Hand, 1);

  hand->fd = fd;
  hand->role = role;
  hand->start = hand->buffer;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int)); /* fails where it is not TCP */
  svpn_incoming_init (&hand->incoming, role);
  return hand;
}

/* With bytes that nobody has read the connection would be reset instead of ended. */
void
hand_free (Hand *hand)
{
  while (recv (hand->fd, hand->buffer, sizeof hand->buffer, MSG_DONTWAIT) > 0)
    ;
  close (hand->fd);
  svpn_incoming_clear (&hand->incoming);
  g_free (hand);
}

/* --- sending --- */

static gboolean
send_some (Hand *hand, const uint8_t **at, size_t *size)
{
  ssize_t n = send (hand->fd, *at, *size, MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN)
    n = (ssize_t) *size; /* the other side has closed: it sees no more of it */
  *at += MAX (n, 0);
  *size -= (size_t) MAX (n, 0);
  return *size == 0;
}

void
hand_send_bytes (Hand *hand, const void *bytes, size_t size)
{
  const uint8_t *at = bytes;

  WAIT_FOR (size == 0 || send_some (hand, &at, &size));
}

void
hand_send_ws (Hand *hand, uint8_t first_byte, const void *payload, size_t size)
{
  static const uint8_t mask[4];
  uint8_t header[SVPN_WS_HEADER_MAX];
  size_t header_size = svpn_ws_write_header (hand->role, SVPN_WS_OPCODE_BINARY, size, mask, header);

  header[0] = first_byte;
  hand_send_bytes (hand, header, header_size);
  hand_send_bytes (hand, payload, size);
}

void
hand_send_clear (Hand *hand, uint8_t type, const void *payload, size_t size)
{
  g_autofree uint8_t *frame = g_malloc (SVPN_FRAME_HEADER_SIZE + size);

  svpn_frame_header_write (frame, type, (uint32_t) size);
  if (size > 0)
    memcpy (frame + SVPN_FRAME_HEADER_SIZE, payload, size);
  hand_send_ws (hand, BINARY, frame, SVPN_FRAME_HEADER_SIZE + size);
}

size_t
hand_seal (Hand *hand, uint8_t type, const void *payload, size_t size, uint8_t *out)
{
  static const uint8_t nonce[SVPN_NONCE_SIZE] = { 1, 2, 3 };

  return svpn_seal (&hand->send, type, payload, size, nonce, out);
}

void
hand_send_sealed (Hand *hand, uint8_t type, const void *payload, size_t size)
{
  g_autofree uint8_t *frame = g_malloc (SVPN_FRAME_SIZE_MAX);

  hand_send_ws (hand, BINARY, frame, hand_seal (hand, type, payload, size, frame));
}

/* --- receiving --- */

static gboolean
open_frame (Hand *hand, const SvpnIncomingEvent *event, HandEvent *out)
{
  ptrdiff_t size;

  *out = (HandEvent){
    .kind = HAND_FRAME, .type = event->header.type, .payload = event->data, .size = event->header.length
  };
  if (!hand->has_keys)
    return TRUE;
  size = svpn_open (&hand->receive, &event->header, event->data, &out->payload);
  if (size < 0)
    g_error ("a frame of type 0x%02x does not open", event->header.type);
  out->size = (size_t) size;
  return TRUE;
}

static gboolean
take_control (const SvpnIncomingEvent *event, HandEvent *out)
{
  *out = (HandEvent){ .payload = event->data, .size = event->size };
  if (event->opcode == SVPN_WS_OPCODE_CLOSE) {
    out->kind = HAND_CLOSE;
    out->close_code = event->size >= 2 ? (guint) (event->data[0] << 8 | event->data[1]) : 0;
  } else {
    out->kind = event->opcode == SVPN_WS_OPCODE_PING ? HAND_PING : HAND_PONG;
  }
  return TRUE;
}

/* Whether there is an event in what was read. */
static gboolean
take_event (Hand *hand, HandEvent *out)
{
  SvpnIncomingEvent event = svpn_incoming_next (&hand->incoming, &hand->start, &hand->size);

  switch (event.type) {
  case SVPN_INCOMING_NEED_MORE:
    return FALSE;
  case SVPN_INCOMING_FRAME:
    return open_frame (hand, &event, out);
  case SVPN_INCOMING_CONTROL:
    return take_control (&event, out);
  case SVPN_INCOMING_NO_MEMORY:
    g_error ("no memory");
  case SVPN_INCOMING_VIOLATION:
    g_error ("what came violates the protocol: %s", event.error);
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
take_or_read (Hand *hand, HandEvent *out)
{
  ssize_t n;

  if (take_event (hand, out))
    return TRUE;
  n = recv (hand->fd, hand->buffer, sizeof hand->buffer, 0);
  if (n < 0 && errno == EAGAIN)
    return FALSE;
  if (n <= 0) {
    *out = (HandEvent){ .kind = HAND_EOF };
    return TRUE;
  }
  hand->start = hand->buffer;
  hand->size = (size_t) n;
  return take_event (hand, out);
}

HandEvent
hand_next (Hand *hand)
{
  HandEvent event;

  WAIT_FOR (take_or_read (hand, &event));
  return event;
}

gboolean
hand_has_next (Hand *hand)
{
  char byte;

  return hand->size > 0 || recv (hand->fd, &byte, 1, MSG_PEEK) >= 0;
}

HandEvent
hand_expect (Hand *hand, uint8_t type)
{
  for (;;) {
    HandEvent event = hand_next (hand);

    if (event.kind == HAND_FRAME && event.type == type)
      return event;
    if (event.kind == HAND_CLOSE)
      g_error ("a close frame with %u came in place of a frame of type 0x%02x", event.close_code, type);
    if (event.kind == HAND_EOF)
      g_error ("the connection ended in place of a frame of type 0x%02x", type);
  }
}

void
hand_expect_close (Hand *hand, guint code)
{
  const uint8_t answer[2] = { 0x03, 0xe8 };
  HandEvent event;

  do
    event = hand_next (hand);
  while (event.kind == HAND_FRAME || event.kind == HAND_PING || event.kind == HAND_PONG);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
  g_assert_cmpuint (event.close_code, ==, code);
  hand_send_ws (hand, 0x80 | SVPN_WS_OPCODE_CLOSE, answer, sizeof answer);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Protocol frames over one WebSocket.
 *
 * How it works, reading: when the stream is readable we read until it would block, or until READ_BUDGET so that
 * the main loop gets its turn. The read buffer is larger than a TLS record, so GnuTLS never holds back decrypted bytes
 * that a poll of the socket would not show. The WebSocket parser unmasks in place and hands out pieces of messages;
 * frames that lie whole in a piece are handed on in place, others are put together in `partial`.
 *
 * Writing: `stage` holds finished WebSocket bytes. While it has less than a TLS record, the owner fills in another
 * message. As long as more is queued only multiples of a record are written, since each small trailing TLS record costs
 * as much as a full one; once nothing is queued everything is flushed at once. TCP_NOTSENT_LOWAT keeps the kernel from
 * taking more than it can soon send, and tcp-flight.c the line from queueing it: that is our back-pressure.
 *
 * Bytes that a write would not take stay where they are in `stage` until they are taken: GnuTLS has already encrypted
 * them and expects the same bytes again. */
#include "transport.h"
#include "random-pool.h"
#include "tcp-flight.h"

#include <glib-unix.h>
#include <string.h>

G_DEFINE_QUARK (svpn - transport - error - quark, svpn_transport_error)

#define TLS_RECORD_SIZE 16384
#define READ_SIZE 65536
#define READ_BUDGET (4 * READ_SIZE)
#define WRITE_BUDGET (16 * TLS_RECORD_SIZE)
#define CONTROL_SPACE (SVPN_WS_CONTROL_MAX + SVPN_WS_HEADER_MAX)
#define STAGE_SIZE (2 * TLS_RECORD_SIZE + SVPN_FRAME_SIZE_MAX + SVPN_WS_HEADER_MAX + CONTROL_SPACE)

struct _SvpnTransport {
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSocket *socket;
  GObject *holder;
  SvpnWsRole role;
  const SvpnTransportEvents *events;
  gpointer user_data;

  SvpnWsParser parser;
  uint8_t *read_buffer;
  uint8_t *partial;
  size_t partial_fill;

  uint8_t *stage;
  size_t stage_start, stage_end;
  uint8_t control[CONTROL_SPACE];
  size_t control_fill;

  SvpnTcpFlight *flight;

  GSource *read_source, *write_source, *room_timer, *close_timer, *closed_source;
  gboolean write_pending;  /* GnuTLS has encrypted what the last write would not take */
  gboolean shutting_down;  /* no more frames either way but what fill still gives */
  gboolean close_received; /* the peer's close frame has come */
  gboolean fin_sent;       /* our half of the TCP connection is closed */
  gboolean closed;         /* the end has come; the callback has been called or is about to */
  GError *closed_error;
  SvpnWsCloseCode close_code;
  guint64 bytes_sent, bytes_received;
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop_sources (SvpnTransport *transport)
{
  clear_source (&transport->read_source);
  clear_source (&transport->write_source);
  clear_source (&transport->room_timer);
  clear_source (&transport->close_timer);
}

void
svpn_transport_free (SvpnTransport *transport)
{
  stop_sources (transport);
  clear_source (&transport->closed_source);
  g_clear_error (&transport->closed_error);
  g_socket_close (transport->socket, NULL);
  svpn_tcp_flight_free (transport->flight);
  g_free (transport->read_buffer);
  g_free (transport->partial);
  g_free (transport->stage);
  g_clear_object (&transport->holder);
  g_object_unref (transport->stream);
  g_object_unref (transport->socket);
  g_free (transport);
}

static gboolean
on_closed (gpointer user_data)
{
  SvpnTransport *transport = user_data;
  g_autoptr (GError) error = g_steal_pointer (&transport->closed_error);

  clear_source (&transport->closed_source);
  transport->events->closed (error, transport->user_data);
  return G_SOURCE_REMOVE;
}

/* The end, with or without @error. The callback comes from the main loop, so that nobody is freed under our feet. */
static void
close_with (SvpnTransport *transport, const GError *error)
{
  if (transport->closed)
    return;
  transport->closed = TRUE;
  transport->closed_error = error != NULL ? g_error_copy (error) : NULL;
  stop_sources (transport);
  g_socket_close (transport->socket, NULL);

  transport->closed_source = g_idle_source_new ();
  g_source_set_priority (transport->closed_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (transport->closed_source, on_closed, transport, NULL);
  g_source_attach (transport->closed_source, g_main_context_get_thread_default ());
}

/* Makes the control frame that goes out next, in place of one that still waits: of many pings the last is answered
 * (RFC 6455, section 5.5.3), and behind a close frame nothing follows. */
static void
stage_control (SvpnTransport *transport, SvpnWsOpcode opcode, const uint8_t *data, size_t size)
{
  uint8_t mask[4] = { 0 };
  uint8_t *out = transport->control;
  size_t header_size = svpn_ws_header_size (transport->role, size);

  if (transport->role == SVPN_WS_CLIENT)
    svpn_random_bytes (mask, sizeof mask);
  svpn_ws_write_header (transport->role, opcode, size, mask, out);
  memcpy (out + header_size, data, size);
  if (transport->role == SVPN_WS_CLIENT)
    svpn_ws_mask (out + header_size, size, mask, 0);
  transport->control_fill = header_size + size;
}

/* Says why in a close frame, if the socket takes it at once, and gives up. */
static void
fail (SvpnTransport *transport, SvpnWsCloseCode code, const char *text)
{
  g_autoptr (GError) error = NULL;
  uint8_t payload[2] = { (uint8_t) (code >> 8), (uint8_t) code };

  if (transport->closed)
    return;
  if (transport->stage_start == transport->stage_end) {
    stage_control (transport, SVPN_WS_OPCODE_CLOSE, payload, sizeof payload);
    g_pollable_output_stream_write_nonblocking (transport->output, transport->control,
                                                transport->control_fill, NULL, NULL);
  }
  error = g_error_new_literal (SVPN_TRANSPORT_ERROR, SVPN_TRANSPORT_ERROR_PROTOCOL, text);
  close_with (transport, error);
}

/* --- reading --- */

static void
deliver (SvpnTransport *transport, uint8_t *frame)
{
  SvpnFrameHeader header;

  svpn_frame_header_read (frame, &header);
  transport->events->frame (&header, frame + SVPN_FRAME_HEADER_SIZE, transport->user_data);
}

/* Size of the frame that begins at @data once its header is whole, else of the header; 0 if it is too long. */
static size_t
frame_size (const uint8_t *data, size_t size)
{
  SvpnFrameHeader header;

  if (size < SVPN_FRAME_HEADER_SIZE)
    return SVPN_FRAME_HEADER_SIZE;
  return svpn_frame_header_read (data, &header) ? SVPN_FRAME_HEADER_SIZE + header.length : 0;
}

static gboolean
is_whole (const uint8_t *data, size_t size, size_t need)
{
  return size >= SVPN_FRAME_HEADER_SIZE && size >= need && need == frame_size (data, size);
}

/* Takes a piece of a message. */
static void
take_data (SvpnTransport *transport, uint8_t *data, size_t size)
{
  while (size > 0 && !transport->closed && !transport->shutting_down) {
    size_t need = transport->partial_fill > 0 ? frame_size (transport->partial, transport->partial_fill)
                                              : frame_size (data, size);
    size_t take;

    if (need == 0) {
      fail (transport, SVPN_WS_CLOSE_POLICY, "a frame is too long");
      return;
    }
    if (transport->partial_fill == 0 && is_whole (data, size, need)) {
      deliver (transport, data);
      data += need;
      size -= need;
      continue;
    }
    take = MIN (size, need - transport->partial_fill);
    memcpy (transport->partial + transport->partial_fill, data, take);
    transport->partial_fill += take;
    data += take;
    size -= take;
    need = frame_size (transport->partial, transport->partial_fill);
    if (is_whole (transport->partial, transport->partial_fill, need)) {
      transport->partial_fill = 0;
      deliver (transport, transport->partial);
    }
  }
}

static void
take_control (SvpnTransport *transport, const SvpnWsEvent *event)
{
  switch (event->opcode) {
  case SVPN_WS_OPCODE_PING:
    stage_control (transport, SVPN_WS_OPCODE_PONG, event->data, event->size);
    svpn_transport_flush (transport);
    return;
  case SVPN_WS_OPCODE_CLOSE:
    if (transport->shutting_down)
      close_with (transport, NULL);
    else if (event->size == 1)
      fail (transport, SVPN_WS_CLOSE_PROTOCOL_ERROR, "a close frame of one byte");
    else {
      transport->close_received = TRUE;
      svpn_transport_shutdown (transport, SVPN_WS_CLOSE_NORMAL);
    }
    return;
  case SVPN_WS_OPCODE_PONG:
  case SVPN_WS_OPCODE_CONTINUATION:
  case SVPN_WS_OPCODE_TEXT:
  case SVPN_WS_OPCODE_BINARY:
    return;
  }
}

static void
feed (SvpnTransport *transport, uint8_t *data, size_t size)
{
  while (!transport->closed) {
    SvpnWsEvent event = svpn_ws_parse (&transport->parser, &data, &size);

    switch (event.type) {
    case SVPN_WS_NEED_MORE:
      return;
    case SVPN_WS_ERROR:
      fail (transport, event.close_code, event.error);
      return;
    case SVPN_WS_CONTROL:
      take_control (transport, &event);
      break;
    case SVPN_WS_DATA:
      take_data (transport, event.data, event.size);
      if (event.message_end && transport->parser.message_size == 0)
        fail (transport, SVPN_WS_CLOSE_POLICY, "an empty message");
      else if (event.message_end && transport->partial_fill > 0 && !transport->shutting_down)
        fail (transport, SVPN_WS_CLOSE_POLICY, "a message ends inside a frame");
      break;
    }
  }
}

static void
read_some (SvpnTransport *transport)
{
  for (size_t total = 0; total < READ_BUDGET && !transport->closed;) {
    g_autoptr (GError) error = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking (transport->input, transport->read_buffer, READ_SIZE,
                                                         NULL, &error);

    if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return;
    if (transport->shutting_down && n <= 0) {
      close_with (transport, NULL);
      return;
    }
    if (n == 0)
      error = g_error_new_literal (SVPN_TRANSPORT_ERROR, SVPN_TRANSPORT_ERROR_EOF,
                                   "the connection broke off without a close frame");
    if (n <= 0) {
      close_with (transport, error);
      return;
    }
    total += n;
    transport->bytes_received += n;
    feed (transport, transport->read_buffer, n);
  }
}

static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  read_some (user_data);
  return G_SOURCE_CONTINUE;
}

/* --- writing --- */

/* Wraps what the owner has to send, up to a TLS record of @target bytes, into one message behind what is staged. */
static gboolean
stage_message (SvpnTransport *transport, size_t target)
{
  uint8_t mask[4] = { 0 };
  uint8_t header[SVPN_WS_HEADER_MAX];
  size_t expected = svpn_ws_header_size (transport->role, target);
  uint8_t *start;
  size_t size, header_size;

  if (transport->stage_start > 0) {
    memmove (transport->stage, transport->stage + transport->stage_start,
             transport->stage_end - transport->stage_start);
    transport->stage_end -= transport->stage_start;
    transport->stage_start = 0;
  }
  if (transport->control_fill > 0) {
    memcpy (transport->stage + transport->stage_end, transport->control, transport->control_fill);
    transport->stage_end += transport->control_fill;
    transport->control_fill = 0;
  }

  start = transport->stage + transport->stage_end;
  size = transport->events->fill (start + expected, target, transport->user_data);
  if (size == 0 || transport->closed)
    return FALSE;
  if (transport->role == SVPN_WS_CLIENT) {
    svpn_random_bytes (mask, sizeof mask);
    svpn_ws_mask (start + expected, size, mask, 0);
  }
  header_size = svpn_ws_write_header (transport->role, SVPN_WS_OPCODE_BINARY, size, mask, header);
  if (header_size != expected)
    memmove (start + header_size, start + expected, size);
  memcpy (start, header, header_size);
  transport->stage_end += header_size + size;
  return TRUE;
}

/* Puts the close frame behind everything else. */
static void
stage_close (SvpnTransport *transport)
{
  uint8_t payload[2] = { (uint8_t) (transport->close_code >> 8), (uint8_t) transport->close_code };

  stage_control (transport, SVPN_WS_OPCODE_CLOSE, payload, sizeof payload);
  transport->close_code = 0;
}

/* Bytes to write now: all that is staged, or while more is queued only whole TLS records of it. */
static size_t
write_size (SvpnTransport *transport)
{
  size_t staged = transport->stage_end - transport->stage_start;
  size_t record = svpn_tcp_flight_record_size (transport->flight, TLS_RECORD_SIZE);

  if (staged > record && transport->events->has_more (transport->user_data))
    return staged - staged % record;
  return staged;
}

static gboolean on_writable (GObject *stream, gpointer user_data);

static void
wait_until_writable (SvpnTransport *transport)
{
  if (transport->write_source != NULL)
    return;
  transport->write_source = g_pollable_output_stream_create_source (transport->output, NULL);
  g_source_set_callback (transport->write_source, G_SOURCE_FUNC (on_writable), transport, NULL);
  g_source_attach (transport->write_source, g_main_context_get_thread_default ());
}

static gboolean on_room_timer (gpointer user_data);

/* Whether to write now what there is; else on_room_timer() comes soon. */
static gboolean
has_room (SvpnTransport *transport)
{
  gboolean backlogged
      = transport->stage_end > transport->stage_start || transport->events->has_more (transport->user_data);

  if (svpn_tcp_flight_has_room (transport->flight, backlogged) || !backlogged || transport->write_pending
      || transport->shutting_down)
    return TRUE;
  transport->room_timer = g_timeout_source_new (SVPN_TCP_FLIGHT_POLL_MS);
  g_source_set_callback (transport->room_timer, on_room_timer, transport, NULL);
  g_source_set_priority (transport->room_timer, G_PRIORITY_DEFAULT);
  g_source_attach (transport->room_timer, g_main_context_get_thread_default ());
  return FALSE;
}

/* Stages until there is a TLS record or nothing left; FALSE if there is nothing to write. */
static gboolean
stage_more (SvpnTransport *transport)
{
  size_t record = svpn_tcp_flight_record_size (transport->flight, TLS_RECORD_SIZE);

  while (transport->stage_end - transport->stage_start < record)
    if (!stage_message (transport, record))
      break;
  if (transport->stage_end == transport->stage_start && transport->close_code != 0) {
    stage_close (transport);
    stage_message (transport, record);
  }
  return transport->stage_end > transport->stage_start;
}

static void
write_some (SvpnTransport *transport)
{
  for (size_t total = 0; !transport->closed && !transport->fin_sent;) {
    g_autoptr (GError) error = NULL;
    gssize n;

    if (!has_room (transport))
      return;
    if (!stage_more (transport)) {
      if (transport->shutting_down) {
        transport->fin_sent = TRUE;
        g_socket_shutdown (transport->socket, FALSE, TRUE, NULL);
        if (transport->close_received)
          close_with (transport, NULL);
      }
      return;
    }
    if (total >= WRITE_BUDGET) {
      wait_until_writable (transport);
      return;
    }
    n = g_pollable_output_stream_write_nonblocking (
        transport->output, transport->stage + transport->stage_start, write_size (transport), NULL, &error);
    transport->write_pending = n < 0;
    if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      wait_until_writable (transport);
      return;
    }
    if (n < 0) {
      close_with (transport, transport->shutting_down ? NULL : error);
      return;
    }
    total += n;
    transport->bytes_sent += n;
    transport->stage_start += n;
  }
}

void
svpn_transport_flush (SvpnTransport *transport)
{
  if (transport->closed || transport->write_source != NULL || transport->room_timer != NULL)
    return;
  write_some (transport);
}

static gboolean
on_writable (GObject *stream, gpointer user_data)
{
  SvpnTransport *transport = user_data;

  clear_source (&transport->write_source);
  write_some (transport);
  return G_SOURCE_REMOVE;
}

static gboolean
on_room_timer (gpointer user_data)
{
  SvpnTransport *transport = user_data;

  clear_source (&transport->room_timer);
  write_some (transport);
  return G_SOURCE_REMOVE;
}

/* --- beginning and end --- */

static gboolean
on_close_timeout (gpointer user_data)
{
  close_with (user_data, NULL);
  return G_SOURCE_REMOVE;
}

void
svpn_transport_shutdown (SvpnTransport *transport, SvpnWsCloseCode code)
{
  if (transport->closed || transport->shutting_down)
    return;
  transport->shutting_down = TRUE;
  transport->close_code = code;
  transport->close_timer = g_timeout_source_new (SVPN_CLOSE_TIMEOUT_MS);
  g_source_set_callback (transport->close_timer, on_close_timeout, transport, NULL);
  g_source_attach (transport->close_timer, g_main_context_get_thread_default ());
  wait_until_writable (transport);
}

void
svpn_transport_abort (SvpnTransport *transport)
{
  close_with (transport, NULL);
}

guint64
svpn_transport_get_bytes_sent (SvpnTransport *transport)
{
  return transport->bytes_sent;
}

guint64
svpn_transport_get_bytes_received (SvpnTransport *transport)
{
  return transport->bytes_received;
}

SvpnTransport *
svpn_transport_new (GIOStream *stream, GSocket *socket, GObject *holder, SvpnWsRole role,
                    const SvpnTransportEvents *events, gpointer user_data)
{
  SvpnTransport *transport = g_new0 (SvpnTransport, 1);

  transport->stream = g_object_ref (stream);
  transport->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  transport->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  transport->socket = g_object_ref (socket);
  transport->holder = holder != NULL ? g_object_ref (holder) : NULL;
  transport->role = role;
  transport->events = events;
  transport->user_data = user_data;
  transport->read_buffer = g_malloc (READ_SIZE);
  transport->partial = g_malloc (SVPN_FRAME_SIZE_MAX);
  transport->stage = g_malloc (STAGE_SIZE);
  svpn_ws_parser_init (&transport->parser, role, SVPN_MESSAGE_SIZE_MAX);
  transport->flight = svpn_tcp_flight_new (socket, role == SVPN_WS_CLIENT);

  transport->read_source = g_pollable_input_stream_create_source (transport->input, NULL);
  g_source_set_callback (transport->read_source, G_SOURCE_FUNC (on_readable), transport, NULL);
  g_source_attach (transport->read_source, g_main_context_get_thread_default ());
  return transport;
}

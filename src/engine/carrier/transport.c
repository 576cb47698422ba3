/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Protocol frames over one WebSocket.
 *
 * How it works, reading: when the stream is readable we read until it would block, or until READ_BUDGET so that
 * the main loop gets its turn. The read buffer is larger than a TLS record, so GnuTLS never holds back decrypted bytes
 * that a poll of the socket would not show. incoming.c cuts the bytes into frames.
 *
 * Writing: while less than a TLS record waits in `outgoing`, the owner fills in another message. As long as more is
 * queued only multiples of a record are written, since each small trailing TLS record costs as much as a full one; once
 * nothing is queued everything is flushed at once. TCP_NOTSENT_LOWAT keeps the kernel from taking more than it can soon
 * send, and tcp-flight.c the line from queueing it: that is our back-pressure.
 *
 * Bytes that a write would not take stay in `outgoing` until they are taken: GnuTLS has already encrypted them and
 * expects the same bytes again. */
#include "transport.h"
#include "incoming.h"
#include "outgoing.h"
#include "tcp-flight.h"

#include <glib-unix.h>

G_DEFINE_QUARK (svpn - transport - error - quark, svpn_transport_error)

#define TLS_RECORD_SIZE 16384
#define READ_SIZE 65536
#define READ_BUDGET (4 * READ_SIZE)
#define WRITE_BUDGET (16 * TLS_RECORD_SIZE)

_Static_assert(TLS_RECORD_SIZE <= SVPN_OUTGOING_TARGET_MAX, "a message fills a TLS record");

struct _SvpnTransport {
  SvpnCarrier carrier;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  SvpnTcpFlight *flight;
  const SvpnTransportEvents *events;
  gpointer user_data;

  uint8_t *read_buffer;
  SvpnIncoming incoming;
  SvpnOutgoing outgoing;
  guint64 bytes_sent, bytes_received;

  GSource *read_source, *write_source, *closed_source;
  SvpnTimer *room_timer; /* armed while the flight has no room */
  SvpnTimer *close_timer;
  gboolean write_pending;  /* GnuTLS has encrypted what the last write would not take */
  gboolean shutting_down;  /* no more frames either way but what fill still gives */
  gboolean close_received; /* the peer's close frame has come */
  gboolean fin_sent;       /* our half of the TCP connection is closed */
  gboolean closed;         /* the end has come; the callback has been called or is about to */
  GError *closed_error;
  SvpnWsCloseCode close_code; /* of the close frame that is still to be sent, else 0 */
};

void
svpn_carrier_clear (SvpnCarrier *carrier)
{
  g_clear_object (&carrier->stream);
  g_clear_object (&carrier->socket);
  g_clear_object (&carrier->holder);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
attach_source (GSource *source, GSourceFunc callback, SvpnTransport *transport)
{
  g_source_set_callback (source, callback, transport, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* The socket is watched and not the stream: a TLS stream's source has child sources, which GLib takes out of its poll
 * and puts back for each dispatch, and wakes itself up by a system call each time; and so it does for a source that may
 * not recurse, though none does. */
static GSource *
watch (SvpnTransport *transport, GIOCondition condition, GUnixFDSourceFunc callback)
{
  GSource *source = g_unix_fd_source_new (g_socket_get_fd (transport->carrier.socket), condition);

  g_source_set_can_recurse (source, TRUE);
  return attach_source (source, G_SOURCE_FUNC (callback), transport);
}

/* --- the end --- */

static void
stop (SvpnTransport *transport)
{
  clear_source (&transport->read_source);
  clear_source (&transport->write_source);
  svpn_timer_disarm (transport->room_timer);
  svpn_timer_disarm (transport->close_timer);
  g_socket_close (transport->carrier.socket, NULL);
}

void
svpn_transport_free (SvpnTransport *transport)
{
  stop (transport);
  clear_source (&transport->closed_source);
  svpn_timer_free (transport->room_timer);
  svpn_timer_free (transport->close_timer);
  g_clear_error (&transport->closed_error);
  svpn_tcp_flight_free (transport->flight);
  svpn_incoming_clear (&transport->incoming);
  svpn_outgoing_clear (&transport->outgoing);
  g_free (transport->read_buffer);
  svpn_carrier_clear (&transport->carrier);
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
  stop (transport);
  transport->closed_source = g_idle_source_new ();
  g_source_set_priority (transport->closed_source, G_PRIORITY_DEFAULT);
  attach_source (transport->closed_source, on_closed, transport);
}

/* Says why in a close frame, if the socket takes it at once, and gives up. */
static void
close_for_violation (SvpnTransport *transport, SvpnWsCloseCode code, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (transport->closed)
    return;
  if (svpn_outgoing_size (&transport->outgoing) == 0) {
    svpn_outgoing_set_close (&transport->outgoing, code);
    g_pollable_output_stream_write_nonblocking (transport->output, transport->outgoing.control,
                                                transport->outgoing.control_size, NULL, NULL);
  }
  error = g_error_new_literal (SVPN_TRANSPORT_ERROR, SVPN_TRANSPORT_ERROR_PROTOCOL, text);
  close_with (transport, error);
}

static void
on_close_timeout (gpointer user_data)
{
  close_with (user_data, NULL);
}

void
svpn_transport_abort (SvpnTransport *transport)
{
  close_with (transport, NULL);
}

/* --- writing --- */

/* Bytes to write now: all that waits, or while more is queued only whole TLS records of it. */
static size_t
write_size (SvpnTransport *transport)
{
  size_t waiting = svpn_outgoing_size (&transport->outgoing);
  size_t record = svpn_tcp_flight_record_size (transport->flight, TLS_RECORD_SIZE);

  if (waiting > record && transport->events->has_more (transport->user_data))
    return waiting - waiting % record;
  return waiting;
}

static gboolean on_writable (int fd, GIOCondition condition, gpointer user_data);

static void
wait_until_writable (SvpnTransport *transport)
{
  if (transport->write_source == NULL)
    transport->write_source = watch (transport, G_IO_OUT, on_writable);
}

/* Whether to write now what there is; else on_room_timer() comes soon. */
static gboolean
has_room (SvpnTransport *transport)
{
  gboolean backlogged
      = svpn_outgoing_size (&transport->outgoing) > 0 || transport->events->has_more (transport->user_data);

  if (svpn_tcp_flight_has_room (transport->flight, backlogged) || !backlogged || transport->write_pending
      || transport->shutting_down)
    return TRUE;
  svpn_timer_arm (transport->room_timer, SVPN_TCP_FLIGHT_POLL_MS);
  return FALSE;
}

/* Takes messages of the owner until there is a TLS record or nothing left; then the close frame, if its time has come.
 * FALSE if there is nothing to write. */
static gboolean
add_messages (SvpnTransport *transport)
{
  SvpnOutgoing *outgoing = &transport->outgoing;
  size_t record = svpn_tcp_flight_record_size (transport->flight, TLS_RECORD_SIZE);

  while (svpn_outgoing_size (outgoing) < record)
    if (!svpn_outgoing_add_message (outgoing, record, transport->events->fill, transport->user_data))
      break;
  if (svpn_outgoing_size (outgoing) == 0 && transport->close_code != 0) {
    svpn_outgoing_set_close (outgoing, transport->close_code);
    transport->close_code = 0;
    (void) svpn_outgoing_add_message (outgoing, record, transport->events->fill, transport->user_data);
  }
  return svpn_outgoing_size (outgoing) > 0;
}

/* Called when nothing is left to write. */
static void
finish_writing (SvpnTransport *transport)
{
  if (!transport->shutting_down)
    return;
  transport->fin_sent = TRUE;
  g_socket_shutdown (transport->carrier.socket, FALSE, TRUE, NULL);
  if (transport->close_received)
    close_with (transport, NULL);
}

/* Bytes written; -1 if that is all for now. */
static gssize
write_once (SvpnTransport *transport)
{
  g_autoptr (GError) error = NULL;
  size_t size = write_size (transport);
  gboolean more = size < svpn_outgoing_size (&transport->outgoing)
                  || transport->events->has_more (transport->user_data);
  gssize n;

  if (more)
    svpn_tcp_flight_set_more (transport->flight, TRUE);
  n = g_pollable_output_stream_write_nonblocking (
      transport->output, svpn_outgoing_data (&transport->outgoing), size, NULL, &error);
  if (!more)
    svpn_tcp_flight_set_more (transport->flight, FALSE);

  transport->write_pending = n < 0;
  if (n >= 0) {
    transport->bytes_sent += n;
    svpn_outgoing_consume (&transport->outgoing, (size_t) n);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    wait_until_writable (transport);
  } else {
    close_with (transport, transport->shutting_down ? NULL : error);
  }
  return n;
}

static void
write_some (SvpnTransport *transport)
{
  for (gssize total = 0, n = 0; n >= 0 && !transport->closed && !transport->fin_sent; total += n) {
    if (!has_room (transport))
      return;
    if (!add_messages (transport)) {
      finish_writing (transport);
      return;
    }
    if (total >= WRITE_BUDGET) {
      wait_until_writable (transport);
      return;
    }
    n = write_once (transport);
  }
}

void
svpn_transport_flush (SvpnTransport *transport)
{
  if (transport->closed || transport->write_source != NULL || svpn_timer_is_armed (transport->room_timer))
    return;
  write_some (transport);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnTransport *transport = user_data;

  clear_source (&transport->write_source);
  write_some (transport);
  return G_SOURCE_REMOVE;
}

static void
on_room_timer (gpointer user_data)
{
  write_some (user_data);
}

void
svpn_transport_shutdown (SvpnTransport *transport, SvpnWsCloseCode code)
{
  if (transport->closed || transport->shutting_down)
    return;
  transport->shutting_down = TRUE;
  transport->close_code = code;
  svpn_timer_arm (transport->close_timer, SVPN_CLOSE_TIMEOUT_MS);
  wait_until_writable (transport);
}

gsize
svpn_transport_get_packet_size (SvpnTransport *transport)
{
  return svpn_tcp_flight_packet_size (transport->flight);
}

/* --- reading --- */

static void
receive_close (SvpnTransport *transport, size_t size)
{
  if (transport->shutting_down) {
    close_with (transport, NULL);
  } else if (size == 1) {
    close_for_violation (transport, SVPN_WS_CLOSE_PROTOCOL_ERROR, "a close frame of one byte");
  } else {
    transport->close_received = TRUE;
    svpn_transport_shutdown (transport, SVPN_WS_CLOSE_NORMAL);
  }
}

static void
receive_control (SvpnTransport *transport, const SvpnIncomingEvent *event)
{
  if (event->opcode == SVPN_WS_OPCODE_CLOSE) {
    receive_close (transport, event->size);
  } else if (event->opcode == SVPN_WS_OPCODE_PING) {
    svpn_outgoing_set_control (&transport->outgoing, SVPN_WS_OPCODE_PONG, event->data, event->size);
    svpn_transport_flush (transport);
  }
}

static void
receive (SvpnTransport *transport, uint8_t *data, size_t size)
{
  while (!transport->closed) {
    SvpnIncomingEvent event = svpn_incoming_next (&transport->incoming, &data, &size);

    switch (event.type) {
    case SVPN_INCOMING_NEED_MORE:
      return;
    case SVPN_INCOMING_VIOLATION:
      close_for_violation (transport, event.close_code, event.error);
      return;
    case SVPN_INCOMING_CONTROL:
      receive_control (transport, &event);
      break;
    case SVPN_INCOMING_FRAME:
      if (!transport->shutting_down)
        transport->events->frame (&event.header, event.data, transport->user_data);
      break;
    }
  }
}

/* Bytes read; -1 if that is all for now. */
static gssize
read_once (SvpnTransport *transport)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (transport->input, transport->read_buffer, READ_SIZE,
                                                       NULL, &error);

  if (n > 0) {
    transport->bytes_received += n;
    receive (transport, transport->read_buffer, (size_t) n);
    return n;
  }
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return -1;
  if (n == 0)
    error = g_error_new_literal (SVPN_TRANSPORT_ERROR, SVPN_TRANSPORT_ERROR_EOF,
                                 "the connection broke off without a close frame");
  close_with (transport, transport->shutting_down ? NULL : error);
  return -1;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnTransport *transport = user_data;
  gssize n = 0;

  for (gssize total = 0; n >= 0 && total < READ_BUDGET && !transport->closed; total += n)
    n = read_once (transport);
  /* TLS below our TLS may hold bytes that the socket does not show: we come back for them. */
  if (!transport->closed)
    g_source_set_ready_time (transport->read_source, n >= 0 ? 0 : -1);
  transport->events->burst_end (transport->user_data);
  return G_SOURCE_CONTINUE;
}

/* --- beginning --- */

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
svpn_transport_new (const SvpnCarrier *carrier, SvpnWsRole role, SvpnClock *clock,
                    const SvpnTransportEvents *events, gpointer user_data)
{
  SvpnTransport *transport = g_new0 (SvpnTransport, 1);

  transport->carrier.stream = g_object_ref (carrier->stream);
  transport->carrier.socket = g_object_ref (carrier->socket);
  g_set_object (&transport->carrier.holder, carrier->holder);
  transport->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (carrier->stream));
  transport->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (carrier->stream));
  transport->flight = svpn_tcp_flight_new (carrier->socket, role == SVPN_WS_CLIENT, clock);
  transport->events = events;
  transport->user_data = user_data;
  transport->read_buffer = g_malloc (READ_SIZE);
  svpn_incoming_init (&transport->incoming, role);
  svpn_outgoing_init (&transport->outgoing, role);
  transport->room_timer = svpn_timer_new (clock, on_room_timer, transport);
  transport->close_timer = svpn_timer_new (clock, on_close_timeout, transport);
  transport->read_source = watch (transport, G_IO_IN, on_readable);
  g_source_set_ready_time (transport->read_source,
                           0); /* what came behind the upgrade may be in the stream already */
  return transport;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A line on a GIOStream.
 *
 * How it works: what a write would not take, GnuTLS below the stream has already encrypted, and expects the same bytes
 * again: the line takes none of them, so that they come again. */
#include "carrier-line.h"

#include <glib-unix.h>
#include <poll.h>

typedef struct {
  SvpnLine line;
  SvpnCarrier carrier;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSource *read_source, *write_source;
  gboolean has_more; /* the last read has not emptied it */
} StreamLine;

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

/* The socket is watched and not the stream: a TLS stream's source has child sources, which GLib takes out of its poll
 * and puts back for each dispatch, and wakes itself up by a system call each time; and so it does for a source that may
 * not recurse, though none does. */
static GSource *
watch_socket (StreamLine *stream, GIOCondition condition, GUnixFDSourceFunc callback)
{
  GSource *source = g_unix_fd_source_new (stream->line.fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), stream, NULL);
  g_source_set_can_recurse (source, TRUE);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static SvpnIo
translate (GError *cause, SvpnIo wanted, GError **error)
{
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_propagate_error (error, cause);
    return SVPN_IO_FAILED;
  }
  g_error_free (cause);
  return wanted;
}

static SvpnIo
stream_read (SvpnLine *line, void *data, gsize size, gsize *n, GError **error)
{
  StreamLine *stream = (StreamLine *) line;
  GError *cause = NULL;
  gssize result = g_pollable_input_stream_read_nonblocking (stream->input, data, size, NULL, &cause);

  stream->has_more = result > 0;
  if (result < 0)
    return translate (cause, SVPN_IO_WANT_READ, error);
  *n = (gsize) result;
  return result > 0 ? SVPN_IO_DONE : SVPN_IO_CLOSED;
}

static SvpnIo
stream_write (SvpnLine *line, const void *data, gsize size, gsize *n, GError **error)
{
  StreamLine *stream = (StreamLine *) line;
  GError *cause = NULL;
  gssize result;

  *n = 0;
  if (size == 0)
    return SVPN_IO_DONE;
  result = g_pollable_output_stream_write_nonblocking (stream->output, data, size, NULL, &cause);
  if (result < 0)
    return translate (cause, SVPN_IO_WANT_WRITE, error);
  *n = (gsize) result;
  return SVPN_IO_DONE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  StreamLine *stream = user_data;

  stream->line.ready (POLLIN, stream->line.user_data);
  /* TLS below our TLS may hold bytes that the socket does not show: we come back for them. */
  if (stream->read_source != NULL)
    g_source_set_ready_time (stream->read_source, stream->has_more ? 0 : -1);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  StreamLine *stream = user_data;

  clear_source (&stream->write_source);
  stream->line.ready (POLLOUT, stream->line.user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
stream_watch (SvpnLine *line, gboolean and_writable)
{
  StreamLine *stream = (StreamLine *) line;

  if (stream->read_source == NULL) {
    stream->read_source = watch_socket (stream, G_IO_IN, on_readable);
    g_source_set_ready_time (stream->read_source,
                             0); /* what came behind the upgrade may be in the stream already */
  }
  if (!and_writable)
    clear_source (&stream->write_source);
  else if (stream->write_source == NULL)
    stream->write_source = watch_socket (stream, G_IO_OUT, on_writable);
  return TRUE;
}

static void
stream_end (SvpnLine *line)
{
  g_socket_shutdown (((StreamLine *) line)->carrier.socket, FALSE, TRUE, NULL);
}

static void
stream_close (SvpnLine *line)
{
  StreamLine *stream = (StreamLine *) line;

  clear_source (&stream->read_source);
  clear_source (&stream->write_source);
  g_socket_close (stream->carrier.socket, NULL);
}

static void
stream_free (SvpnLine *line)
{
  StreamLine *stream = (StreamLine *) line;

  svpn_carrier_clear (&stream->carrier);
  g_free (stream);
}

static const SvpnLineType stream_line_type = {
  .read = stream_read,
  .write = stream_write,
  .watch = stream_watch,
  .end = stream_end,
  .close = stream_close,
  .free = stream_free,
};

SvpnLine *
svpn_stream_line_new (const SvpnCarrier *carrier)
{
  StreamLine *stream = g_new0 (StreamLine, 1);

  stream->line.type = &stream_line_type;
  stream->line.fd = g_socket_get_fd (carrier->socket);
  stream->carrier.stream = g_object_ref (carrier->stream);
  stream->carrier.socket = g_object_ref (carrier->socket);
  g_set_object (&stream->carrier.holder, carrier->holder);
  stream->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (carrier->stream));
  stream->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (carrier->stream));
  return &stream->line;
}

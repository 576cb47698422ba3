/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's connection handed on to another web server.
 *
 * How it works: two flows, one a direction. A flow reads from its source into the stack, and writes that to its drain;
 * what the drain does not take is kept, and nothing more is read before it is gone: the source's sender feels it through
 * TCP. The end of a source, once all before it is written, ends our direction of the drain, and the flow is over. While
 * the connection to the origin is being made, its socket takes and gives nothing, like a full and empty one. */
#include "web-relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURNS_MAX 16 /* reads of a flow before others get their turn */

typedef struct {
  const SvpnChannel *source, *drain;
  short *source_events, *drain_events; /* into relay->wish */
  guint8 *kept;
  gsize kept_start, kept_end;
  gboolean write_pending; /* the drain must be written to before it is anything else */
  gboolean source_ended, over;
} Flow;

struct _SvpnRelay {
  SvpnChannel client, origin;
  Flow to_origin, to_client;
  SvpnWish wish;
  gboolean is_connected, client_broke_off;
  gboolean moved; /* a byte, in this run */
};

static void
forget_kept (Flow *flow)
{
  g_clear_pointer (&flow->kept, g_free);
  flow->kept_start = flow->kept_end = 0;
}

static void
want (short *events, SvpnIo io)
{
  *events |= io == SVPN_IO_WANT_WRITE ? POLLOUT : POLLIN;
}

/* Writes what was kept; SVPN_IO_DONE if nothing is left. */
static SvpnIo
write_kept (SvpnRelay *relay, Flow *flow)
{
  const guint8 *data = flow->kept != NULL ? flow->kept + flow->kept_start : NULL;
  gsize n;
  SvpnIo io;

  if (data == NULL && !flow->write_pending)
    return SVPN_IO_DONE;
  io = svpn_channel_write (flow->drain, data, flow->kept_end - flow->kept_start, &n);
  flow->kept_start += n;
  relay->moved |= n > 0;
  flow->write_pending = io == SVPN_IO_WANT_WRITE;
  if (flow->kept_start == flow->kept_end)
    forget_kept (flow);
  return io;
}

/* Keeps what the drain has not taken. */
static gboolean
keep (Flow *flow, const guint8 *data, gsize size)
{
  if (size == 0)
    return TRUE;
  flow->kept = g_try_malloc (size);
  if (flow->kept == NULL)
    return FALSE;
  memcpy (flow->kept, data, size);
  flow->kept_end = size;
  return TRUE;
}

static SvpnIo
hand_on (SvpnRelay *relay, Flow *flow, const guint8 *data, gsize size)
{
  gsize n;
  SvpnIo io = svpn_channel_write (flow->drain, data, size, &n);

  relay->moved = TRUE;
  flow->write_pending = io == SVPN_IO_WANT_WRITE;
  return io != SVPN_IO_FAILED && keep (flow, data + n, size - n) ? io : SVPN_IO_FAILED;
}

/* Moves bytes until an end would block. Returns the end that is broken, NULL if none is. */
static const SvpnChannel *
run_flow (SvpnRelay *relay, Flow *flow)
{
  guint8 data[SVPN_RELAY_BUFFER_MAX];
  SvpnIo io = write_kept (relay, flow);
  gsize n;

  for (guint turn = 0; io == SVPN_IO_DONE && !flow->source_ended; turn++) {
    if (turn == TURNS_MAX) {
      relay->wish.again = TRUE;
      return NULL;
    }
    io = svpn_channel_read (flow->source, data, sizeof data, &n);
    if (io == SVPN_IO_WANT_READ || io == SVPN_IO_WANT_WRITE) {
      want (flow->source_events, io);
      return NULL;
    }
    if (io == SVPN_IO_FAILED)
      return flow->source;
    flow->source_ended = io == SVPN_IO_CLOSED;
    if (io == SVPN_IO_DONE)
      io = hand_on (relay, flow, data, n);
  }
  if (io == SVPN_IO_DONE || io == SVPN_IO_CLOSED) {
    io = svpn_channel_end (flow->drain);
    flow->over = io == SVPN_IO_DONE;
  }
  if (io == SVPN_IO_WANT_READ || io == SVPN_IO_WANT_WRITE)
    want (flow->drain_events, io);
  return io == SVPN_IO_FAILED ? flow->drain : NULL;
}

static gint64
seconds (gint64 n)
{
  return n * G_USEC_PER_SEC;
}

static void
set_deadline (SvpnRelay *relay, gint64 now)
{
  gint64 timeout = relay->to_client.over ? SVPN_RELAY_LINGER_S : SVPN_RELAY_IDLE_TIMEOUT_S;

  if (relay->is_connected)
    relay->wish.deadline_us = now + seconds (timeout);
}

static SvpnRelayState
break_off (SvpnRelay *relay, const SvpnChannel *broken)
{
  if (!relay->is_connected)
    return SVPN_RELAY_UNREACHABLE;
  relay->client_broke_off = broken == &relay->client;
  return relay->client_broke_off ? SVPN_RELAY_ENDED : SVPN_RELAY_RESET;
}

SvpnRelayState
svpn_relay_run (SvpnRelay *relay, gint64 monotonic_us, SvpnWish *wish)
{
  gboolean was_over = relay->to_client.over;
  const SvpnChannel *broken;

  if (monotonic_us >= relay->wish.deadline_us)
    return relay->is_connected ? SVPN_RELAY_ENDED : SVPN_RELAY_UNREACHABLE;
  relay->wish.client_events = relay->wish.origin_events = 0;
  relay->wish.again = relay->moved = FALSE;

  /* The first bytes are for the origin: once they have moved, it is there. */
  broken = relay->to_origin.over ? NULL : run_flow (relay, &relay->to_origin);
  relay->is_connected |= relay->moved;
  if (broken == NULL && !relay->to_client.over)
    broken = run_flow (relay, &relay->to_client);
  if (broken != NULL)
    return break_off (relay, broken);
  if (relay->to_origin.over && relay->to_client.over)
    return SVPN_RELAY_ENDED;

  if (relay->moved || relay->to_client.over != was_over)
    set_deadline (relay, monotonic_us);
  *wish = relay->wish;
  return SVPN_RELAY_GOING;
}

/* Puts what goes to the origin first in its flow: the PROXY header, and what the client has sent. */
static gboolean
keep_beginning (SvpnRelay *relay, const SvpnRelayConfig *config, const SvpnEndpoint *source,
                const SvpnEndpoint *destination, const guint8 *bytes, gsize size)
{
  guint8 header[SVPN_PROXY_HEADER_WRITTEN_MAX];
  gsize header_size = 0;
  Flow *flow = &relay->to_origin;

  if (config->proxy_version != 0)
    header_size = svpn_proxy_write (config->proxy_version, source, destination, header);
  flow->kept = g_try_malloc (header_size + size);
  if (flow->kept == NULL)
    return FALSE;
  memcpy (flow->kept, header, header_size);
  memcpy (flow->kept + header_size, bytes, size);
  flow->kept_end = header_size + size;
  return TRUE;
}

static gboolean
connect_to (SvpnRelay *relay, const SvpnRelayConfig *config)
{
  const int on = 1;
  struct sockaddr_storage address;
  socklen_t size = svpn_endpoint_to_sockaddr (&config->origin, &address);

  relay->origin.fd = socket (address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (relay->origin.fd < 0)
    return FALSE;
  if (config->fd_max > 0 && relay->origin.fd >= config->fd_max) {
    errno = EMFILE;
    return FALSE;
  }
  setsockopt (relay->origin.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  /* A refusal that is known at once is met again by the first write. */
  return connect (relay->origin.fd, (struct sockaddr *) &address, size) == 0 || errno == EINPROGRESS
         || errno == ECONNREFUSED;
}

SvpnRelay *
svpn_relay_new (const SvpnRelayConfig *config, const SvpnChannel *client, const SvpnEndpoint *source,
                const SvpnEndpoint *destination, const guint8 *bytes, gsize size, gint64 monotonic_us)
{
  SvpnRelay *relay = g_try_new0 (SvpnRelay, 1);
  int saved_errno;

  if (relay == NULL)
    return NULL;
  relay->client = *client;
  relay->to_origin = (Flow){ .source = &relay->client,
                             .drain = &relay->origin,
                             .source_events = &relay->wish.client_events,
                             .drain_events = &relay->wish.origin_events };
  relay->to_client = (Flow){ .source = &relay->origin,
                             .drain = &relay->client,
                             .source_events = &relay->wish.origin_events,
                             .drain_events = &relay->wish.client_events };
  relay->wish.deadline_us = monotonic_us + seconds (SVPN_RELAY_CONNECT_TIMEOUT_S);
  if (connect_to (relay, config) && keep_beginning (relay, config, source, destination, bytes, size))
    return relay;
  saved_errno = errno;
  svpn_relay_free (relay);
  errno = saved_errno;
  return NULL;
}

void
svpn_relay_free (SvpnRelay *relay)
{
  if (relay->client_broke_off)
    svpn_channel_reset_on_close (&relay->origin);
  if (relay->origin.fd >= 0)
    close (relay->origin.fd);
  forget_kept (&relay->to_origin);
  forget_kept (&relay->to_client);
  g_free (relay);
}

int
svpn_relay_get_fd (SvpnRelay *relay)
{
  return relay->origin.fd;
}

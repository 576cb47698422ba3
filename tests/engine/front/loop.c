/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An event loop around strangers. */
#include "loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define CHECK_INTERVAL_US (G_USEC_PER_SEC / 10) /* of deadlines */

/* One of the two sockets of a connection, as epoll knows it. */
typedef struct {
  int fd;
  uint32_t events; /* that are watched for; 0: it is not watched */
  gpointer connection;
} Watch;

typedef struct {
  SvpnStranger *stranger; /* NULL: it is a WebSocket */
  SvpnChannel channel;    /* of that */
  Watch client, origin;
  SvpnWish wish;
} Connection;

struct _Loop {
  const SvpnStrangerConfig *config;
  int listener, epoll;
  GHashTable *connections; /* Connection, owned */
  GPtrArray *dropped;      /* Connection, owned: events that are being handled may be about them */
  GQueue again;            /* Connection */
  gint64 offset_us, next_check_us;
  guint n_admitted;
  char *last_address, *last_bytes;
};

static gint64
now (const Loop *loop)
{
  return g_get_monotonic_time () + loop->offset_us;
}

/* --- watching --- */

static void
watch (Loop *loop, Watch *what, int fd, short wanted)
{
  struct epoll_event event = { .events = (uint32_t) wanted, .data.ptr = what };

  if (what->events != 0 && (fd != what->fd || wanted == 0)) {
    epoll_ctl (loop->epoll, EPOLL_CTL_DEL, what->fd, NULL); /* it may be closed, and gone, already */
    what->events = 0;
  }
  what->fd = fd;
  if (wanted == 0 || event.events == what->events)
    return;
  if (epoll_ctl (loop->epoll, what->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
  what->events = event.events;
}

/* --- connections --- */

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_clear_pointer (&connection->stranger, svpn_stranger_free);
  g_clear_pointer (&connection->channel.tls, svpn_tls_server_free);
  if (connection->channel.fd >= 0)
    close (connection->channel.fd);
  g_free (connection);
}

static void
drop (Loop *loop, Connection *connection)
{
  watch (loop, &connection->client, connection->client.fd, 0);
  watch (loop, &connection->origin, connection->origin.fd, 0);
  g_queue_remove (&loop->again, connection);
  g_hash_table_steal (loop->connections, connection);
  g_ptr_array_add (loop->dropped, connection);
}

static void
admit (Loop *loop, Connection *connection)
{
  const guint8 *bytes;
  gsize size;

  g_free (loop->last_address);
  g_free (loop->last_bytes);
  loop->last_address = svpn_endpoint_to_string (svpn_stranger_get_address (connection->stranger));
  connection->channel = svpn_stranger_steal (connection->stranger, &bytes, &size);
  loop->last_bytes = g_strndup ((const char *) bytes, size);
  g_clear_pointer (&connection->stranger, svpn_stranger_free);
  loop->n_admitted++;
  watch (loop, &connection->client, connection->channel.fd, EPOLLIN);
}

static void
run_websocket (Loop *loop, Connection *connection)
{
  guint8 data[SVPN_TLS_RECORD_SIZE];
  SvpnIo io;
  gsize n;

  while ((io = svpn_channel_read (&connection->channel, data, sizeof data, &n)) == SVPN_IO_DONE)
    continue;
  if (io != SVPN_IO_CLOSED && io != SVPN_IO_FAILED)
    return;
  loop->n_admitted--;
  drop (loop, connection);
}

static void
run (Loop *loop, Connection *connection)
{
  SvpnStranger *stranger = connection->stranger;

  if (stranger == NULL) {
    run_websocket (loop, connection);
    return;
  }
  switch (svpn_stranger_run (stranger, now (loop), g_get_real_time () / G_USEC_PER_SEC, &connection->wish)) {
  case SVPN_STRANGER_GONE:
    drop (loop, connection);
    return;
  case SVPN_STRANGER_ADMITTED:
    admit (loop, connection);
    return;
  case SVPN_STRANGER_GOING:
    break;
  }
  watch (loop, &connection->client, svpn_stranger_get_fd (stranger), connection->wish.client_events);
  watch (loop, &connection->origin, svpn_stranger_get_origin_fd (stranger), connection->wish.origin_events);
  if (connection->wish.again)
    g_queue_push_tail (&loop->again, connection);
}

static void
accept_some (Loop *loop)
{
  const int on = 1;
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  int fd;

  while ((fd = accept4 (loop->listener, (struct sockaddr *) &address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC))
         >= 0) {
    Connection *connection = g_new0 (Connection, 1);
    SvpnEndpoint peer = svpn_endpoint_from_sockaddr (&address);

    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->stranger = svpn_stranger_new (loop->config, fd, &peer, now (loop));
    connection->channel.fd = connection->client.fd = connection->origin.fd = -1;
    connection->client.connection = connection->origin.connection = connection;
    g_hash_table_add (loop->connections, connection);
    run (loop, connection);
    size = sizeof address;
  }
}

/* --- the loop --- */

static void
run_overdue (Loop *loop)
{
  g_autoptr (GList) all = NULL;

  if (now (loop) < loop->next_check_us)
    return;
  loop->next_check_us = now (loop) + CHECK_INTERVAL_US;
  all = g_hash_table_get_keys (loop->connections);
  for (GList *each = all; each != NULL; each = each->next) {
    Connection *connection = each->data;

    if (connection->stranger != NULL && connection->wish.deadline_us <= now (loop))
      run (loop, connection);
  }
}

static void
run_again (Loop *loop)
{
  for (guint n = loop->again.length; n > 0 && loop->again.length > 0; n--)
    run (loop, g_queue_pop_head (&loop->again));
}

int
loop_iterate (Loop *loop, int timeout_ms)
{
  struct epoll_event events[EVENTS_MAX];
  int n = epoll_wait (loop->epoll, events, EVENTS_MAX, loop->again.length > 0 ? 0 : timeout_ms);

  for (int i = 0; i < n; i++) {
    Watch *what = events[i].data.ptr;

    if (what == NULL)
      accept_some (loop);
    else if (g_hash_table_contains (loop->connections, what->connection))
      run (loop, what->connection);
  }
  run_again (loop);
  run_overdue (loop);
  g_ptr_array_set_size (loop->dropped, 0);
  return n;
}

void
loop_pass_time (Loop *loop, gint64 seconds)
{
  loop->offset_us += seconds * G_USEC_PER_SEC;
}

guint
loop_n_strangers (const Loop *loop)
{
  return g_hash_table_size (loop->connections) - loop->n_admitted;
}

guint
loop_n_admitted (const Loop *loop)
{
  return loop->n_admitted;
}

const char *
loop_last_address (const Loop *loop)
{
  return loop->last_address;
}

const char *
loop_last_bytes (const Loop *loop)
{
  return loop->last_bytes;
}

Loop *
loop_new (const SvpnStrangerConfig *config, int listener)
{
  struct epoll_event event = { .events = EPOLLIN };
  Loop *loop = g_new0 (Loop, 1);

  loop->config = config;
  loop->listener = listener;
  loop->connections = g_hash_table_new_full (NULL, NULL, connection_free, NULL);
  loop->dropped = g_ptr_array_new_with_free_func (connection_free);
  g_queue_init (&loop->again);
  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  epoll_ctl (loop->epoll, EPOLL_CTL_ADD, listener, &event);
  return loop;
}

void
loop_free (Loop *loop)
{
  g_hash_table_unref (loop->connections);
  g_ptr_array_unref (loop->dropped);
  g_queue_clear (&loop->again);
  close (loop->epoll);
  g_free (loop->last_address);
  g_free (loop->last_bytes);
  g_free (loop);
}

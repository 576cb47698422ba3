/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The network between a client and a server.
 *
 * How it works: a line is two sockets. Of each direction at most CHUNK_MAX bytes are held, with the time that they are
 * due; while they are, no more is read, so that a receiver which does not read is felt by the sender. */
#include "relay.h"
#include "loopback.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_MAX 65536

typedef struct {
  Relay *relay;
  int from, to; /* not owned */
  guint read_source, write_source;
  SvpnTimer *timer;
  guint8 chunk[CHUNK_MAX];
  gsize start, end;
  RelayDirection direction;
  gboolean stall;
} Way;

typedef struct {
  int client, server;
  Way ways[2];
} Line;

struct _Relay {
  SvpnClock *clock;
  int fd;
  guint accept_source;
  guint16 port, target;
  GPtrArray *lines;
  guint count, delay_ms;
  gboolean refuse;
  gint64 corrupt_in[2]; /* bytes until the one to be corrupted; -1: none */
};

static void watch (Way *way);

/* With bytes that nobody has read a connection would be reset instead of ended. */
static void
close_socket (int fd)
{
  guint8 bytes[4096];

  while (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    ;
  close (fd);
}

static void
line_free (Line *line)
{
  for (int i = 0; i < 2; i++) {
    g_clear_handle_id (&line->ways[i].read_source, g_source_remove);
    g_clear_handle_id (&line->ways[i].write_source, g_source_remove);
    svpn_timer_free (line->ways[i].timer);
  }
  close_socket (line->client);
  close_socket (line->server);
  g_free (line);
}

static Line *
line_of (Way *way)
{
  return (Line *) ((char *) way
                   - (way->direction == UPWARDS ? G_STRUCT_OFFSET (Line, ways[0])
                                                : G_STRUCT_OFFSET (Line, ways[1])));
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Way *way = user_data;
  ssize_t n = send (way->to, way->chunk + way->start, way->end - way->start, MSG_NOSIGNAL);

  way->write_source = 0;
  if (n < 0 && errno != EAGAIN) {
    g_ptr_array_remove (way->relay->lines, line_of (way));
    return G_SOURCE_REMOVE;
  }
  way->start += (gsize) MAX (n, 0);
  watch (way);
  return G_SOURCE_REMOVE;
}

static void
on_due (gpointer user_data)
{
  Way *way = user_data;

  on_writable (way->to, 0, way);
}

static void
corrupt (Way *way)
{
  gint64 *left = &way->relay->corrupt_in[way->direction];
  gint64 size = (gint64) (way->end - way->start);

  if (*left >= 0 && *left < size)
    way->chunk[way->start + (gsize) *left] ^= 0x10;
  *left = *left >= size ? *left - size : -1;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Way *way = user_data;
  ssize_t n = recv (way->from, way->chunk, sizeof way->chunk, 0);

  way->read_source = 0;
  if (n <= 0) {
    shutdown (way->to, SHUT_WR); /* half closed, as the sender has it */
    return G_SOURCE_REMOVE;
  }
  way->start = 0;
  way->end = (gsize) n;
  if (way->relay->corrupt_in[way->direction] >= 0)
    corrupt (way);
  if (way->relay->delay_ms > 0)
    svpn_timer_arm (way->timer, way->relay->delay_ms);
  else
    watch (way);
  return G_SOURCE_REMOVE;
}

/* Waits for what is next. */
static void
watch (Way *way)
{
  if (way->stall || svpn_timer_is_armed (way->timer) || way->read_source != 0 || way->write_source != 0)
    return;
  if (way->start < way->end)
    way->write_source = g_unix_fd_add (way->to, G_IO_OUT, on_writable, way);
  else
    way->read_source = g_unix_fd_add (way->from, G_IO_IN | G_IO_HUP, on_readable, way);
}

static void
way_init (Way *way, Relay *relay, RelayDirection direction, int from, int to)
{
  *way = (Way){ .relay = relay, .direction = direction, .from = from, .to = to };
  way->timer = svpn_timer_new (relay->clock, on_due, way);
  watch (way);
}

static gboolean
on_incoming (int fd, GIOCondition condition, gpointer user_data)
{
  Relay *relay = user_data;
  int client = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);
  Line *line;

  relay->count++;
  if (relay->refuse) {
    close (client);
    return G_SOURCE_CONTINUE;
  }
  line = g_new0 (Line, 1);
  line->client = client;
  line->server = loopback_connect (relay->target);
  g_unix_set_fd_nonblocking (line->client, TRUE, NULL);
  g_unix_set_fd_nonblocking (line->server, TRUE, NULL);
  way_init (&line->ways[UPWARDS], relay, UPWARDS, line->client, line->server);
  way_init (&line->ways[DOWNWARDS], relay, DOWNWARDS, line->server, line->client);
  g_ptr_array_add (relay->lines, line);
  return G_SOURCE_CONTINUE;
}

Relay *
relay_new (guint16 target, SvpnClock *clock)
{
  Relay *relay = g_new0 (Relay, 1);

  relay->clock = clock;
  relay->target = target;
  relay->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  relay->corrupt_in[0] = relay->corrupt_in[1] = -1;
  relay->fd = loopback_listen (&relay->port);
  relay->accept_source = g_unix_fd_add (relay->fd, G_IO_IN, on_incoming, relay);
  return relay;
}

void
relay_free (Relay *relay)
{
  g_source_remove (relay->accept_source);
  g_ptr_array_unref (relay->lines);
  close (relay->fd);
  g_free (relay);
}

guint16
relay_port (Relay *relay)
{
  return relay->port;
}

guint
relay_count (Relay *relay)
{
  return relay->count;
}

void
relay_cut (Relay *relay)
{
  g_ptr_array_set_size (relay->lines, 0);
}

void
relay_refuse (Relay *relay, gboolean refuse)
{
  relay->refuse = refuse;
}

void
relay_stall (Relay *relay, gboolean stall)
{
  for (guint i = 0; i < relay->lines->len; i++)
    for (int k = 0; k < 2; k++) {
      Way *way = &((Line *) relay->lines->pdata[i])->ways[k];

      way->stall = stall;
      g_clear_handle_id (&way->read_source, g_source_remove);
      g_clear_handle_id (&way->write_source, g_source_remove);
      watch (way);
    }
}

void
relay_delay (Relay *relay, guint ms)
{
  relay->delay_ms = ms;
}

void
relay_corrupt (Relay *relay, RelayDirection direction, guint64 at)
{
  relay->corrupt_in[direction] = (gint64) at;
}

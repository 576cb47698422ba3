/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where connections come in.
 *
 * How it works: how many descriptors are used is told by the number of the one that accept() has just given, for the
 * kernel gives the lowest: it counts what libraries hold, too. With hardly any left a connection that can be spared is
 * closed for the new one; where there is none, and where accept() itself fails, nothing is accepted for a while, since
 * the connections that wait would wake us again and again. */
#include "doorway.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_MAX 64 /* connections before others get their turn */
#define LISTEN_BACKLOG 4096

typedef struct {
  SvpnDoorway *doorway;
  int fd;
  SvpnWatch watch;
} Listener;

struct _SvpnDoorway {
  SvpnPoller *poller;
  const SvpnDoorwayEvents *events;
  gpointer user_data;
  int fd_max;
  GPtrArray *listeners; /* Listener, owned */
  SvpnTimer *pause_timer;
  SvpnRefusals refusals;
};

static void
listener_free (Listener *listener)
{
  svpn_watch_clear (&listener->watch);
  close (listener->fd);
  g_free (listener);
}

static void
watch_all (SvpnDoorway *doorway, short events)
{
  for (guint i = 0; i < doorway->listeners->len; i++) {
    Listener *listener = doorway->listeners->pdata[i];

    if (!svpn_watch_set (&listener->watch, listener->fd, events))
      svpn_timer_arm (doorway->pause_timer, SVPN_DOORWAY_PAUSE_MS); /* to try again */
  }
}

static void
pause_accepting (SvpnDoorway *doorway)
{
  svpn_refusals_count (&doorway->refusals);
  watch_all (doorway, 0);
  svpn_timer_arm (doorway->pause_timer, SVPN_DOORWAY_PAUSE_MS);
}

static void
on_pause_over (gpointer user_data)
{
  watch_all (user_data, POLLIN);
}

/* To the descriptor that is free now: one that stayed where it is would use up a part of the reserve. */
static int
move_down (int fd)
{
  int lower = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  if (lower < 0)
    return fd;
  close (fd);
  return lower;
}

/* A connection that has come; FALSE: nothing more is accepted for now. */
static gboolean
take (SvpnDoorway *doorway, int fd, const struct sockaddr_storage *address)
{
  SvpnEndpoint peer = svpn_endpoint_from_sockaddr (address);

  if (fd >= doorway->fd_max) {
    if (!doorway->events->make_room (doorway->user_data)) {
      close (fd);
      pause_accepting (doorway);
      return FALSE;
    }
    fd = move_down (fd);
  }
  doorway->events->arrived (fd, &peer, doorway->user_data);
  return TRUE;
}

/* After accept() has failed with @error: whether to try again at once. */
static gboolean
can_go_on (SvpnDoorway *doorway, int error)
{
  switch (error) {
  case EAGAIN:
    return FALSE;
  case EMFILE:
    if (doorway->events->make_room (doorway->user_data))
      return TRUE;
    pause_accepting (doorway);
    return FALSE;
  case ENFILE:
  case ENOBUFS:
  case ENOMEM:
    (void) doorway->events->make_room (doorway->user_data);
    pause_accepting (doorway);
    return FALSE;
  default: /* of the connection that would have come (accept(2)) */
    return TRUE;
  }
}

static void
on_connections (short events, gpointer user_data)
{
  Listener *listener = user_data;

  for (guint i = 0; i < ACCEPT_MAX; i++) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int fd = accept4 (listener->fd, (struct sockaddr *) &address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0 ? !take (listener->doorway, fd, &address) : !can_go_on (listener->doorway, errno))
      return;
  }
}

gboolean
svpn_doorway_add (SvpnDoorway *doorway, int fd, GError **error)
{
  const int on = 1;
  Listener *listener = g_new0 (Listener, 1);

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* its connections have it from the first */
  listener->doorway = doorway;
  listener->fd = fd;
  svpn_watch_init (&listener->watch, doorway->poller, on_connections, listener);
  /* Many come at once when a server is back; the backlog can be raised on a socket that listens already. */
  if (g_unix_set_fd_nonblocking (fd, TRUE, error) && listen (fd, LISTEN_BACKLOG) == 0
      && svpn_watch_set (&listener->watch, fd, POLLIN)) {
    g_ptr_array_add (doorway->listeners, listener);
    return TRUE;
  }
  if (error != NULL && *error == NULL)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "listening socket: %s",
                 g_strerror (errno));
  listener_free (listener);
  return FALSE;
}

int
svpn_doorway_get_fd_max (const SvpnDoorway *doorway)
{
  return doorway->fd_max;
}

guint64
svpn_doorway_get_refused (const SvpnDoorway *doorway)
{
  return doorway->refusals.total;
}

static int
find_fd_max (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) < 0 || files.rlim_cur > G_MAXINT)
    return G_MAXINT;
  return MAX ((int) files.rlim_cur - SVPN_DOORWAY_FD_RESERVE, 1);
}

SvpnDoorway *
svpn_doorway_new (SvpnPoller *poller, SvpnClock *clock, const SvpnDoorwayEvents *events, gpointer user_data)
{
  SvpnDoorway *doorway = g_new0 (SvpnDoorway, 1);

  doorway->poller = poller;
  doorway->events = events;
  doorway->user_data = user_data;
  doorway->fd_max = find_fd_max ();
  doorway->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  doorway->pause_timer = svpn_timer_new (clock, on_pause_over, doorway);
  doorway->refusals = (SvpnRefusals){
    .clock = clock, .what = "connections were refused: no file descriptors or no memory are left for them"
  };
  return doorway;
}

void
svpn_doorway_free (SvpnDoorway *doorway)
{
  g_ptr_array_unref (doorway->listeners);
  svpn_timer_free (doorway->pause_timer);
  g_free (doorway);
}

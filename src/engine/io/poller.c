/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Waits for any number of sockets.
 *
 * How it works: level-triggered, so that whoever stops in the middle to let others have their turn is called again. What
 * lies in a TLS session already decrypted is seen by no poll: who has such calls svpn_watch_again(). Callbacks may clear
 * watches whose events are still to be handled in this turn; those events are then forgotten. */
#include "poller.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 256     /* before the main loop gets its turn */
#define EVENTS_BELOW_MAX 8 /* between two looks at the time */

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
               "events have the same names for both");

typedef struct {
  GSource source;
  SvpnPoller *poller;
} PollerSource;

struct _SvpnPoller {
  int fd;
  GSource *source; /* NULL: below a parent */
  gpointer tag;
  SvpnWatch in_parent;
  guint budget_us;
  const SvpnPoller *elder;
  gboolean has_more; /* than its last turn was long */
  GQueue again;      /* SvpnWatch */
  struct epoll_event events[EVENTS_MAX];
  int n_events, at; /* that are being handled */
};

/* --- watches --- */

void
svpn_watch_init (SvpnWatch *watch, SvpnPoller *poller, void (*ready) (short, gpointer), gpointer user_data)
{
  *watch = (SvpnWatch){
    .poller = poller, .ready = ready, .user_data = user_data, .fd = -1, .again_link = { .data = watch }
  };
}

static void
forget_events (SvpnWatch *watch)
{
  SvpnPoller *poller = watch->poller;

  for (int i = poller->at; i < poller->n_events; i++)
    if (poller->events[i].data.ptr == watch)
      poller->events[i].data.ptr = NULL;
}

static void
stop_watching (SvpnWatch *watch)
{
  if (watch->events == 0)
    return;
  epoll_ctl (watch->poller->fd, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->events = 0;
  forget_events (watch);
}

gboolean
svpn_watch_set (SvpnWatch *watch, int fd, short events)
{
  struct epoll_event event = { .events = (guint16) events, .data.ptr = watch };

  if (fd != watch->fd || events == 0)
    stop_watching (watch);
  watch->fd = fd;
  if (fd < 0 || events == watch->events)
    return TRUE;
  if (epoll_ctl (watch->poller->fd, watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) < 0)
    return FALSE;
  watch->events = events;
  return TRUE;
}

void
svpn_watch_again (SvpnWatch *watch)
{
  if (watch->is_again)
    return;
  watch->is_again = TRUE;
  g_queue_push_tail_link (&watch->poller->again, &watch->again_link);
  if (watch->poller->source == NULL)
    svpn_watch_again (&watch->poller->in_parent);
}

static void
forget_again (SvpnWatch *watch)
{
  if (!watch->is_again)
    return;
  watch->is_again = FALSE;
  g_queue_unlink (&watch->poller->again, &watch->again_link);
}

void
svpn_watch_clear (SvpnWatch *watch)
{
  stop_watching (watch);
  forget_again (watch);
}

gboolean
svpn_watch_move (SvpnWatch *watch, SvpnPoller *poller)
{
  short events = watch->events;
  gboolean is_again = watch->is_again;

  svpn_watch_clear (watch);
  watch->poller = poller;
  if (is_again)
    svpn_watch_again (watch);
  return svpn_watch_set (watch, watch->fd, events);
}

/* --- the source --- */

static gboolean
prepare (GSource *source, gint *timeout)
{
  *timeout = -1;
  return ((PollerSource *) source)->poller->again.length > 0;
}

static gboolean
check (GSource *source)
{
  SvpnPoller *poller = ((PollerSource *) source)->poller;

  return poller->again.length > 0 || g_source_query_unix_fd (source, poller->tag) != 0;
}

/* Returns how many there were. */
static int
handle_events (SvpnPoller *poller, int max)
{
  int n = MAX (0, epoll_wait (poller->fd, poller->events, max, 0));

  poller->n_events = n;
  for (poller->at = 0; poller->at < poller->n_events;) {
    struct epoll_event *event = &poller->events[poller->at++];
    SvpnWatch *watch = event->data.ptr;

    if (watch != NULL)
      watch->ready ((short) event->events, watch->user_data);
  }
  poller->n_events = poller->at = 0;
  return n;
}

/* Those that ask for it again meanwhile wait for the next turn. */
static void
handle_again (SvpnPoller *poller)
{
  for (guint n = poller->again.length; n > 0 && poller->again.length > 0; n--) {
    SvpnWatch *watch = g_queue_peek_head (&poller->again);

    forget_again (watch);
    watch->ready (0, watch->user_data);
  }
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SvpnPoller *poller = ((PollerSource *) source)->poller;

  handle_again (poller);
  handle_events (poller, EVENTS_MAX);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_functions = { .prepare = prepare, .check = check, .dispatch = dispatch };

/* Called in the parent's turn. The kernel shows those first that were not shown for the longest time, so it does not matter
 * how many are left. */
static void
on_turn (short events, gpointer user_data)
{
  SvpnPoller *poller = user_data;
  gboolean is_after = poller->elder != NULL && poller->elder->has_more;
  gint64 end_us = g_get_monotonic_time () + (is_after ? poller->budget_us / 8 : poller->budget_us);

  handle_again (poller);
  do
    poller->has_more = handle_events (poller, EVENTS_BELOW_MAX) == EVENTS_BELOW_MAX;
  while (poller->has_more && g_get_monotonic_time () < end_us);
  if (poller->again.length > 0)
    svpn_watch_again (&poller->in_parent);
}

static SvpnPoller *
create (GError **error)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  SvpnPoller *poller;

  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "epoll: %s", g_strerror (errno));
    return NULL;
  }
  poller = g_new0 (SvpnPoller, 1);
  poller->fd = fd;
  g_queue_init (&poller->again);
  return poller;
}

SvpnPoller *
svpn_poller_new (GError **error)
{
  SvpnPoller *poller = create (error);

  if (poller == NULL)
    return NULL;
  poller->source = g_source_new (&source_functions, sizeof (PollerSource));
  ((PollerSource *) poller->source)->poller = poller;
  /* GLib takes the descriptors of a source that may not recurse out of its poll while it is dispatched, by two system
   * calls each time; nothing below this source runs the main loop. */
  g_source_set_can_recurse (poller->source, TRUE);
  poller->tag = g_source_add_unix_fd (poller->source, poller->fd, G_IO_IN);
  g_source_attach (poller->source, g_main_context_get_thread_default ());
  return poller;
}

SvpnPoller *
svpn_poller_new_below (SvpnPoller *parent, const SvpnPoller *elder, guint budget_us, GError **error)
{
  SvpnPoller *poller = create (error);

  if (poller == NULL)
    return NULL;
  poller->budget_us = budget_us;
  poller->elder = elder;
  svpn_watch_init (&poller->in_parent, parent, on_turn, poller);
  if (svpn_watch_set (&poller->in_parent, poller->fd, POLLIN))
    return poller;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "epoll: no memory");
  svpn_poller_free (poller);
  return NULL;
}

void
svpn_poller_free (SvpnPoller *poller)
{
  g_warn_if_fail (poller->again.length == 0);
  if (poller->source != NULL) {
    g_source_destroy (poller->source);
    g_source_unref (poller->source);
  } else {
    svpn_watch_clear (&poller->in_parent);
  }
  close (poller->fd);
  g_free (poller);
}

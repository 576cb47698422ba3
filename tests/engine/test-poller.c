/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Many sockets and one source of the main loop. */
#include "poller.h"
#include "virtual-time.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  SvpnWatch watch;
  int here, there;
  guint calls;
  short last_events;
  SvpnWatch *clears; /* another's, when called */
} End;

static void
on_ready (short events, gpointer user_data)
{
  End *end = user_data;

  end->calls++;
  end->last_events = events;
  if (end->clears != NULL)
    svpn_watch_clear (end->clears);
}

static void
end_init (End *end, SvpnPoller *poller)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  *end = (End){ .here = fds[0], .there = fds[1] };
  svpn_watch_init (&end->watch, poller, on_ready, end);
}

static void
end_clear (End *end)
{
  svpn_watch_clear (&end->watch);
  close (end->here);
  close (end->there);
}

static void
iterate (void)
{
  g_main_context_iteration (NULL, FALSE);
}

/* What is left is shown again; what is not wanted is not shown, a hang-up neither. */
static void
test_level (void)
{
  g_autoptr (SvpnPoller) poller = svpn_poller_new (NULL);
  End end;

  end_init (&end, poller);
  g_assert_true (svpn_watch_set (&end.watch, end.here, POLLIN));
  iterate ();
  g_assert_cmpuint (end.calls, ==, 0);
  g_assert_cmpint (send (end.there, "ab", 2, 0), ==, 2);
  iterate ();
  iterate ();
  g_assert_cmpuint (end.calls, ==, 2);
  g_assert_cmpint (end.last_events, ==, POLLIN);
  g_assert_true (svpn_watch_set (&end.watch, end.here, POLLIN | POLLOUT));
  iterate ();
  g_assert_cmpint (end.last_events, ==, POLLIN | POLLOUT);
  g_assert_true (svpn_watch_set (&end.watch, end.here, 0));
  shutdown (end.there, SHUT_RDWR);
  iterate ();
  g_assert_cmpuint (end.calls, ==, 3);
  end_clear (&end);
}

/* Both have something in one turn, and the first one called clears the other. */
static void
test_cleared_in_turn (void)
{
  g_autoptr (SvpnPoller) poller = svpn_poller_new (NULL);
  End ends[2];

  for (int i = 0; i < 2; i++) {
    end_init (&ends[i], poller);
    g_assert_true (svpn_watch_set (&ends[i].watch, ends[i].here, POLLIN));
    g_assert_cmpint (send (ends[i].there, "a", 1, 0), ==, 1);
    ends[i].clears = &ends[1 - i].watch;
  }
  iterate ();
  g_assert_cmpuint (ends[0].calls + ends[1].calls, ==, 1);
  end_clear (&ends[0]);
  end_clear (&ends[1]);
}

/* Once each time it is asked for, without a socket. */
static void
test_again (void)
{
  g_autoptr (SvpnPoller) poller = svpn_poller_new (NULL);
  End end;

  end_init (&end, poller);
  svpn_watch_again (&end.watch);
  svpn_watch_again (&end.watch);
  settle ();
  g_assert_cmpuint (end.calls, ==, 1);
  g_assert_cmpint (end.last_events, ==, 0);
  svpn_watch_again (&end.watch);
  svpn_watch_clear (&end.watch);
  settle ();
  g_assert_cmpuint (end.calls, ==, 1);
  end_clear (&end);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/poller/level", test_level);
  g_test_add_func ("/poller/cleared-in-turn", test_cleared_in_turn);
  g_test_add_func ("/poller/again", test_again);
  return g_test_run ();
}

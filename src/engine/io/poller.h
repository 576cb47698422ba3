/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Waits for any number of sockets with one epoll descriptor, which is one source of the main loop: what an event costs
 * does not depend on how many sockets there are. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnPoller SvpnPoller;

/* One socket that is waited for. Belongs to who waits. */
typedef struct {
  SvpnPoller *poller;
  /* Called from the main loop with the events (POLLIN, POLLOUT, POLLERR, POLLHUP) that have come, or 0 after
   * svpn_watch_again(). May clear this watch and any other. */
  void (*ready) (short events, gpointer user_data);
  gpointer user_data;
  /* private */
  int fd;
  short events; /* waited for; 0: the socket is not watched */
  gboolean is_again;
  GList again_link;
} SvpnWatch;

/* NULL with a G_IO_ERROR if there is no file descriptor left. */
SvpnPoller *svpn_poller_new (GError **error);
/* One that is an event of @parent, which has its turn among that one's sockets, for about @budget_us at a time: whatever
 * its sockets bring about, those of the parent do not wait longer for it.
 * @elder: NULL, or one below the same parent: while that one has more to do than its budget allows, this one has an eighth of
 * its own. */
SvpnPoller *svpn_poller_new_below (SvpnPoller *parent, const SvpnPoller *elder, guint budget_us,
                                   GError **error);
void svpn_poller_free (SvpnPoller *poller); /* all watches have been cleared */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnPoller, svpn_poller_free)

void svpn_watch_init (SvpnWatch *watch, SvpnPoller *poller, void (*ready) (short, gpointer),
                      gpointer user_data);

/* Waits for @events of @fd in place of what was waited for; @events 0 or @fd -1: for nothing, not even a hang-up. FALSE if the
 * kernel has no memory for it. A socket must not be watched any more when it is closed. */
gboolean svpn_watch_set (SvpnWatch *watch, int fd, short events) G_GNUC_WARN_UNUSED_RESULT;

/* Calls back once more after others had their turn, whatever the socket has. */
void svpn_watch_again (SvpnWatch *watch);

/* Waits for the same by another poller. */
gboolean svpn_watch_move (SvpnWatch *watch, SvpnPoller *poller) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for nothing, and does not call back any more. */
void svpn_watch_clear (SvpnWatch *watch);

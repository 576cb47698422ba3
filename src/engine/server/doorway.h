/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where connections come in: the listening sockets, and what is done when descriptors run out. */
#pragma once

#include "endpoint.h"
#include "poller.h"
#include "refusals.h"

typedef struct _SvpnDoorway SvpnDoorway;

/* Descriptors that are kept for what is not a client's connection: D-Bus, files, name servers. */
#define SVPN_DOORWAY_FD_RESERVE 16
/* Accepting rests for this long when descriptors or memory are used up. */
#define SVPN_DOORWAY_PAUSE_MS 1000

typedef struct {
  /* A connection, whose non-blocking socket @fd is the callee's. */
  void (*arrived) (int fd, const SvpnEndpoint *peer, gpointer user_data);
  /* To close a connection that can be spared; FALSE if there is none. */
  gboolean (*make_room) (gpointer user_data);
} SvpnDoorwayEvents;

SvpnDoorway *svpn_doorway_new (SvpnPoller *poller, SvpnClock *clock, const SvpnDoorwayEvents *events,
                               gpointer user_data);
void svpn_doorway_free (SvpnDoorway *doorway); /* closes the listening sockets */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnDoorway, svpn_doorway_free)

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_doorway_add (SvpnDoorway *doorway, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first descriptor of the reserve: the kernel hands out the lowest that is free, so whoever gets this one or a higher one
 * sees that hardly any are left. */
int svpn_doorway_get_fd_max (const SvpnDoorway *doorway);

/* Connections that were refused so far because descriptors or memory ran out. */
guint64 svpn_doorway_get_refused (const SvpnDoorway *doorway);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the parts of a tunnel share: tunnel.c, its life, and tunnel-attach.c, how it is found again. */
#pragma once

#include "tunnel.h"

#define SVPN_TUNNEL_SINCE_DETAIL "since" /* t, among the details of the record of one that is up */

struct _SvpnTunnel {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  const SvpnTunnelOps *ops;
  char *id;
  GObject *owner; /* not referenced, but while there is a worker */
  SvpnTunnelState state;
  SvpnNetwork *network; /* NULL: nothing is under way */
  SvpnWorkerLink *link; /* NULL: no worker */
  GVariant *settings;
  char *hash;
  gint64 since;              /* it is up, Unix time in s */
  gint64 since_us;           /* the same in monotonic time */
  GCancellable *cancellable; /* of the way up */
  guint deadline_source;
  char *timeout_error;
  char *lost; /* why the session is lost; NULL: it stands, or there was none yet */
  gboolean winding_down;
  gboolean persistent; /* a failure of the way up is no end */
  guint n_attempts, attempts_max;
  guint retry_source; /* of the next attempt; 0: one is under way, or none follows */
  GError *failure;    /* why it winds down; NULL: in order */
  char *reason;       /* of an end in order */
  char *last_error;
  char *profile_error; /* what is wrong with the stored profile; NULL: nothing */
  GTask *start_task;   /* of start or attach; NULL: answered */
  GPtrArray *stop_tasks;
};

/* The one door into a state. */
void svpn_tunnel_enter_state (SvpnTunnel *self, SvpnTunnelState state, const char *reason);

/* Beginning of a start: FALSE, and the answer is the error, if there is no place for one. */
gboolean svpn_tunnel_take_start (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data);

/* The way up, after svpn_tunnel_begin(), in the state STARTING. */
void svpn_tunnel_go_up (SvpnTunnel *self, const SvpnStart *start);

/* Whether another attempt follows, which then has begun. */
gboolean svpn_tunnel_try_again (SvpnTunnel *self, const GError *failure);

/* Ways up: makes what every one of them needs; makes the line to the worker; takes it. svpn_tunnel_take_link() is FALSE
 * if the opening has failed; @error is NULL then if we are winding down already. */
void svpn_tunnel_begin (SvpnTunnel *self);
void svpn_tunnel_make_link (SvpnTunnel *self, SvpnWorkerOpening opening, GAsyncReadyCallback callback);
gboolean svpn_tunnel_take_link (SvpnTunnel *self, GObject *source, GAsyncResult *result, GError **error);

/* @since: Unix time in s; 0, or one that cannot be: now. */
void svpn_tunnel_set_since (SvpnTunnel *self, guint64 since);

/* Answers who started or attached it, if that is still to be done; takes @error. */
void svpn_tunnel_answer_start (SvpnTunnel *self, GError *error);

/* The way down. @goodbye: NULL if the worker ends by itself. */
void svpn_tunnel_wind_down (SvpnTunnel *self, const char *goodbye);

/* Has the network held against others. */
void svpn_tunnel_watch_network (SvpnTunnel *self);

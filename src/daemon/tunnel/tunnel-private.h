/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of SvpnTunnel share: tunnel.c, tunnel-up.c, tunnel-down.c, tunnel-attach.c, tunnel-retry.c,
 * tunnel-network.c, tunnel-reload.c. */
#pragma once

#include "tunnel.h"
#include "tunnel-last.h"

#define SVPN_TUNNEL_SINCE_DETAIL "since" /* x, in the details of the record once it is up */

struct _SvpnTunnel {
  GObject parent_instance;
  const SvpnEnvironment *environment;
  const SvpnTunnelOps *ops;
  char *id, *title;
  GObject *owner; /* referenced from svpn_tunnel_begin() to the end */
  SvpnTunnelState state;
  SvpnNetwork *network;         /* NULL: nothing is under way */
  SvpnWorkerConnection *worker; /* NULL: none */
  GVariant *settings;
  GVariant *options; /* of the start */
  GVariant *wanted;  /* what ops->load() gave at the start, without secrets; NULL: not known */
  char *hash;
  gint64 since;              /* when it came up, Unix time in s */
  gint64 since_us;           /* the same in monotonic time, us */
  GCancellable *cancellable; /* of the way up */
  guint deadline_source;
  char *timeout_error;
  char *lost; /* why the session is lost; NULL: it is up, or there was none yet */
  gboolean winding_down;
  gboolean persistent; /* after a failure of the way up, another attempt may follow */
  guint n_attempts, attempts_max;
  GVariant *retry_options; /* for the next attempt; NULL: none */
  guint retry_source;      /* of the next attempt; 0: an attempt is under way, or none follows */
  GError *failure;         /* why it winds down; NULL: it was asked to */
  char *reason;            /* of the end, as a text (reason.h); NULL: that of failure, or the user */
  SvpnTunnelLast last;
  char *profile_error; /* what is wrong with the stored profile; NULL: nothing */
  GTask *start_task;   /* of start or attach; NULL: answered */
  GPtrArray *stop_tasks;
};

/* The only way into a state. @reason: a text (reason.h). */
void svpn_tunnel_enter_state (SvpnTunnel *self, SvpnTunnelState state, const char *reason);

/* Lets go of what a tunnel has that is not down. */
void svpn_tunnel_forget (SvpnTunnel *self);

/* Beginning of a start. FALSE: the tunnel is not down; the call is answered with that error. */
gboolean svpn_tunnel_take_start (SvpnTunnel *self, GAsyncReadyCallback callback,
                                 gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* The way up, after svpn_tunnel_begin(). */
void svpn_tunnel_go_up (SvpnTunnel *self, const SvpnStart *start);

/* Called when the worker of a tunnel that was up has died: another attempt follows if the tunnel is to be up whenever the
 * machine is. */
void svpn_tunnel_on_death (SvpnTunnel *self, int status);

/* Whether another attempt follows @failure, whose text (reason.h) is @reason; then it has begun. */
gboolean svpn_tunnel_try_again (SvpnTunnel *self, const GError *failure,
                                const char *reason) G_GNUC_WARN_UNUSED_RESULT;

/* Steps of every way up: begin() makes what each needs; open_worker() starts a worker or connects to one; take_worker(),
 * in its callback, takes the connection. take_worker() returns FALSE if that has failed; @error stays NULL if the tunnel
 * winds down already. */
void svpn_tunnel_begin (SvpnTunnel *self);
void svpn_tunnel_open_worker (SvpnTunnel *self, SvpnWorkerOpening opening, GAsyncReadyCallback callback);
gboolean svpn_tunnel_take_worker (SvpnTunnel *self, GObject *source, GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Have the tunnel follow the end of its worker, and what the worker says of the end of its task. */
void svpn_tunnel_watch_worker (SvpnTunnel *self);
void svpn_tunnel_watch_end (SvpnTunnel *self);

/* @since: Unix time in s; 0, or one in the future: now. */
void svpn_tunnel_set_since (SvpnTunnel *self, gint64 since);

/* Answers the call that started or attached the tunnel, unless that was done; takes @error. */
void svpn_tunnel_answer_start (SvpnTunnel *self, GError *error);

/* The way down. @goodbye: NULL if the worker ends by itself. */
void svpn_tunnel_wind_down (SvpnTunnel *self, const char *goodbye);

/* Has the network held against others. */
void svpn_tunnel_watch_network (SvpnTunnel *self);

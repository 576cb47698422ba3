/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of one tunnel, client or server: its worker, its network and its record, from start to end. */
#pragma once

#include "environment.h"
#include "error.h"
#include "network.h"
#include "settings.h"
#include "worker-link.h"
#include "worker-reply.h"

#define SVPN_TYPE_TUNNEL (svpn_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (SvpnTunnel, svpn_tunnel, SVPN, TUNNEL, GObject)

typedef enum {
  SVPN_TUNNEL_DOWN,
  SVPN_TUNNEL_STARTING,
  SVPN_TUNNEL_UP,
  SVPN_TUNNEL_RECONNECTING, /* a client's session is lost, and its worker tries to take it up again */
  SVPN_TUNNEL_STOPPING,
  SVPN_TUNNEL_FAILED, /* down, after a failure */
} SvpnTunnelState;
#define SVPN_TUNNEL_STATES 6

/* What a start needs. */
typedef struct {
  GVariant *settings; /* canonical, with secrets */
  guint timeout_s;
  char *timeout_error;
  gboolean wait;      /* the caller wants to be told when it is up */
  guint attempts_max; /* of svpn_tunnel_persist_async(); 0: no limit */
} SvpnStart;

void svpn_start_clear (SvpnStart *start);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvpnStart, svpn_start_clear)

/* What a client and a server do differently. @owner is the object that made the tunnel. */
typedef struct {
  SvpnScope scope;
  const char *role; /* as the worker calls it */
  /* UP and RECONNECTING: as the worker calls them, too; NULL: never. */
  const char *state_names[SVPN_TUNNEL_STATES];
  const char *goodbye;  /* what peers are told when we end it */
  SvpnError error_up;   /* of a start while it is up */
  SvpnError error_down; /* of a stop while it is down, and of a start that a stop has cancelled */

  /* Fills @start (zero before) from the profile and @options (as they came; NULL: none) over it. */
  gboolean (*load) (gpointer owner, GVariant *options, SvpnStart *start, GError **error);
  /* Called first: collects what the start needs that is not the worker's. May put other settings in @settings and
   * entries into @details, both of which are recorded. */
  gboolean (*prepare) (gpointer owner, GVariant **settings, GVariantDict *details, GError **error);
  /* Called when the worker is there: gives it its role, and ends with svpn_tunnel_set_up() or svpn_tunnel_fail(). */
  void (*start) (gpointer owner, SvpnDbusWorker *worker);
  /* Called when a worker that an earlier smartvpnd started was found up. @state: what its GetState() said. FALSE: it is
   * stopped. */
  gboolean (*adopt) (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details,
                     GError **error);
  /* Called when signals of the worker were lost, with what its GetState() says now. NULL: there is nothing to do. */
  void (*signals_lost) (gpointer owner, GVariant *state);
  /* Called when the state has changed, after the tunnel's own accessors say so. */
  void (*state_changed) (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason);
  /* Called when an attempt has failed and everything is undone, and another one follows. */
  void (*tried) (gpointer owner);
  /* Called when the worker has ended. */
  void (*exited) (gpointer owner, int status);

  /* Called when others had taken away what the tunnel needs of the network, and it is there again. */
  void (*network_restored) (gpointer owner, const char *const *what);
  /* Called when the network's warnings, its device's name or the networks beside it have changed. */
  void (*network_changed) (gpointer owner);
  /* Called when the worker's packets take another way to the peer, or have none. NULL: it does not matter. */
  void (*way_changed) (gpointer owner, gboolean reachable);

  /* While up: adds what Connect() or Start() returns; what GetStatus() tells beyond that. */
  void (*describe) (gpointer owner, GVariantDict *dict);
  void (*describe_status) (gpointer owner, GVariantDict *dict);
  /* Up or not: adds what GetStatus() tells in any case. NULL: nothing. */
  void (*describe_always) (gpointer owner, GVariantDict *dict);

  SvpnReply statistics; /* what the worker's GetStatistics() gives */
} SvpnTunnelOps;

/* @owner has to outlive the tunnel; it is referenced while there is a worker. Signal "down": nothing is left of it. */
SvpnTunnel *svpn_tunnel_new (const SvpnEnvironment *environment, const SvpnTunnelOps *ops, const char *name,
                             GObject *owner);

/* What a call with these options would start with. */
gboolean svpn_tunnel_load (SvpnTunnel *self, GVariant *options, SvpnStart *start, GError **error);

/* Answers when the tunnel is up, or with the error once everything is undone; after start->timeout_s that is
 * start->timeout_error. AlreadyConnected or AlreadyRunning, and Busy, change nothing. */
void svpn_tunnel_start_async (SvpnTunnel *self, const SvpnStart *start, GAsyncReadyCallback callback,
                              gpointer user_data);

/* The same from the profile alone, again and again until it is up, is stopped, or has failed so that trying again is of no
 * use. Each failure is the last error in the meantime. */
void svpn_tunnel_persist_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data);

/* @reason: "" for the ordinary course. Answers when everything is undone. Errors: NotConnected or NotRunning. */
void svpn_tunnel_stop_async (SvpnTunnel *self, const char *reason, GAsyncReadyCallback callback,
                             gpointer user_data);

/* Looks for a worker that an earlier smartvpnd started, and adopts it or clears away what is left of it. Answers when
 * either is done; see the state. */
void svpn_tunnel_attach_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data);

gboolean svpn_tunnel_finish (SvpnTunnel *self, GAsyncResult *result, GError **error);

/* Called when the worker says that the session is lost, or stands again. */
void svpn_tunnel_set_reconnecting (SvpnTunnel *self, gboolean reconnecting, const char *reason);

/* Records @key = @value (floating is taken) beside what ops->prepare() put into the details; not while down. */
void svpn_tunnel_record_detail (SvpnTunnel *self, const char *key, GVariant *value);

/* Called when the profile was read; logs what is new. @error: why it cannot be used; NULL: it can. */
void svpn_tunnel_set_profile_error (SvpnTunnel *self, const GError *error);

/* For ops->start(): it has succeeded; it has failed with @error; a call to the worker has failed with @error. Errors
 * are taken. */
void svpn_tunnel_set_up (SvpnTunnel *self);
void svpn_tunnel_fail (SvpnTunnel *self, GError *error);
void svpn_tunnel_fail_call (SvpnTunnel *self, GError *error);

const SvpnTunnelOps *svpn_tunnel_get_ops (SvpnTunnel *self);
const char *svpn_tunnel_get_id (SvpnTunnel *self);
SvpnTunnelState svpn_tunnel_get_state (SvpnTunnel *self);
const char *svpn_tunnel_get_state_name (SvpnTunnel *self);
gboolean svpn_tunnel_is_down (SvpnTunnel *self); /* DOWN or FAILED */
gboolean svpn_tunnel_is_up (SvpnTunnel *self);   /* UP or RECONNECTING */
/* While down: what is wrong with the profile; else of the last failure since the last start; else "". */
const char *svpn_tunnel_get_last_error (SvpnTunnel *self);
SvpnNetwork *svpn_tunnel_get_network (SvpnTunnel *self);   /* NULL while down */
GVariant *svpn_tunnel_get_settings (SvpnTunnel *self);     /* NULL while down; secrets only while starting */
const char *svpn_tunnel_get_hash (SvpnTunnel *self);       /* of the settings; NULL while down */
SvpnDbusWorker *svpn_tunnel_get_worker (SvpnTunnel *self); /* NULL unless up */
GCancellable *svpn_tunnel_get_cancellable (SvpnTunnel *self); /* for calls of ops->start() */
uid_t svpn_tunnel_get_worker_uid (SvpnTunnel *self);

/* What Connect() or Start() returns; only while up. */
void svpn_tunnel_describe (SvpnTunnel *self, GVariantDict *dict);
void svpn_tunnel_describe_status (SvpnTunnel *self, GVariantDict *dict);

/* svpn_worker_reply(), and with the statistics what smartvpnd itself knows of them: the uptime that GetStatus() tells, and the drops
 * of the device (floating). */
GVariant *svpn_tunnel_check_reply (SvpnTunnel *self, SvpnReply reply, GVariant *said);

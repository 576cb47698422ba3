/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The life of one tunnel, client or server: its worker, its network and its record, from start to end. */
#pragma once

#include "environment.h"
#include "error.h"
#include "network.h"
#include "reason.h"
#include "settings.h"
#include "worker-connection.h"
#include "worker-reply.h"

#define SVPN_TYPE_TUNNEL (svpn_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (SvpnTunnel, svpn_tunnel, SVPN, TUNNEL, GObject)

typedef enum {
  SVPN_TUNNEL_DOWN,
  SVPN_TUNNEL_STARTING,
  SVPN_TUNNEL_UP,
  SVPN_TUNNEL_RECONNECTING, /* a client has lost its session, and its worker tries to get it back */
  SVPN_TUNNEL_STOPPING,
  SVPN_TUNNEL_FAILED, /* down, after a failure */
} SvpnTunnelState;
#define SVPN_TUNNEL_STATES 6

/* What a start needs. */
typedef struct {
  GVariant *settings; /* canonical, with secrets */
  GVariant *options;  /* those of the call among them, canonical, with secrets; set by svpn_tunnel_load() */
  guint timeout_s;
  char *timeout_error;
  gboolean wait;      /* the caller wants the answer when it is up, not at once */
  guint attempts_max; /* of svpn_tunnel_persist_async(); 0: no limit */
} SvpnStart;

void svpn_start_clear (SvpnStart *start);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvpnStart, svpn_start_clear)

/* The differences between a client and a server. @owner is the object that made the tunnel. */
typedef struct {
  SvpnScope scope;
  const char *role; /* in the worker's GetState() */
  /* Those of UP and RECONNECTING are also the worker's; NULL: it has no such state. */
  const char *state_names[SVPN_TUNNEL_STATES];
  const char *goodbye;  /* for its peers, when we end it */
  SvpnError error_up;   /* of a start while it is up */
  SvpnError error_down; /* of a stop while it is down, and of a start that a stop cancels */

  /* Fills @start (zero before) from the profile with @options (not checked yet; NULL: none) over it. */
  gboolean (*load) (gpointer owner, GVariant *options, SvpnStart *start, GError **error);
  /* Called first: collects what the start needs besides the worker. May replace @settings and put entries into @details;
   * both are recorded. */
  gboolean (*prepare) (gpointer owner, GVariant **settings, GVariantDict *details, GError **error);
  /* Called when the worker is connected: gives it its task, and ends with svpn_tunnel_set_up() or svpn_tunnel_fail(). */
  void (*start) (gpointer owner, SvpnDbusWorker *worker);
  /* Called when the worker of an earlier smartvpnd was found up. @state: from its GetState(). FALSE: stop it. */
  gboolean (*adopt) (gpointer owner, SvpnDbusWorker *worker, GVariant *state, GVariant *details,
                     GError **error);
  /* Called when signals of the worker were lost, with the answer to another GetState(). NULL: nothing to do. */
  void (*signals_lost) (gpointer owner, GVariant *state);
  /* Called when the state has changed, in that state. @reason: a code (reason.h); @message: more in English, or "". */
  void (*state_changed) (gpointer owner, SvpnTunnelState state, const char *old_name, const char *reason,
                         const char *message);
  /* Called when an attempt has failed, everything is undone, and another one follows. */
  void (*tried) (gpointer owner);
  /* Called when the worker has ended. */
  void (*exited) (gpointer owner, int status);

  /* Called when others had taken away what the tunnel needs of the network, and it is there again. */
  void (*network_restored) (gpointer owner, const char *const *what);
  /* Called when the network's warnings, its device's name or the networks beside it have changed. */
  void (*network_changed) (gpointer owner);
  /* Called when the worker's packets take another way to the peer, or have none. NULL: it does not matter. */
  void (*way_changed) (gpointer owner, gboolean reachable);

  /* While up: describe() adds what Connect() or Start() returns, describe_status() what GetStatus() tells beyond that. */
  void (*describe) (gpointer owner, GVariantDict *dict);
  void (*describe_status) (gpointer owner, GVariantDict *dict);
  /* Up or not: adds what GetStatus() tells in any case. NULL: nothing. */
  void (*describe_always) (gpointer owner, GVariantDict *dict);

  SvpnReply statistics; /* of the worker's GetStatistics() */
} SvpnTunnelOps;

/* @owner must outlive the tunnel; it is referenced while the tunnel is not down. Signals: "state", after each change of the
 * state; "down", when nothing is left of it. */
SvpnTunnel *svpn_tunnel_new (const SvpnEnvironment *environment, const SvpnTunnelOps *ops, const char *name,
                             GObject *owner);

/* ops->load(): what a start with @options would need. */
gboolean svpn_tunnel_load (SvpnTunnel *self, GVariant *options, SvpnStart *start,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answers when the tunnel is up, or, once everything is undone, with the error; after start->timeout_s that is Timeout with
 * start->timeout_error. AlreadyConnected, AlreadyRunning and Busy: the tunnel was not down, and nothing changes. */
void svpn_tunnel_start_async (SvpnTunnel *self, const SvpnStart *start, GAsyncReadyCallback callback,
                              gpointer user_data);

/* The same with the profile alone, tried again until it is up, is stopped, or fails in a way that trying again cannot help
 * (svpn_error_is_final()). Meanwhile the last error is that of the last attempt. */
void svpn_tunnel_persist_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data);

/* Whether attempts go on until it is up: after svpn_tunnel_persist_async(), and after the death of a worker. */
gboolean svpn_tunnel_is_persistent (SvpnTunnel *self);

/* Whether a tunnel whose worker has died is started again. @was_up: it was up then, and nobody had asked for its end.
 * @status: of the process; 0 if it ended in order. @autostart: as the profile has it, or "autoconnect". @reconnects: as the
 * profile has "auto-reconnect"; TRUE for a server. */
gboolean svpn_tunnel_survives (gboolean was_up, int status, gboolean autostart, gboolean reconnects);

/* Answers when everything is undone. Errors: NotConnected or NotRunning. */
void svpn_tunnel_stop_async (SvpnTunnel *self, SvpnReason reason, GAsyncReadyCallback callback,
                             gpointer user_data);

/* Looks for a worker that an earlier smartvpnd has started, and adopts it or clears away what is left of it. Answers when
 * that is done; the state tells the outcome. */
void svpn_tunnel_attach_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data);

/* Of each of them. */
gboolean svpn_tunnel_finish (SvpnTunnel *self, GAsyncResult *result, GError **error);

/* Called when the worker says that it has lost its session, or has one again. @reason: a text (reason.h). */
void svpn_tunnel_set_reconnecting (SvpnTunnel *self, gboolean reconnecting, const char *reason);

/* The settings that a start with the same options would have now, canonical, without secrets (full reference). NULL with the
 * error of ops->load(). Not while down. */
GVariant *svpn_tunnel_load_again (SvpnTunnel *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The keys of the settings that @stored, of svpn_tunnel_load_again(), has otherwise than at the start or the last
 * svpn_tunnel_take_live(): svpn_settings_changed(). None where a version that did not record it has started the tunnel. */
char **svpn_tunnel_changed (SvpnTunnel *self, GVariant *stored, gboolean live);

/* From now on the tunnel's settings are those of @stored, of svpn_tunnel_load_again(), where Reload() can apply them. */
void svpn_tunnel_take_live (SvpnTunnel *self, GVariant *stored);

/* While reconnecting: why there is still no session, as a text (reason.h). */
void svpn_tunnel_set_loss (SvpnTunnel *self, const char *reason);

/* Called when the profile was read; logs an error that is new. @error: why it cannot be used; NULL: it can. */
void svpn_tunnel_set_profile_error (SvpnTunnel *self, const GError *error);

/* The end of ops->start(): set_up(), it has succeeded; fail(), it has failed with @error; fail_call(), a call of the worker
 * has failed with @error. @error is taken. */
void svpn_tunnel_set_up (SvpnTunnel *self);
void svpn_tunnel_fail (SvpnTunnel *self, GError *error);
void svpn_tunnel_fail_call (SvpnTunnel *self, GError *error);

const SvpnTunnelOps *svpn_tunnel_get_ops (SvpnTunnel *self);
const char *svpn_tunnel_get_id (SvpnTunnel *self);
const char *svpn_tunnel_get_title (SvpnTunnel *self); /* for messages to people: client 'office' */
SvpnTunnelState svpn_tunnel_get_state (SvpnTunnel *self);
const char *svpn_tunnel_get_state_name (SvpnTunnel *self);
gboolean svpn_tunnel_is_down (SvpnTunnel *self); /* DOWN or FAILED */
gboolean svpn_tunnel_is_up (SvpnTunnel *self);   /* UP or RECONNECTING */
/* Why it winds down; NULL: it does not, or was asked to. */
const GError *svpn_tunnel_get_failure (SvpnTunnel *self);
/* Why nothing can be asked of a tunnel that is not up: NotConnected or NotRunning. */
GError *svpn_tunnel_not_up (SvpnTunnel *self) G_GNUC_WARN_UNUSED_RESULT;
/* Why a tunnel cannot be started: AlreadyConnected, AlreadyRunning or Busy. NULL: it is down. */
GError *svpn_tunnel_not_down (SvpnTunnel *self) G_GNUC_WARN_UNUSED_RESULT;

/* While down: what is wrong with the profile, if anything; else why it went down, unless the user wanted it, also if an earlier
 * smartvpnd of this boot saw that; while reconnecting: why there is no session; else "". */
const char *svpn_tunnel_get_last_error (SvpnTunnel *self);
/* Of the same: the name of an error, without its prefix; "" if there is none, or the end was no error. */
const char *svpn_tunnel_get_last_error_name (SvpnTunnel *self);
/* The code of the last change of the state, "" if there was none; a later smartvpnd still knows how the last run ended. */
const char *svpn_tunnel_get_last_reason (SvpnTunnel *self);

/* Called when the profile is removed: nothing is known of its runs any more. */
void svpn_tunnel_forget_last_run (SvpnTunnel *self);

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
GVariant *svpn_tunnel_check_reply (SvpnTunnel *self, SvpnReply reply, GVariant *answer);

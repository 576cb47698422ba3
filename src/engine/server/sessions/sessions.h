/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All sessions of a server, by id and by address, with the leases and authorizations that they are given from. Private to
 * this room. */
#pragma once

#include "authorized.h"
#include "endpoint.h"
#include "session.h"

/* The most sessions whose handshake runs at a time. */
#define SVPN_SESSIONS_HANDSHAKING_MAX 512

struct _SvpnSessions {
  const SvpnServerConfig *config;
  SvpnClock *clock;
  GPtrArray *all;         /* SvpnSession, owned; those whose handshake still runs, too */
  SvpnCrowd *handshaking; /* those */
  GQueue unconfirmed;     /* sessions past the handshake that have sent nothing sealed, the oldest first */
  GHashTable *by_id;      /* id -> SvpnSession, past the handshake */
  GPtrArray *places;      /* the same, where each stays in its place; NULL: nobody is there */
  GArray *free_places;    /* guint; also some that are past the end */
  GHashTable *by_host;    /* lease->host -> SvpnSession that has the address now */
  SvpnLeases *leases;     /* of host numbers from SVPN_POOL_FIRST_HOST on */
  GHashTable *authorized; /* static key -> SvpnAuthorized */
  SvpnCounters past;      /* of the sessions that have ended, and of packets that belong to none */
  guint64 total, handshakes_failed, protocol_errors;
};

/* @capacity: host numbers for clients. @handshaking_max: sessions whose handshake runs at a time, half of them of one source
 * (crowd.h). */
SvpnSessions *svpn_sessions_new (const SvpnServerConfig *config, SvpnClock *clock, guint32 capacity,
                                 guint handshaking_max);
void svpn_sessions_free (SvpnSessions *sessions); /* and all sessions, whose connections are dropped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnSessions, svpn_sessions_free)

/* A session of @server that waits for its handshake; the caller gives it its peer and its callback. */
SvpnSession *svpn_sessions_add (SvpnSessions *sessions, SvpnServer *server, const SvpnEndpoint *address);

/* Counts the session, which has its peer by now, among those whose handshake runs; the oldest of the greediest source ends
 * if there are too many. */
void svpn_sessions_begin_handshake (SvpnSessions *sessions, SvpnSession *session);
void svpn_sessions_end_handshake (SvpnSessions *sessions, SvpnSession *session);

/* Forgets and frees a session that has ended. */
void svpn_sessions_remove (SvpnSessions *sessions, SvpnSession *session);

/* NULL with SVPN_ERROR_NO_SUCH_SESSION if there is no session with this id. */
SvpnSession *svpn_sessions_find (SvpnSessions *sessions, const char *id, GError **error);

/* The session is past its handshake: from now on it has its id, and its addresses, unless another has them, from which it
 * takes over once it is confirmed. */
void svpn_sessions_open (SvpnSessions *sessions, SvpnSession *session);
void svpn_sessions_confirm (SvpnSessions *sessions, SvpnSession *session);

/* Another session of the lease is there: ends at once all but the live one, so that it has two at most. */
void svpn_sessions_drop_others (SvpnSessions *sessions, SvpnLease *lease);

/* Makes the session the one its addresses lead to; a session that had them before ends. */
void svpn_sessions_install (SvpnSessions *sessions, SvpnSession *session);

/* Takes addresses, lease and id from a session that has ended or must give way. */
void svpn_sessions_detach (SvpnSessions *sessions, SvpnSession *session);

/* Ends the oldest session that has never proved to have the keys, though it had SVPN_HANDSHAKE_TIMEOUT_MS for that. FALSE
 * if there is none: a session that is alive gives way to nobody. */
gboolean svpn_sessions_evict_unconfirmed (SvpnSessions *sessions) G_GNUC_WARN_UNUSED_RESULT;

/* The settings that can change have changed; with @pushed also those that clients are told. @handshaking_max: as at the
 * beginning. */
void svpn_sessions_reconfigure (SvpnSessions *sessions, gboolean pushed, guint handshaking_max);

/* Of all sessions there are and were. */
SvpnCounters svpn_sessions_sum (SvpnSessions *sessions);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One client of a server: what the server knows of it besides its peer. Internal to server.c, server-admin.c and
 * admit.c. */
#pragma once

#include "authorized.h"
#include "front.h"
#include "hello.h"
#include "leases.h"
#include "peer.h"
#include "server.h"
#include "shaper.h"
#include "too-big.h"
#include "tun.h"

#define SVPN_SESSION_ID_SIZE 16

typedef struct {
  SvpnServer *server;
  SvpnPeer *peer;
  char *remote_address;
  guint handshake_timer; /* then: until the client must have proved that it has the keys */
  guint expiry_timer;    /* of its authorization */
  /* from the handshake on */
  char id[SVPN_SESSION_ID_SIZE + 1]; /* "" before */
  SvpnLease *lease;
  char *name;
  uint8_t static_key[SVPN_KEY_SIZE];
  gboolean has_static_key;
  gboolean confirmed; /* a sealed frame has come: the client is no replay */
  guint mtu;
  SvpnCapabilities capabilities;
  gint64 since_us; /* monotonic */
  gint64 since_unix_s;
  SvpnShaper *ingress; /* what came from the client faster than its limit; NULL: it has none */
  gboolean dirty;      /* has packets to flush */
} SvpnSession;

struct _SvpnServer {
  SvpnServerConfig *config;
  const SvpnServerEvents *events;
  gpointer user_data;
  SvpnFront *front;
  SvpnFrontCounters front_counters; /* of a front that is gone */
  SvpnTun *tun;
  SvpnLeases *leases;
  GPtrArray *connections; /* SvpnSession, owned, all of them */
  GHashTable *by_id;      /* id -> SvpnSession, past the handshake */
  GHashTable *by_host;    /* lease->host -> SvpnSession that has the address now */
  GPtrArray *dirty;
  guint flush_source;
  SvpnTooBig too_big;
  GHashTable *authorized; /* static key -> SvpnAuthorized */
  gboolean stopping;
  SvpnCounters past; /* of the sessions that have ended */
  guint64 sessions_total, handshakes_failed, protocol_errors;
};

/* Answers message 1: opens the session or refuses it. */
void svpn_session_admit (SvpnSession *session, const uint8_t *payload, size_t size);

/* Makes the session the one its addresses lead to; a session that had them before ends. */
void svpn_session_install (SvpnSession *session);

/* Whether the client that has connected may be here. NULL, or what it is told. */
const char *svpn_session_check_authorization (SvpnSession *session);

/* Puts the limits and the expiry of the session in force: its lease's, its authorization's, or the server's default. */
void svpn_session_apply_terms (SvpnSession *session);

/* Of both directions. Rate 0: none. */
void svpn_session_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes);

/* Hands what came from the client (a SvpnSession) on, as fast as its limit allows. */
void svpn_session_drain_ingress (gpointer session);

/* Begins to check that the client is alive. */
void svpn_session_start_vitals (SvpnSession *session);

/* Takes addresses, lease and name from a session that has ended or must give way. */
void svpn_session_detach (SvpnSession *session);

/* Up to date; those of the peer. */
SvpnCounters *svpn_session_get_counters (SvpnSession *session);

GVariant *svpn_session_to_variant (SvpnSession *session); /* a{sv}, floating */

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One client of a server: what the server knows of it besides its peer. Internal to server.c and admit.c. */
#pragma once

#include "front.h"
#include "hello.h"
#include "leases.h"
#include "peer.h"
#include "server.h"
#include "tun.h"

#define SVPN_SESSION_ID_SIZE 16

typedef struct {
  SvpnServer *server;
  SvpnPeer *peer;
  char *remote_address;
  guint handshake_timer;
  /* from the handshake on */
  char id[SVPN_SESSION_ID_SIZE + 1]; /* "" before */
  SvpnLease *lease;
  char *name;
  uint8_t static_key[SVPN_KEY_SIZE];
  gboolean has_static_key;
  gboolean confirmed; /* a sealed frame has come: the client is no replay */
  guint mtu;
  gint64 since_us; /* monotonic */
  gint64 since_unix_s;
  gboolean dirty; /* has packets to flush */
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
  gboolean stopping;
  SvpnCounters past; /* of the sessions that have ended */
  guint64 sessions_total, handshakes_failed, protocol_errors;
};

/* Answers message 1: opens the session or refuses it. */
void svpn_session_admit (SvpnSession *session, const uint8_t *payload, size_t size);

/* Makes the session the one its addresses lead to; a session that had them before ends. */
void svpn_session_install (SvpnSession *session);

/* Takes addresses, lease and name from a session that has ended or must give way. */
void svpn_session_detach (SvpnSession *session);

GVariant *svpn_session_to_variant (SvpnSession *session); /* a{sv}, floating */

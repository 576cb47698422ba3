/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One client of a server: its peer, and everything else that the server knows about it. Private to this room. */
#pragma once

#include "crowd.h"
#include "hello.h"
#include "leases.h"
#include "peer.h"
#include "server-config.h"
#include "shaper.h"

#define SVPN_SESSION_ID_SIZE 16

typedef struct _SvpnServer SvpnServer;
typedef struct _SvpnSessions SvpnSessions;

typedef struct {
  SvpnServer *server;
  SvpnSessions *sessions;
  guint index; /* in sessions->all */
  guint place; /* in sessions->places; G_MAXUINT: none */
  const SvpnServerConfig *config;
  SvpnClock *clock;
  SvpnPeer *peer;
  char *remote_address;
  SvpnPrefix remote;           /* the same, to count by */
  SvpnCrowdMember handshaking; /* until the handshake is done */
  SvpnTimer *handshake_timer;  /* then: until the client must have proved that it has the keys */
  SvpnTimer *expiry_timer;     /* of its authorization */
  /* from the handshake on */
  char id[SVPN_SESSION_ID_SIZE + 1]; /* "" before */
  SvpnLease *lease;                  /* NULL before, and once it was detached */
  char *name;
  uint8_t static_key[SVPN_KEY_SIZE];
  gboolean has_static_key;
  GList unconfirmed_link;
  gboolean confirmed; /* a sealed frame has come: the client is not a replay */
  guint mtu;
  SvpnCapabilities capabilities;
  guint64 since_us; /* boot time */
  gint64 since_unix_us;
  SvpnShaper *ingress; /* packets that came from the client faster than its limit; NULL: it never had one */
  void (*ingress_ready) (gpointer session);
  gboolean dirty; /* has packets to flush */
} SvpnSession;

void svpn_session_free (SvpnSession *session);

/* Of both directions. Rate 0: none. */
void svpn_session_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes);

/* Begins to check that the client is alive. */
void svpn_session_start_dpd (SvpnSession *session);

/* Up to date; those of the peer. */
SvpnCounters *svpn_session_get_counters (SvpnSession *session);

/* As org.smartvpn.Server.ListClients() has it, and with what GetClientTelemetry() adds (a{sv}, floating). */
GVariant *svpn_session_to_variant (SvpnSession *session);
GVariant *svpn_session_telemetry (SvpnSession *session);

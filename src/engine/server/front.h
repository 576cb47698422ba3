/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to the network: accepts connections, ends TLS, answers HTTP as a plain web site, and hands on the
 * WebSockets that clients ask for with a valid admission proof. */
#pragma once

#include "server-config.h"
#include "transport.h"

typedef struct _SvpnFront SvpnFront;

/* Connections that are not sessions, or not yet. Further ones are closed at once. */
#define SVPN_FRONT_PENDING_MAX 512
/* Such a connection has this long for TLS and its first request, and then between requests, or it is closed. */
#define SVPN_FRONT_REQUEST_TIMEOUT_S 10
#define SVPN_FRONT_IDLE_TIMEOUT_S 30

typedef struct {
  /* An admitted WebSocket. @remote_address: "IP:port" or "[IP]:port". */
  void (*upgraded) (const SvpnCarrier *carrier, const char *remote_address, gpointer user_data);
} SvpnFrontEvents;

typedef struct {
  guint64 admissions_refused;  /* upgrades of the tunnel's path without a valid proof */
  guint64 admissions_replayed; /* with one that was used before */
} SvpnFrontCounters;

/* @config lives as long as the front. */
SvpnFront *svpn_front_new (const SvpnServerConfig *config, SvpnClock *clock, const SvpnFrontEvents *events,
                           gpointer user_data);
void svpn_front_free (SvpnFront *front); /* closes the listeners and all pending connections */

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_front_listen (SvpnFront *front, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For connections from now on; plain HTTP stays plain. */
void svpn_front_set_certificate (SvpnFront *front, GTlsCertificate *certificate);

const SvpnFrontCounters *svpn_front_get_counters (SvpnFront *front);

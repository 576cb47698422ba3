/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to the network: accepts connections, ends TLS, answers HTTP as a plain web site, and hands on the
 * WebSocket of whoever asks for it with a valid admission proof. */
#pragma once

#include "admission.h"
#include <gio/gio.h>

typedef struct _SvpnFront SvpnFront;

/* Connections that are not, or not yet, sessions: more are closed at once. */
#define SVPN_FRONT_PENDING_MAX 512
/* Such a connection has this long for TLS and its first request, and then between requests, or it is closed. */
#define SVPN_FRONT_REQUEST_TIMEOUT_S 10
#define SVPN_FRONT_IDLE_TIMEOUT_S 30

typedef struct {
  char *path;                   /* of the tunnel, "/..." */
  GTlsCertificate *certificate; /* with its key; NULL: plain HTTP */
  const uint8_t *private_key;   /* the server's static key, 32 bytes, lives as long as the front */
  gboolean require_proof;
} SvpnFrontConfig;

typedef struct {
  /* An admitted WebSocket. @remote_address: "IP:port" or "[IP]:port". */
  void (*upgraded) (GIOStream *stream, GSocket *socket, const char *remote_address, gpointer user_data);
} SvpnFrontEvents;

typedef struct {
  guint64 admissions_refused;  /* upgrades of the tunnel's path without a valid proof */
  guint64 admissions_replayed; /* with one that was used before */
} SvpnFrontCounters;

/* Takes over what @config holds. */
SvpnFront *svpn_front_new (const SvpnFrontConfig *config, const SvpnFrontEvents *events, gpointer user_data);
void svpn_front_free (SvpnFront *front); /* closes the listeners and all pending connections */

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_front_listen (SvpnFront *front, int fd, GError **error);

/* For connections from now on; plain HTTP stays plain. */
void svpn_front_set_certificate (SvpnFront *front, GTlsCertificate *certificate);

const SvpnFrontCounters *svpn_front_get_counters (SvpnFront *front);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to the network: all connections that are not sessions, or not yet. Bounds what they hold, shows them
 * a web site, and hands on the WebSockets that clients ask for with a valid admission proof. */
#pragma once

#include "clock.h"
#include "endpoint.h"
#include "carrier-line.h"
#include "poller.h"
#include "server-config.h"

typedef struct _SvpnFront SvpnFront;

/* Connections that have sent nothing whole so far, and those that have TLS or a request: in all, and of one source (an
 * IPv4 address, or an IPv6 network of 64 bits). */
#define SVPN_FRONT_SILENT_MAX 2048
#define SVPN_FRONT_SILENT_PER_SOURCE_MAX 1024
#define SVPN_FRONT_BUSY_MAX                                                                                  \
  512 /* half of them of one source; fewer where limits of the process leave less room */

typedef struct {
  /* An admitted WebSocket; takes over @line. @address: whom it is from. */
  void (*upgraded) (SvpnLine *line, const SvpnEndpoint *address, gpointer user_data);
} SvpnFrontEvents;

typedef struct {
  guint64 admissions_refused;  /* upgrades of the tunnel's path without a valid proof */
  guint64 admissions_replayed; /* with one that was used before */
  guint64 connections_evicted; /* made room for others */
  guint64 connections_refused; /* there was no room */
} SvpnFrontCounters;

/* @config lives as long as the front. */
SvpnFront *svpn_front_new (const SvpnServerConfig *config, SvpnClock *clock, SvpnPoller *poller,
                           const SvpnFrontEvents *events, gpointer user_data, GError **error);
void svpn_front_free (SvpnFront *front); /* closes the listeners and all its connections */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnFront, svpn_front_free)

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_front_listen (SvpnFront *front, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For connections from now on; plain HTTP stays plain. */
void svpn_front_set_tls (SvpnFront *front, SvpnTlsContext *tls);

/* The settings of @config that can change have changed, for requests from now on. FALSE if its decoy cannot be used; then all
 * is as before. */
gboolean svpn_front_reconfigure (SvpnFront *front, const SvpnServerConfig *config,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

SvpnFrontCounters svpn_front_get_counters (SvpnFront *front);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client of the protocol (docs/protocol.md) that does no more than load needs: it connects, answers keepalives, sends
 * and takes packets. Holds no buffers while it is idle. */
#pragma once

#include "link.h"
#include "noise.h"
#include "seal.h"
#include "websocket.h"

typedef enum {
  TUNNEL_CONNECTING, /* TCP and TLS */
  TUNNEL_UPGRADING,
  TUNNEL_SHAKING,
  TUNNEL_OPEN,
  TUNNEL_CLOSED,
} TunnelState;

typedef struct {
  Link link;
  TunnelState state;
  gint64 started_us;
  GByteArray *partial; /* of a head or a frame; NULL: none */
  SvpnWsParser parser;
  SvpnNoise *noise; /* while shaking hands */
  SvpnSealKey send_key, receive_key;
  guint32 address, gateway; /* IPv4, network byte order */
} Tunnel;

typedef struct {
  LinkTarget link;
  const char *path;
  guint8 server_key[32];
  /* All may be called from tunnel_run(). @reason: why it did not come to be, or has ended; static, or valid during the
   * call. */
  void (*opened) (Tunnel *tunnel);
  void (*packet) (Tunnel *tunnel, const guint8 *packet, gsize size);
  void (*closed) (Tunnel *tunnel, const char *reason);
} TunnelTarget;

/* Calls closed, if it fails at once, before it returns. */
void tunnel_open (Tunnel *tunnel, const TunnelTarget *target, guint number);

/* Something may be read or written: does all that is possible, for an edge-triggered epoll. */
void tunnel_run (Tunnel *tunnel, const TunnelTarget *target);

/* FALSE if the socket has no room: nothing is sent. Of an open one. */
gboolean tunnel_send (Tunnel *tunnel, guint8 type, const guint8 *plain, gsize size);

/* Calls nothing back. */
void tunnel_close (Tunnel *tunnel);

/* An upgrade request for the tunnel, with a fresh proof. */
char *tunnel_upgrade_request (const TunnelTarget *target);

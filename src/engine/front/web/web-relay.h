/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's connection handed on to another web server, byte by byte both ways, so that every answer, error, time-out and
 * keep-alive is that server's own. Holds at most SVPN_RELAY_BUFFER_MAX bytes a direction, and none while both ends take
 * what comes. */
#pragma once

#include "channel.h"
#include "proxy-protocol.h"

#define SVPN_RELAY_BUFFER_MAX 16384
#define SVPN_RELAY_CONNECT_TIMEOUT_S 5
/* Longer than web servers wait for a request or a client, so that theirs come first. */
#define SVPN_RELAY_IDLE_TIMEOUT_S 180
/* After the other server has ended the connection, for a client that goes on sending. */
#define SVPN_RELAY_LINGER_S 5

typedef struct {
  SvpnEndpoint origin;
  guint proxy_version; /* of the PROXY header that the origin wants first; 0: none */
  int fd_max;          /* descriptors from this one on are reserved for others; 0: none are */
} SvpnRelayConfig;

typedef struct _SvpnRelay SvpnRelay;

typedef enum {
  SVPN_RELAY_GOING,
  SVPN_RELAY_ENDED, /* both directions have ended in order, or a time is up */
  SVPN_RELAY_RESET, /* one end broke off; the client's connection should be reset, the origin's will be */
  SVPN_RELAY_UNREACHABLE, /* the origin does not answer; nothing was sent to the client */
} SvpnRelayState;

/* Connects to the origin. @client stays the caller's. @bytes: what the client has sent so far. @source, @destination: of
 * the client's connection, for the PROXY header. NULL with errno if there is no socket or no memory. */
SvpnRelay *svpn_relay_new (const SvpnRelayConfig *config, const SvpnChannel *client,
                           const SvpnEndpoint *source, const SvpnEndpoint *destination, const guint8 *bytes,
                           gsize size, gint64 monotonic_us);
void svpn_relay_free (SvpnRelay *relay); /* closes the connection to the origin */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnRelay, svpn_relay_free)

SvpnRelayState svpn_relay_run (SvpnRelay *relay, gint64 monotonic_us, SvpnWish *wish);

/* The socket to the origin, for as long as the relay lives. */
int svpn_relay_get_fd (SvpnRelay *relay);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A connection to the server from its first byte until it is a WebSocket of the tunnel, or gone. */
#pragma once

#include "gate.h"
#include "web-relay.h"
#include "response.h"

/* For everything up to a whole request head, and for each next request. */
#define SVPN_STRANGER_HEAD_TIMEOUT_S 20
#define SVPN_STRANGER_KEEP_ALIVE_TIMEOUT_S 75
/* For the client to take a part of an answer. */
#define SVPN_STRANGER_SEND_TIMEOUT_S 60
/* For it to close the connection after our end, and the bytes that are then taken off it, so that it gets to see our last
 * ones before a reset. */
#define SVPN_STRANGER_LINGER_S 5
#define SVPN_STRANGER_LINGER_MAX (1024 * 1024)

typedef struct {
  SvpnTlsContext *tls; /* NULL: plain HTTP */
  SvpnGate *gate;
  const SvpnRelayConfig *origin; /* where those go who are not admitted; NULL: they see the site */
  SvpnSite *site;
  const SvpnPrefix *trusted; /* networks of proxies that may say whom a connection is from */
  guint n_trusted;
} SvpnStrangerConfig;

typedef struct _SvpnStranger SvpnStranger;

typedef enum {
  SVPN_STRANGER_GOING,
  SVPN_STRANGER_ADMITTED, /* has got its 101: take it with svpn_stranger_steal() */
  SVPN_STRANGER_GONE,     /* free it */
} SvpnStrangerState;

/* @config lives as long as the stranger; what it holds may be replaced between runs, and counts from then on, but for
 * @config->tls, which counts for connections from now on. Takes over @fd, an accepted TCP socket that is non-blocking, unless it returns
 * NULL: there is no memory for it. */
SvpnStranger *svpn_stranger_new (const SvpnStrangerConfig *config, int fd, const SvpnEndpoint *peer,
                                 gint64 monotonic_us);
void svpn_stranger_free (SvpnStranger *stranger); /* closes the connection */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnStranger, svpn_stranger_free)

/* Does what can be done, and says what it waits for. */
SvpnStrangerState svpn_stranger_run (SvpnStranger *stranger, gint64 monotonic_us, gint64 unix_time,
                                     SvpnWish *wish);

/* The sockets that a wish is about; that to the origin is -1 while there is none. */
int svpn_stranger_get_fd (const SvpnStranger *stranger);
int svpn_stranger_get_origin_fd (const SvpnStranger *stranger);

/* Whom it is from, as far as is known: the peer, or whom a trusted proxy names (then perhaps without a port, 0). */
const SvpnEndpoint *svpn_stranger_get_address (const SvpnStranger *stranger);

/* Whether it holds more of ours than its socket: TLS, or a request. */
gboolean svpn_stranger_is_heavy (const SvpnStranger *stranger);

/* Of an admitted one: hands over the connection, and what the client has sent behind the request (valid until the
 * stranger is freed). */
SvpnChannel svpn_stranger_steal (SvpnStranger *stranger, const guint8 **bytes, gsize *size);

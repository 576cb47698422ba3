/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way of packets at a server: between its TUN device and the sessions, and from session to session where that is
 * allowed. Seen inside this room only. */
#pragma once

#include "sessions.h"

typedef struct _SvpnRouter SvpnRouter;

/* Takes over @tun_fd. */
SvpnRouter *svpn_router_new (SvpnSessions *sessions, int tun_fd);

/* Takes over @tun_fd, in place of the device before. */
void svpn_router_attach_tun (SvpnRouter *router, int tun_fd);
void svpn_router_free (SvpnRouter *router);

/* A packet from the session's client: it goes on if its source is the client's own, as fast as its limit allows.
 * svpn_router_flush() follows the last one of a burst. */
void svpn_router_receive (SvpnRouter *router, SvpnSession *session, const SvpnPacket *packet,
                          const uint8_t *data);

/* Ends a burst of packets: sends what was queued of it. */
void svpn_router_flush (SvpnRouter *router);

/* Hands on the packets that wait in session->ingress, as far as the limit allows. */
void svpn_router_drain (SvpnRouter *router, SvpnSession *session);

/* The session is about to be freed. */
void svpn_router_forget (SvpnRouter *router, SvpnSession *session);

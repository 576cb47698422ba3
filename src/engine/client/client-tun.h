/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's TUN device: its packets go to the current session, the session's packets to it. It stays when a session
 * is lost; packets that come meanwhile are dropped. */
#pragma once

#include "client-history.h"
#include "peer.h"
#include "welcome.h"

typedef struct _SvpnClientTun SvpnClientTun;

/* @failed is called when the device is gone; the object may not be freed in it. */
SvpnClientTun *svpn_client_tun_new (SvpnClock *clock, void (*failed) (const char *reason, gpointer user_data),
                                    gpointer user_data);
void svpn_client_tun_free (SvpnClientTun *tun);

/* From now on @history, which outlives the packets, is woken by each of them. */
void svpn_client_tun_set_history (SvpnClientTun *tun, SvpnClientHistory *history);

/* Takes over @fd, in place of a device that was attached before. */
void svpn_client_tun_attach (SvpnClientTun *tun, int fd);
gboolean svpn_client_tun_is_attached (SvpnClientTun *tun);

/* From now on packets go to @peer, from the addresses of @welcome; both stay the caller's. NULL, NULL: there is no
 * session. */
void svpn_client_tun_set_session (SvpnClientTun *tun, SvpnPeer *peer, const SvpnWelcome *welcome);

/* A packet that the session's peer has received; svpn_client_tun_flush() follows the last one of a burst. */
void svpn_client_tun_receive (SvpnClientTun *tun, const SvpnPacket *packet, const uint8_t *data);
void svpn_client_tun_flush (SvpnClientTun *tun);

/* From which networks packets are taken off the tunnel, as svpn_client_set_networks() has it. */
void svpn_client_tun_set_networks (SvpnClientTun *tun, const char *const *routes, const char *const *local);

/* Packets that came while there was no session. */
guint64 svpn_client_tun_get_drops (SvpnClientTun *tun);

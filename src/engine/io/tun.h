/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The TUN device, handed to us as an open fd (IFF_TUN | IFF_NO_PI). With IFF_VNET_HDR the kernel leaves the cutting of TCP
 * segments and checksums to us, and takes packets that are left like that (core/gso.h); without, it gets whole ones. */
#pragma once

#include "gso.h"
#include <gio/gio.h>

typedef struct _SvpnTun SvpnTun;

typedef struct {
  /* One packet from the kernel, perhaps a super-packet. It may be changed in place. */
  void (*packet) (const SvpnPacket *packet, uint8_t *data, gpointer user_data);
  /* Something from the kernel that is not IP. */
  void (*malformed) (gpointer user_data);
  /* The burst of packets is over: flush. */
  void (*burst_end) (gpointer user_data);
  /* The device is gone. Called once; the tun may not be freed in it. */
  void (*failed) (const GError *error, gpointer user_data);
} SvpnTunEvents;

/* Takes over @fd and starts to read in the main loop, as fast as packets come, so that they wait in our queues. */
SvpnTun *svpn_tun_new (int fd, const SvpnTunEvents *events, gpointer user_data);
void svpn_tun_free (SvpnTun *tun);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTun, svpn_tun_free)

/* Hands a packet to the kernel, at svpn_tun_flush() at the latest: segments that follow one another are put together
 * before. One that the kernel does not take is lost, as on any network. */
void svpn_tun_write (SvpnTun *tun, const SvpnPacket *packet, const uint8_t *data);
void svpn_tun_flush (SvpnTun *tun);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What peer.c and peer-rekey.c share. */
#pragma once

#include "packet-queue.h"
#include "peer.h"
#include "seal.h"
#include "shaper.h"

typedef struct {
  SvpnSealKey send, receive;
  SvpnRekeyKeys next; /* of a rekey under way */
  bool has_next_send, has_next_receive;
} PeerKeys;

struct _SvpnPeer {
  SvpnTransport *transport;
  SvpnWsRole role;
  const SvpnPeerEvents *events;
  gpointer user_data;
  SvpnPeerState state;
  gboolean confirmed;
  PeerKeys *keys; /* sodium_malloc()ed */
  SvpnPacketQueue urgent;
  SvpnShaper *shaper;
  SvpnVitals *vitals;
  SvpnRekey *rekey; /* NULL: not negotiated */
  guint rekey_source;
  guint64 rekey_bytes; /* per key, 0: no bound */
  guint64 keyed_bytes; /* IP bytes of both directions when the keys were new */
  SvpnCounters counters;
  SvpnPeerEnd end; /* why we are CLOSING */
  char *end_reason;
};

/* Queues a frame that goes before all packets, and flushes. A full queue, which takes a flood of requests, drops it. */
void svpn_peer_send_urgent (SvpnPeer *peer, SvpnFrameType type, const uint8_t *data, size_t size);

/* Called when an urgent frame has been sealed: some are the last under their key. */
void svpn_peer_switch_send_key (SvpnPeer *peer, uint8_t type);

/* Begins a rekey if the keys have carried as much as they may. */
void svpn_peer_rekey_if_used_up (SvpnPeer *peer);

/* Called on the three frames of a rekey. */
void svpn_peer_receive_rekey_init (SvpnPeer *peer, const uint8_t *data, size_t size);
void svpn_peer_receive_rekey_resp (SvpnPeer *peer, const uint8_t *data, size_t size);
void svpn_peer_receive_rekey_done (SvpnPeer *peer, size_t size);

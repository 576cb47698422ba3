/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of a peer share: peer.c (its life, and sending), peer-receive.c, peer-rekey.c. */
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
  SvpnClock *clock;
  SvpnWsRole role;
  const SvpnPeerEvents *events;
  gpointer user_data;
  SvpnPeerState state;
  gboolean confirmed;
  gboolean gso;   /* super-packets were agreed on */
  PeerKeys *keys; /* of the secret pool */
  SvpnPacketQueue urgent;
  SvpnShaper *shaper;
  SvpnDpd *dpd;
  SvpnRekey *rekey; /* NULL: not negotiated */
  SvpnTimer *rekey_timer;
  guint rekey_interval_s; /* 0: no bound */
  guint64 rekey_bytes;    /* per key, 0: no bound */
  guint64 keyed_bytes;    /* IP bytes of both directions when the keys were new */
  SvpnCounters counters;
  SvpnPeerEnd end; /* why we are CLOSING */
  char *end_reason;
};

/* Queues a frame that goes before all packets, and flushes. FALSE if the queue is full: the other side asks faster than it
 * reads what we answer. */
gboolean svpn_peer_send_urgent (SvpnPeer *peer, SvpnFrameType type, const uint8_t *data,
                                size_t size) G_GNUC_WARN_UNUSED_RESULT;

/* --- peer-receive.c --- */

/* Called on each frame that has arrived. */
void svpn_peer_receive (const SvpnFrameHeader *header, uint8_t *payload, gpointer peer);

/* Called on DISCONNECT. */
void svpn_peer_end_by_goodbye (SvpnPeer *peer, const char *reason, gboolean is_final);

/* --- peer-rekey.c --- */

/* Called when an urgent frame has been sealed: some are the last under their key. */
void svpn_peer_switch_send_key (SvpnPeer *peer, uint8_t type);

/* Begins a rekey if the keys have carried as much as they may. */
void svpn_peer_rekey_if_used_up (SvpnPeer *peer);

/* Called when the keys have been in use for rekey_interval_s. */
void svpn_peer_on_rekey_time (gpointer peer);

/* Called on the three frames of a rekey. */
void svpn_peer_receive_rekey_init (SvpnPeer *peer, const uint8_t *data, size_t size);
void svpn_peer_receive_rekey_resp (SvpnPeer *peer, const uint8_t *data, size_t size);
void svpn_peer_receive_rekey_done (SvpnPeer *peer, size_t size);

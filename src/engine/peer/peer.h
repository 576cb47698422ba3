/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The other end of one session, the same code for clients and servers: clear frames until keys are set, sealed ones
 * after, queues to it, counters, and the end with its reason. */
#pragma once

#include "counters.h"
#include "dpd.h"
#include "packet.h"
#include "rekey.h"
#include "transport.h"

typedef struct _SvpnPeer SvpnPeer;

typedef enum {
  SVPN_PEER_HANDSHAKE, /* no keys yet */
  SVPN_PEER_OPEN,
  SVPN_PEER_CLOSING, /* DISCONNECT or a refusal is on its way */
  SVPN_PEER_CLOSED,
} SvpnPeerState;

typedef enum {
  SVPN_PEER_END_LOCAL,    /* we ended it */
  SVPN_PEER_END_GOODBYE,  /* the other side sent DISCONNECT, with its reason, for good */
  SVPN_PEER_END_PAUSE,    /* likewise, but one may come back */
  SVPN_PEER_END_CLOSED,   /* a close frame without DISCONNECT, perhaps of a proxy */
  SVPN_PEER_END_BROKEN,   /* the connection broke */
  SVPN_PEER_END_DEAD,     /* the other side no longer answers keepalives */
  SVPN_PEER_END_PROTOCOL, /* the other side violated the protocol, or its frames were altered on the way */
} SvpnPeerEnd;

typedef struct {
  /* A frame before the keys are set: 0x01 or 0x02. */
  void (*handshake) (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data);
  /* The first sealed frame has opened: the other side has the keys. */
  void (*confirmed) (gpointer user_data);
  /* A well-formed IP packet, packet->size bytes at @data; a super-packet (core/gso.h) if that was agreed on. */
  void (*packet) (const SvpnPacket *packet, const uint8_t *data, gpointer user_data);
  /* All that has arrived was handed on, for now: flush. May be NULL. */
  void (*burst_end) (gpointer user_data);
  /* A CONTROL frame; may be NULL. */
  void (*control) (const uint8_t *json, size_t size, gpointer user_data);
  /* May be NULL. */
  void (*health_changed) (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data);
  /* The session is over. Called once, last, from the main loop; the owner may free the peer in it, and only there or
   * from the main loop itself, never in the other callbacks. */
  void (*ended) (SvpnPeerEnd end, const char *reason, gpointer user_data);
} SvpnPeerEvents;

/* @line: as for svpn_transport_new(). NULL, and the line is closed, if there is no locked memory for its keys. */
SvpnPeer *svpn_peer_new (SvpnLine *line, SvpnWsRole role, SvpnClock *clock, const SvpnPeerEvents *events,
                         gpointer user_data);
/* Hands the peer to another owner. */
void svpn_peer_set_events (SvpnPeer *peer, const SvpnPeerEvents *events, gpointer user_data);
void svpn_peer_free (SvpnPeer *peer); /* the connection, if it still stands, is dropped */

/* Sends a frame in the clear (HANDSHAKE_INIT, HANDSHAKE_RESP). */
void svpn_peer_send_clear (SvpnPeer *peer, SvpnFrameType type, const uint8_t *payload, size_t size);

/* The handshake is done: everything queued from now on is sealed. */
void svpn_peer_open (SvpnPeer *peer, const uint8_t send_key[SVPN_KEY_SIZE],
                     const uint8_t receive_key[SVPN_KEY_SIZE]);

/* Services of the session, which run by themselves once it is open. */
void svpn_peer_set_qos (SvpnPeer *peer, gboolean enabled); /* default: enabled */
void svpn_peer_set_limit (SvpnPeer *peer, guint64 rate_bytes_per_s,
                          guint64 burst_bytes); /* of sending; 0: none */
void svpn_peer_get_limit (SvpnPeer *peer, guint64 *rate_bytes_per_s, guint64 *burst_bytes);
void svpn_peer_start_dpd (SvpnPeer *peer, const SvpnKeepaliveConfig *config); /* a second call does nothing */

/* Lets the keys be renewed; takes over @rekey. A client does it every @interval_s seconds and every @mib MiB of both
 * directions (0: not for that), a server when asked to. */
void svpn_peer_enable_rekey (SvpnPeer *peer, SvpnRekey *rekey, guint interval_s, guint mib);

/* Whether super-packets were agreed on. Default: they are cut before they are sent, and none are taken. */
void svpn_peer_set_gso (SvpnPeer *peer, gboolean gso);

/* Queues an IP packet or super-packet; full queues drop and count. Call svpn_peer_flush() after the last one of a burst. */
void svpn_peer_send_packet (SvpnPeer *peer, const SvpnPacket *packet, const uint8_t *data);
void svpn_peer_flush (SvpnPeer *peer);

/* The other side has said goodbye, for good or not: `ended` has its words. */
gboolean svpn_peer_end_is_goodbye (SvpnPeerEnd end);

/* "CODE: @reason" (reason.h) of an end; @reason itself of LOCAL and of a goodbye. */
char *svpn_peer_end_text (SvpnPeerEnd end, const char *reason) G_GNUC_WARN_UNUSED_RESULT;

/* Sends a CONTROL frame; if there is no room for it, the other side goes without. */
void svpn_peer_send_control (SvpnPeer *peer, const char *json);

/* Ends the session: DISCONNECT with @reason if it is open, then the close frame. `ended` follows. The other side may come
 * back by itself, unless it is dismissed. */
void svpn_peer_disconnect (SvpnPeer *peer, const char *reason);
void svpn_peer_dismiss (SvpnPeer *peer, const char *reason);

/* Ends the session without a word: nothing more is sent. `ended` follows. */
void svpn_peer_drop (SvpnPeer *peer, const char *reason);

/* The other side violated the protocol in a way that only the owner sees (a bad handshake). */
void svpn_peer_fail (SvpnPeer *peer, const char *reason);

SvpnPeerState svpn_peer_get_state (SvpnPeer *peer);
SvpnCounters *svpn_peer_get_counters (SvpnPeer *peer);

/* Adds "queue-packets" and "queue-bytes", the latter also for each class (t). */
void svpn_peer_queues_to_dict (SvpnPeer *peer, GVariantDict *dict);

/* Checks at once whether the other side is still there; quickly until it answers. */
void svpn_peer_probe (SvpnPeer *peer);

/* NULL before svpn_peer_start_dpd(). */
SvpnDpd *svpn_peer_get_dpd (SvpnPeer *peer);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The other end of one session.
 *
 * How it works: IP packets wait unsealed in `packets`, everything else in `urgent`, which always goes first. Only when
 * the transport asks for bytes are frames sealed, straight into its buffer, so that the implicit sequence is the order on the
 * wire whatever was queued when. */
#include "peer.h"
#include "hello.h"
#include "packet-queue.h"
#include "random-pool.h"
#include "seal.h"

#include <sodium.h>
#include <string.h>

#define PACKET_QUEUE_SIZE (1024 * 1024)
#define URGENT_QUEUE_SIZE (64 * 1024)

typedef struct {
  SvpnSealKey send, receive;
} PeerKeys;

struct _SvpnPeer {
  SvpnTransport *transport;
  const SvpnPeerEvents *events;
  gpointer user_data;
  SvpnPeerState state;
  gboolean confirmed;
  PeerKeys *keys; /* sodium_malloc()ed */
  SvpnPacketQueue urgent, packets;
  SvpnCounters counters;
  SvpnPeerEnd end; /* why we are CLOSING */
  char *end_reason;
};

static const char *
state_name (SvpnPeerState state)
{
  switch (state) {
  case SVPN_PEER_HANDSHAKE:
    return "handshake";
  case SVPN_PEER_OPEN:
    return "open";
  case SVPN_PEER_CLOSING:
    return "closing";
  case SVPN_PEER_CLOSED:
    return "closed";
  }
  g_return_val_if_reached ("?");
}

static void
enter_state (SvpnPeer *peer, SvpnPeerState state, const char *why)
{
  g_debug ("peer %p: %s -> %s: %s", (void *) peer, state_name (peer->state), state_name (state), why);
  peer->state = state;
}

/* --- the end --- */

static void
begin_closing (SvpnPeer *peer, SvpnPeerEnd end, const char *reason, SvpnWsCloseCode code)
{
  if (peer->state == SVPN_PEER_CLOSING || peer->state == SVPN_PEER_CLOSED)
    return;
  peer->end = end;
  peer->end_reason = g_strdup (reason);
  enter_state (peer, SVPN_PEER_CLOSING, reason);
  svpn_transport_shutdown (peer->transport, code);
}

void
svpn_peer_disconnect (SvpnPeer *peer, const char *reason)
{
  g_autofree char *json = NULL;

  if (peer->state == SVPN_PEER_OPEN) {
    json = svpn_reason_to_json (reason);
    svpn_packet_queue_push (&peer->urgent, SVPN_FRAME_DISCONNECT, (uint8_t *) json, strlen (json));
  }
  begin_closing (peer, SVPN_PEER_END_LOCAL, reason, SVPN_WS_CLOSE_NORMAL);
}

void
svpn_peer_fail (SvpnPeer *peer, const char *reason)
{
  begin_closing (peer, SVPN_PEER_END_PROTOCOL, reason, SVPN_WS_CLOSE_POLICY);
}

static void
on_transport_closed (const GError *error, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  SvpnPeerEnd end = peer->end;
  g_autofree char *reason = g_steal_pointer (&peer->end_reason);

  if (peer->state != SVPN_PEER_CLOSING) {
    if (error == NULL) {
      end = SVPN_PEER_END_REMOTE;
      reason = g_strdup ("the other side closed the connection");
    } else {
      end = g_error_matches (error, SVPN_TRANSPORT_ERROR, SVPN_TRANSPORT_ERROR_PROTOCOL)
                ? SVPN_PEER_END_PROTOCOL
                : SVPN_PEER_END_BROKEN;
      reason = g_strdup (error->message);
    }
  }
  enter_state (peer, SVPN_PEER_CLOSED, reason);
  peer->events->ended (end, reason, peer->user_data);
}

/* --- sending --- */

/* Whether frames of @queue may go out in the present state. */
static gboolean
next_frame (SvpnPeer *peer, SvpnPacketQueue **queue, uint8_t *type, const uint8_t **data, size_t *size)
{
  *queue = &peer->urgent;
  if (svpn_packet_queue_peek (*queue, type, data, size))
    return TRUE;
  *queue = &peer->packets;
  return peer->state == SVPN_PEER_OPEN && svpn_packet_queue_peek (*queue, type, data, size);
}

static size_t
write_clear (uint8_t *out, uint8_t type, const uint8_t *data, size_t size)
{
  svpn_frame_header_write (out, type, (uint32_t) size);
  memcpy (out + SVPN_FRAME_HEADER_SIZE, data, size);
  return SVPN_FRAME_HEADER_SIZE + size;
}

static size_t
write_sealed (SvpnPeer *peer, uint8_t *out, uint8_t type, const uint8_t *data, size_t size)
{
  uint8_t nonce[SVPN_NONCE_SIZE];

  svpn_random_bytes (nonce, sizeof nonce);
  peer->counters.frames_sent++;
  if (type == SVPN_FRAME_IP_PACKET) {
    peer->counters.packets_sent++;
    peer->counters.bytes_sent += size;
  }
  return svpn_seal (&peer->keys->send, type, data, size, nonce, out);
}

static size_t
fill (uint8_t *out, size_t target, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  SvpnPacketQueue *queue;
  const uint8_t *data;
  uint8_t type;
  size_t size, written = 0;

  while (written < target && next_frame (peer, &queue, &type, &data, &size)) {
    if (type == SVPN_FRAME_HANDSHAKE_INIT || type == SVPN_FRAME_HANDSHAKE_RESP)
      written += write_clear (out + written, type, data, size);
    else
      written += write_sealed (peer, out + written, type, data, size);
    svpn_packet_queue_pop (queue);
  }
  return written;
}

static gboolean
has_more (gpointer user_data)
{
  SvpnPeer *peer = user_data;
  SvpnPacketQueue *queue;
  const uint8_t *data;
  uint8_t type;
  size_t size;

  return next_frame (peer, &queue, &type, &data, &size);
}

void
svpn_peer_flush (SvpnPeer *peer)
{
  if (peer->state != SVPN_PEER_CLOSED)
    svpn_transport_flush (peer->transport);
}

void
svpn_peer_send_clear (SvpnPeer *peer, SvpnFrameType type, const uint8_t *payload, size_t size)
{
  svpn_packet_queue_push (&peer->urgent, type, payload, size);
  svpn_peer_flush (peer);
}

void
svpn_peer_open (SvpnPeer *peer, const uint8_t send_key[SVPN_KEY_SIZE],
                const uint8_t receive_key[SVPN_KEY_SIZE])
{
  svpn_seal_key_set (&peer->keys->send, send_key);
  svpn_seal_key_set (&peer->keys->receive, receive_key);
  if (peer->state == SVPN_PEER_HANDSHAKE)
    enter_state (peer, SVPN_PEER_OPEN, "handshake complete");
}

void
svpn_peer_send_packet (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  if (peer->state != SVPN_PEER_OPEN
      || !svpn_packet_queue_push (&peer->packets, SVPN_FRAME_IP_PACKET, data, size))
    peer->counters.drops_queue_full++;
}

void
svpn_peer_send_keepalive (SvpnPeer *peer, guint64 timestamp)
{
  guint64 big_endian = GUINT64_TO_BE (timestamp);

  if (peer->state != SVPN_PEER_OPEN)
    return;
  svpn_packet_queue_push (&peer->urgent, SVPN_FRAME_KEEPALIVE, (uint8_t *) &big_endian, SVPN_KEEPALIVE_SIZE);
  svpn_peer_flush (peer);
}

/* --- receiving --- */

static void
receive_packet (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  SvpnPacket packet;

  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK) {
    peer->counters.drops_malformed++;
    return;
  }
  peer->counters.packets_received++;
  peer->counters.bytes_received += packet.size;
  peer->events->packet (&packet, data, peer->user_data);
}

static void
receive_disconnect (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  g_autofree char *reason = svpn_reason_from_json (data, size);

  begin_closing (peer, SVPN_PEER_END_REMOTE, reason, SVPN_WS_CLOSE_NORMAL);
}

/* Dispatches an opened frame. Unknown types are ignored (forward compatibility). */
static void
receive_sealed (SvpnPeer *peer, uint8_t type, const uint8_t *data, size_t size)
{
  switch (type) {
  case SVPN_FRAME_IP_PACKET:
    receive_packet (peer, data, size);
    break;
  case SVPN_FRAME_KEEPALIVE:
    if (size == SVPN_KEEPALIVE_SIZE) {
      svpn_packet_queue_push (&peer->urgent, SVPN_FRAME_KEEPALIVE_ACK, data, size);
      svpn_peer_flush (peer);
    }
    break;
  case SVPN_FRAME_DISCONNECT:
    receive_disconnect (peer, data, size);
    break;
  case SVPN_FRAME_REKEY_INIT:
  case SVPN_FRAME_REKEY_RESP:
  case SVPN_FRAME_REKEY_DONE:
    svpn_peer_fail (peer, "a rekey that was not negotiated");
    break;
  case SVPN_FRAME_IP_SUPERPACKET:
    peer->counters.drops_malformed++; /* the capability was not negotiated */
    break;
  default:
    break;
  }
}

static void
on_frame (const SvpnFrameHeader *header, uint8_t *payload, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  gboolean clear = header->type == SVPN_FRAME_HANDSHAKE_INIT || header->type == SVPN_FRAME_HANDSHAKE_RESP;
  uint8_t *plain;
  ptrdiff_t size;

  if (peer->state == SVPN_PEER_HANDSHAKE) {
    if (clear)
      peer->events->handshake (header->type, payload, header->length, peer->user_data);
    else
      svpn_peer_fail (peer, "a sealed frame before the handshake");
    return;
  }
  if (peer->state != SVPN_PEER_OPEN)
    return;
  if (clear) {
    svpn_peer_fail (peer, "a handshake frame after the handshake");
    return;
  }
  size = svpn_open (&peer->keys->receive, header, payload, &plain);
  if (size < 0) {
    svpn_peer_fail (peer, "a frame is not authentic: damaged, repeated, reordered or retyped on its way");
    return;
  }
  peer->counters.frames_received++;
  if (!peer->confirmed) {
    peer->confirmed = TRUE;
    peer->events->confirmed (peer->user_data);
  }
  receive_sealed (peer, header->type, plain, (size_t) size);
}

/* --- beginning --- */

static const SvpnTransportEvents transport_events = {
  .frame = on_frame,
  .fill = fill,
  .has_more = has_more,
  .closed = on_transport_closed,
};

SvpnPeer *
svpn_peer_new (GIOStream *stream, GSocket *socket, GObject *holder, SvpnWsRole role,
               const SvpnPeerEvents *events, gpointer user_data)
{
  SvpnPeer *peer = g_new0 (SvpnPeer, 1);

  peer->events = events;
  peer->user_data = user_data;
  peer->keys = sodium_malloc (sizeof *peer->keys);
  svpn_packet_queue_init (&peer->urgent, URGENT_QUEUE_SIZE);
  svpn_packet_queue_init (&peer->packets, PACKET_QUEUE_SIZE);
  peer->transport = svpn_transport_new (stream, socket, holder, role, &transport_events, peer);
  return peer;
}

void
svpn_peer_free (SvpnPeer *peer)
{
  svpn_transport_free (peer->transport);
  sodium_free (peer->keys);
  svpn_packet_queue_clear (&peer->urgent);
  svpn_packet_queue_clear (&peer->packets);
  g_free (peer->end_reason);
  g_free (peer);
}

SvpnPeerState
svpn_peer_get_state (SvpnPeer *peer)
{
  return peer->state;
}

SvpnCounters *
svpn_peer_get_counters (SvpnPeer *peer)
{
  peer->counters.wire_bytes_sent = svpn_transport_get_bytes_sent (peer->transport);
  peer->counters.wire_bytes_received = svpn_transport_get_bytes_received (peer->transport);
  return &peer->counters;
}

void
svpn_peer_to_dict (SvpnPeer *peer, GVariantDict *dict)
{
  svpn_counters_to_dict (svpn_peer_get_counters (peer), dict);
  g_variant_dict_insert (dict, "queue-packets", "t", (guint64) peer->packets.entries);
  g_variant_dict_insert (dict, "queue-bytes", "t", (guint64) peer->packets.bytes);
}

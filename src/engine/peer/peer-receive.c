/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Frames that have arrived: opens them, and takes each to its place. */
#include "goodbye.h"
#include "gso.h"
#include "peer-private.h"

#include <string.h>

static void
receive_keepalive (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  if (size == SVPN_KEEPALIVE_SIZE && !svpn_peer_send_urgent (peer, SVPN_FRAME_KEEPALIVE_ACK, data, size))
    g_debug ("peer %p: keepalives come faster than their answers are read", (void *) peer);
}

static void
receive_ack (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  guint64 big_endian;

  if (size != SVPN_KEEPALIVE_SIZE || peer->dpd == NULL)
    return;
  memcpy (&big_endian, data, sizeof big_endian);
  svpn_dpd_on_ack (peer->dpd, GUINT64_FROM_BE (big_endian));
}

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
receive_super_packet (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  SvpnPacket packet;

  if (!peer->gso || svpn_superpacket_parse (data, size, &packet) != SVPN_PACKET_OK) {
    peer->counters.drops_malformed++;
    return;
  }
  data += SVPN_SUPERPACKET_PREFIX_SIZE;
  peer->counters.packets_received += svpn_gso_segments (&packet, data);
  peer->counters.bytes_received += packet.size;
  peer->events->packet (&packet, data, peer->user_data);
}

static void
receive_disconnect (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  gboolean is_final;
  g_autofree char *reason = svpn_goodbye_from_json (data, size, &is_final);

  svpn_peer_end_by_goodbye (peer, reason, is_final);
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
    receive_keepalive (peer, data, size);
    break;
  case SVPN_FRAME_KEEPALIVE_ACK:
    receive_ack (peer, data, size);
    break;
  case SVPN_FRAME_CONTROL:
    if (peer->events->control != NULL)
      peer->events->control (data, size, peer->user_data);
    break;
  case SVPN_FRAME_DISCONNECT:
    receive_disconnect (peer, data, size);
    break;
  case SVPN_FRAME_REKEY_INIT:
    svpn_peer_receive_rekey_init (peer, data, size);
    break;
  case SVPN_FRAME_REKEY_RESP:
    svpn_peer_receive_rekey_resp (peer, data, size);
    break;
  case SVPN_FRAME_REKEY_DONE:
    svpn_peer_receive_rekey_done (peer, size);
    break;
  case SVPN_FRAME_IP_SUPERPACKET:
    receive_super_packet (peer, data, size);
    break;
  default:
    break;
  }
}

void
svpn_peer_receive (const SvpnFrameHeader *header, uint8_t *payload, gpointer user_data)
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
  if (peer->dpd != NULL)
    svpn_dpd_on_heard (peer->dpd);
  if (!peer->confirmed) {
    peer->confirmed = TRUE;
    peer->events->confirmed (peer->user_data);
  }
  receive_sealed (peer, header->type, plain, (size_t) size);
}

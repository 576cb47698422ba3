/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A session's keys renewed while it goes on (docs/protocol.md, "Rekey").
 *
 * How it works: each direction switches at one place in its sequence of frames. The sender switches right after it has
 * sealed the frame that announces the switch, the receiver right after it has opened that frame. */
#include "peer-private.h"

#include <sodium.h>

#define MIB (1024 * 1024ULL)

void
svpn_peer_switch_send_key (SvpnPeer *peer, uint8_t type)
{
  if ((type != SVPN_FRAME_REKEY_RESP && type != SVPN_FRAME_REKEY_DONE) || !peer->keys->has_next_send)
    return;
  svpn_seal_key_set (&peer->keys->send, peer->keys->next.send);
  sodium_memzero (peer->keys->next.send, SVPN_KEY_SIZE);
  peer->keys->has_next_send = false;
}

/* Queues a frame of a rekey; without it the two sides would not agree on their keys. */
static void
queue_rekey (SvpnPeer *peer, SvpnFrameType type, const uint8_t *data, size_t size)
{
  if (!svpn_packet_queue_push (&peer->urgent, SVPN_QUEUE_TAG (type), data, size))
    svpn_peer_fail (peer, "no room for a frame of a rekey: the other side asks faster than it reads");
}

/* Called on a client when it is time for new keys. */
static void
begin_rekey (SvpnPeer *peer)
{
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  size_t size = peer->state == SVPN_PEER_OPEN ? svpn_rekey_begin (peer->rekey, message) : 0;

  if (size > 0)
    queue_rekey (peer, SVPN_FRAME_REKEY_INIT, message, size);
}

void
svpn_peer_on_rekey_time (gpointer user_data)
{
  SvpnPeer *peer = user_data;

  svpn_timer_arm (peer->rekey_timer, peer->rekey_interval_s * 1000ULL);
  begin_rekey (peer);
  svpn_peer_flush (peer);
}

void
svpn_peer_rekey_if_used_up (SvpnPeer *peer)
{
  guint64 bytes = peer->counters.bytes_sent + peer->counters.bytes_received;

  if (peer->rekey_bytes == 0 || bytes - peer->keyed_bytes < peer->rekey_bytes)
    return;
  peer->keyed_bytes = bytes;
  begin_rekey (peer);
}

static void
switch_receive_key (SvpnPeer *peer)
{
  svpn_seal_key_set (&peer->keys->receive, peer->keys->next.receive);
  sodium_memzero (peer->keys->next.receive, SVPN_KEY_SIZE);
  peer->keys->has_next_receive = false;
  peer->counters.rekeys++;
}

/* Called on REKEY_INIT: a server answers, sends with the new key from then on, and waits for REKEY_DONE. */
void
svpn_peer_receive_rekey_init (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  uint8_t answer[SVPN_REKEY_MESSAGE_MAX];
  size_t answer_size = 0;

  if (peer->role == SVPN_WS_SERVER && peer->rekey != NULL && !peer->keys->has_next_receive)
    answer_size = svpn_rekey_answer (peer->rekey, data, size, answer, &peer->keys->next);
  if (answer_size == 0) {
    svpn_peer_fail (peer, "REKEY_INIT is not valid, or not due");
    return;
  }
  peer->keys->has_next_send = peer->keys->has_next_receive = true;
  queue_rekey (peer, SVPN_FRAME_REKEY_RESP, answer, answer_size);
  svpn_peer_flush (peer);
}

/* Called on REKEY_RESP: a client reads with the new key at once, and sends with it after REKEY_DONE. */
void
svpn_peer_receive_rekey_resp (SvpnPeer *peer, const uint8_t *data, size_t size)
{
  if (peer->role != SVPN_WS_CLIENT || peer->rekey == NULL
      || !svpn_rekey_finish (peer->rekey, data, size, &peer->keys->next)) {
    svpn_peer_fail (peer, "REKEY_RESP is not valid, or nobody asked for it");
    return;
  }
  peer->keys->has_next_send = true;
  switch_receive_key (peer);
  queue_rekey (peer, SVPN_FRAME_REKEY_DONE, NULL, 0);
  svpn_peer_flush (peer);
}

void
svpn_peer_receive_rekey_done (SvpnPeer *peer, size_t size)
{
  if (peer->role == SVPN_WS_SERVER && peer->keys->has_next_receive && size == 0)
    switch_receive_key (peer);
  else
    svpn_peer_fail (peer, "REKEY_DONE is not due");
}

void
svpn_peer_enable_rekey (SvpnPeer *peer, SvpnRekey *rekey, guint interval_s, guint mib)
{
  peer->rekey = rekey;
  peer->rekey_bytes = mib * MIB;
  peer->rekey_interval_s = interval_s;
  if (interval_s > 0)
    svpn_timer_arm (peer->rekey_timer, interval_s * 1000ULL);
}

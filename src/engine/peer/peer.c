/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The other end of one session.
 *
 * How it works: IP packets wait unsealed in the shaper, everything else in `urgent`, which always goes first. Only when
 * the transport asks for bytes are frames sealed, straight into its buffer, so that the implicit sequence is the order
 * on the wire whatever was queued when. A rekey switches the sending key at the same place, right after it has
 * sealed the frame that announces the switch. */
#include "fast-aead.h"
#include "goodbye.h"
#include "peer-private.h"
#include "random-pool.h"
#include "reason.h"
#include "secret-pool.h"

#include <sodium.h>
#include <string.h>

#define URGENT_QUEUE_SIZE (64 * 1024)
#define PADDING_MIN 16
#define PADDING_MAX 80

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

gboolean
svpn_peer_end_is_goodbye (SvpnPeerEnd end)
{
  return end == SVPN_PEER_END_GOODBYE || end == SVPN_PEER_END_PAUSE;
}

char *
svpn_peer_end_text (SvpnPeerEnd end, const char *reason)
{
  switch (end) {
  case SVPN_PEER_END_LOCAL:
  case SVPN_PEER_END_GOODBYE:
  case SVPN_PEER_END_PAUSE:
    return g_strdup (reason);
  case SVPN_PEER_END_CLOSED:
  case SVPN_PEER_END_BROKEN:
    return svpn_reason_text (SVPN_REASON_CONNECTION_LOST, reason);
  case SVPN_PEER_END_DEAD:
    return svpn_reason_text (SVPN_REASON_NO_ANSWER, reason);
  case SVPN_PEER_END_PROTOCOL:
    return svpn_reason_text (SVPN_REASON_PROTOCOL_ERROR, reason);
  }
  g_return_val_if_reached (NULL);
}

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

static void
say_goodbye (SvpnPeer *peer, const char *reason, gboolean is_final)
{
  g_autofree char *json = NULL;

  if (peer->state == SVPN_PEER_OPEN) {
    json = svpn_goodbye_to_json (reason, is_final);
    if (!svpn_packet_queue_push (&peer->urgent, SVPN_QUEUE_TAG (SVPN_FRAME_DISCONNECT), (uint8_t *) json,
                                 strlen (json)))
      g_debug ("peer %p: no room for DISCONNECT", (void *) peer);
  }
  begin_closing (peer, SVPN_PEER_END_LOCAL, reason, SVPN_WS_CLOSE_NORMAL);
}

void
svpn_peer_disconnect (SvpnPeer *peer, const char *reason)
{
  say_goodbye (peer, reason, FALSE);
}

void
svpn_peer_dismiss (SvpnPeer *peer, const char *reason)
{
  say_goodbye (peer, reason, TRUE);
}

void
svpn_peer_drop (SvpnPeer *peer, const char *reason)
{
  begin_closing (peer, SVPN_PEER_END_LOCAL, reason, SVPN_WS_CLOSE_NORMAL);
  svpn_transport_abort (peer->transport);
}

void
svpn_peer_fail (SvpnPeer *peer, const char *reason)
{
  begin_closing (peer, SVPN_PEER_END_PROTOCOL, reason, SVPN_WS_CLOSE_POLICY);
}

void
svpn_peer_end_by_goodbye (SvpnPeer *peer, const char *reason, gboolean is_final)
{
  begin_closing (peer, is_final ? SVPN_PEER_END_GOODBYE : SVPN_PEER_END_PAUSE, reason, SVPN_WS_CLOSE_NORMAL);
}

static void
on_transport_closed (const GError *error, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  SvpnPeerEnd end = peer->end;
  g_autofree char *reason = g_steal_pointer (&peer->end_reason);

  if (peer->state != SVPN_PEER_CLOSING) {
    if (error == NULL) {
      end = SVPN_PEER_END_CLOSED;
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
  return svpn_seal (&peer->keys->send, type, data, size, nonce, out);
}

static size_t
write_urgent (SvpnPeer *peer, uint8_t *out)
{
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size, written;

  if (!svpn_packet_queue_peek (&peer->urgent, &tag, &data, &size))
    return 0;
  if (tag.type == SVPN_FRAME_HANDSHAKE_INIT || tag.type == SVPN_FRAME_HANDSHAKE_RESP) {
    written = write_clear (out, tag.type, data, size);
  } else {
    written = write_sealed (peer, out, tag.type, data, size);
    svpn_peer_switch_send_key (peer, tag.type);
  }
  svpn_packet_queue_pop (&peer->urgent);
  return written;
}

static size_t
write_packet (SvpnPeer *peer, uint8_t *out)
{
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size, written;

  if (peer->state != SVPN_PEER_OPEN || !svpn_shaper_peek (peer->shaper, &tag, &data, &size))
    return 0;
  peer->counters.packets_sent += tag.packets;
  peer->counters.bytes_sent += size;
  if (tag.type == SVPN_FRAME_IP_SUPERPACKET) /* its segment size lies before it */
    written = write_sealed (peer, out, tag.type, data - sizeof tag.prefix, size + sizeof tag.prefix);
  else
    written = write_sealed (peer, out, tag.type, data, size);
  svpn_shaper_take (peer->shaper);
  return written;
}

static size_t
fill (uint8_t *out, size_t target, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  guint64 packets_before = peer->counters.packets_sent;
  size_t written = 0;

  svpn_peer_rekey_if_used_up (peer);
  while (written < target) {
    size_t n = write_urgent (peer, out + written);

    if (n == 0)
      n = write_packet (peer, out + written);
    if (n == 0)
      break;
    written += n;
  }
  if (written > 0 && peer->dpd != NULL)
    svpn_dpd_on_sent (peer->dpd);
  if (peer->counters.packets_sent > packets_before && peer->dpd != NULL)
    svpn_dpd_on_packets_sent (peer->dpd);
  return written;
}

static gboolean
has_more (gpointer user_data)
{
  SvpnPeer *peer = user_data;
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size;

  return peer->urgent.entries > 0
         || (peer->state == SVPN_PEER_OPEN && svpn_shaper_peek (peer->shaper, &tag, &data, &size));
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
  if (svpn_packet_queue_push (&peer->urgent, SVPN_QUEUE_TAG (type), payload, size))
    svpn_peer_flush (peer);
  else
    svpn_peer_fail (peer, "no room for a frame of the handshake");
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
svpn_peer_set_gso (SvpnPeer *peer, gboolean gso)
{
  peer->gso = gso;
  svpn_shaper_set_gso (peer->shaper, gso);
}

void
svpn_peer_send_packet (SvpnPeer *peer, const SvpnPacket *packet, const uint8_t *data)
{
  if (peer->state == SVPN_PEER_OPEN)
    svpn_shaper_push (peer->shaper, packet, data, svpn_transport_get_packet_size (peer->transport));
}

static void
on_shaper_ready (gpointer user_data)
{
  svpn_peer_flush (user_data);
}

gboolean
svpn_peer_send_urgent (SvpnPeer *peer, SvpnFrameType type, const uint8_t *data, size_t size)
{
  if (peer->state != SVPN_PEER_OPEN)
    return TRUE; /* nobody waits for it any more */
  if (!svpn_packet_queue_push (&peer->urgent, SVPN_QUEUE_TAG (type), data, size))
    return FALSE;
  svpn_peer_flush (peer);
  return TRUE;
}

/* --- dead peer detection --- */

/* A frame that may be lost. */
static void
send_or_drop (SvpnPeer *peer, SvpnFrameType type, const uint8_t *data, size_t size)
{
  if (!svpn_peer_send_urgent (peer, type, data, size))
    g_debug ("peer %p: no room for a frame of type 0x%02x", (void *) peer, type);
}

void
svpn_peer_send_control (SvpnPeer *peer, const char *json)
{
  send_or_drop (peer, SVPN_FRAME_CONTROL, (const uint8_t *) json, strlen (json));
}

/* Called every so often as long as the session lasts: the time to give memory back, too. */
static void
on_send_keepalive (guint64 timestamp, gpointer user_data)
{
  SvpnPeer *peer = user_data;
  guint64 big_endian = GUINT64_TO_BE (timestamp);

  svpn_packet_queue_trim (&peer->urgent);
  svpn_shaper_trim (peer->shaper);
  send_or_drop (peer, SVPN_FRAME_KEEPALIVE, (uint8_t *) &big_endian, SVPN_KEEPALIVE_SIZE);
}

static void
on_send_padding (gpointer user_data)
{
  static const uint8_t padding[PADDING_MAX];
  guint8 random;

  svpn_random_bytes (&random, sizeof random);
  send_or_drop (user_data, SVPN_FRAME_PADDING, padding, PADDING_MIN + random % (PADDING_MAX - PADDING_MIN));
}

static void
on_health_changed (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data)
{
  SvpnPeer *peer = user_data;

  if (peer->events->health_changed != NULL)
    peer->events->health_changed (new_health, old_health, peer->user_data);
}

static void
on_dead (gpointer user_data)
{
  SvpnPeer *peer = user_data;

  begin_closing (peer, SVPN_PEER_END_DEAD, "the other side no longer answers", SVPN_WS_CLOSE_GOING_AWAY);
  svpn_transport_abort (peer->transport);
}

static const SvpnDpdEvents dpd_events = {
  .send_keepalive = on_send_keepalive,
  .send_padding = on_send_padding,
  .health_changed = on_health_changed,
  .dead = on_dead,
};

void
svpn_peer_start_dpd (SvpnPeer *peer, const SvpnKeepaliveConfig *config)
{
  if (peer->dpd == NULL && peer->state == SVPN_PEER_OPEN)
    peer->dpd = svpn_dpd_new (config, peer->clock, &dpd_events, peer);
}

/* --- beginning and end --- */

static void
on_burst_end (gpointer user_data)
{
  SvpnPeer *peer = user_data;

  if (peer->events->burst_end != NULL)
    peer->events->burst_end (peer->user_data);
}

static const SvpnTransportEvents transport_events = {
  .frame = svpn_peer_receive,
  .burst_end = on_burst_end,
  .fill = fill,
  .has_more = has_more,
  .closed = on_transport_closed,
};

SvpnPeer *
svpn_peer_new (SvpnLine *line, SvpnWsRole role, SvpnClock *clock, const SvpnPeerEvents *events,
               gpointer user_data)
{
  PeerKeys *keys = svpn_secret_new (sizeof *keys);
  SvpnPeer *peer;

  if (keys == NULL) {
    line->type->close (line);
    line->type->free (line);
    return NULL;
  }
  peer = g_new0 (SvpnPeer, 1);
  peer->clock = clock;
  peer->events = events;
  peer->user_data = user_data;
  peer->keys = keys;
  svpn_seal_key_init (&peer->keys->send, svpn_fast_aead ());
  svpn_seal_key_init (&peer->keys->receive, svpn_fast_aead ());
  svpn_packet_queue_init (&peer->urgent, URGENT_QUEUE_SIZE);
  peer->role = role;
  peer->shaper = svpn_shaper_new (clock, on_shaper_ready, peer);
  peer->rekey_timer = svpn_timer_new (clock, svpn_peer_on_rekey_time, peer);
  peer->transport = svpn_transport_new (line, role, clock, &transport_events, peer);
  return peer;
}

void
svpn_peer_set_events (SvpnPeer *peer, const SvpnPeerEvents *events, gpointer user_data)
{
  peer->events = events;
  peer->user_data = user_data;
}

void
svpn_peer_free (SvpnPeer *peer)
{
  svpn_transport_free (peer->transport);
  svpn_secret_free (peer->keys);
  svpn_packet_queue_clear (&peer->urgent);
  svpn_shaper_free (peer->shaper);
  g_clear_pointer (&peer->dpd, svpn_dpd_free);
  g_clear_pointer (&peer->rekey, svpn_rekey_free);
  svpn_timer_free (peer->rekey_timer);
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
  SvpnCounters *counters = &peer->counters;

  counters->wire_bytes_sent = svpn_transport_get_bytes_sent (peer->transport);
  counters->wire_bytes_received = svpn_transport_get_bytes_received (peer->transport);
  counters->drops_qos_high = svpn_shaper_get_drops (peer->shaper, SVPN_QOS_HIGH);
  counters->drops_qos_normal = svpn_shaper_get_drops (peer->shaper, SVPN_QOS_NORMAL);
  counters->drops_qos_low = svpn_shaper_get_drops (peer->shaper, SVPN_QOS_LOW);
  counters->drops_queue_full
      = counters->drops_qos_high + counters->drops_qos_normal + counters->drops_qos_low;
  return counters;
}

void
svpn_peer_queues_to_dict (SvpnPeer *peer, GVariantDict *dict)
{
  guint64 high = svpn_shaper_get_bytes (peer->shaper, SVPN_QOS_HIGH);
  guint64 normal = svpn_shaper_get_bytes (peer->shaper, SVPN_QOS_NORMAL);
  guint64 low = svpn_shaper_get_bytes (peer->shaper, SVPN_QOS_LOW);

  g_variant_dict_insert (dict, "queue-packets", "t", svpn_shaper_get_packets (peer->shaper));
  g_variant_dict_insert (dict, "queue-bytes", "t", high + normal + low);
  g_variant_dict_insert (dict, "queue-bytes-high", "t", high);
  g_variant_dict_insert (dict, "queue-bytes-normal", "t", normal);
  g_variant_dict_insert (dict, "queue-bytes-low", "t", low);
}

void
svpn_peer_probe (SvpnPeer *peer)
{
  if (peer->dpd != NULL)
    svpn_dpd_probe (peer->dpd);
}

SvpnDpd *
svpn_peer_get_dpd (SvpnPeer *peer)
{
  return peer->dpd;
}

void
svpn_peer_set_qos (SvpnPeer *peer, gboolean enabled)
{
  svpn_shaper_set_qos (peer->shaper, enabled);
}

void
svpn_peer_set_limit (SvpnPeer *peer, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  svpn_shaper_set_limit (peer->shaper, rate_bytes_per_s, burst_bytes);
}

void
svpn_peer_get_limit (SvpnPeer *peer, guint64 *rate_bytes_per_s, guint64 *burst_bytes)
{
  svpn_shaper_get_limit (peer->shaper, rate_bytes_per_s, burst_bytes);
}

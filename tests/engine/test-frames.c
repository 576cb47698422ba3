/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a peer does on frames of all kinds, however wrong: a hand on one end, a peer on the other. */
#include "pair.h"
#include "packets.h"
#include "table.h"

#include <sodium.h>
#include <string.h>

#define NOT_AUTHENTIC "a frame is not authentic: damaged, repeated, reordered or retyped on its way"

/* Sends a keepalive and waits for its echo: the peer has taken all before it. */
static void
sync_hand (Hand *hand)
{
  hand_send_sealed (hand, SVPN_FRAME_KEEPALIVE, "12345678", 8);
  hand_expect (hand, SVPN_FRAME_KEEPALIVE_ACK);
}

/* --- frames that are ignored, or not --- */

static const struct {
  const char *name;
  uint8_t type;
  const char *payload;
  gsize size;
  const char *reason; /* of the end; NULL: the session goes on */
} frames[] = {
  { "padding", SVPN_FRAME_PADDING, "anything", 8, NULL },
  { "empty-padding", SVPN_FRAME_PADDING, "", 0, NULL },
  { "unknown-type", 0x7e, "anything", 8, NULL },
  { "type-zero", 0x00, "", 0, NULL },
  { "keepalive-of-7", SVPN_FRAME_KEEPALIVE, "1234567", 7, NULL },
  { "keepalive-of-9", SVPN_FRAME_KEEPALIVE, "123456789", 9, NULL },
  { "empty-keepalive", SVPN_FRAME_KEEPALIVE, "", 0, NULL },
  { "ack-of-7", SVPN_FRAME_KEEPALIVE_ACK, "1234567", 7, NULL },
  { "ack-of-9", SVPN_FRAME_KEEPALIVE_ACK, "123456789", 9, NULL },
  { "ack-of-nothing", SVPN_FRAME_KEEPALIVE_ACK, "12345678", 8, NULL },
  { "rekey-init", SVPN_FRAME_REKEY_INIT, "", 0, "REKEY_INIT is not valid, or not due" },
  { "rekey-resp", SVPN_FRAME_REKEY_RESP, "", 0, "REKEY_RESP is not valid, or nobody asked for it" },
  { "rekey-done", SVPN_FRAME_REKEY_DONE, "", 0, "REKEY_DONE is not due" },
};

/* At either end, without a rekey negotiated. */
static void
test_frame (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (int role = SVPN_WS_CLIENT; role <= SVPN_WS_SERVER; role++) {
    g_autoptr (Solo) solo = solo_new (role, TRUE);

    hand_send_sealed (solo->hand, frames[i].type, frames[i].payload, frames[i].size);
    if (frames[i].reason != NULL) {
      solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, frames[i].reason);
      continue;
    }
    sync_hand (solo->hand);
    g_assert_false (hand_has_next (solo->hand)); /* no echo but the one */
    g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 2);
    g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->drops_malformed, ==, 0);
  }
}

static void
test_echo (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  HandEvent echo;

  hand_send_sealed (solo->hand, SVPN_FRAME_KEEPALIVE, "abcdefgh", 8);
  echo = hand_expect (solo->hand, SVPN_FRAME_KEEPALIVE_ACK);
  g_assert_cmpmem (echo.payload, echo.size, "abcdefgh", 8);
}

static void
test_control (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);

  hand_send_sealed (solo->hand, SVPN_FRAME_CONTROL, "{\"a\":1}", 7);
  sync_hand (solo->hand);
  g_assert_cmpstr (solo->side.controls->str, ==, "{\"a\":1}");
}

/* Packets that are none are dropped and counted; so are super-packets, which nobody agreed on. */
static void
test_packets (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);
  g_autofree guint8 *packet = packet_new ("10.0.0.1", "10.0.0.2", 100, 'x');

  hand_send_sealed (solo->hand, SVPN_FRAME_IP_PACKET, packet, 100);
  hand_send_sealed (solo->hand, SVPN_FRAME_IP_PACKET, packet, 99);
  hand_send_sealed (solo->hand, SVPN_FRAME_IP_PACKET, "", 0);
  hand_send_sealed (solo->hand, SVPN_FRAME_IP_SUPERPACKET, packet, 100);
  sync_hand (solo->hand);
  g_assert_cmpuint (solo->side.packets, ==, 1);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->packets_received, ==, 1);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->drops_malformed, ==, 3);
  g_assert_cmpuint (solo->side.confirmations, ==, 1);
}

/* The largest frame there can be, and several in one message. */
static void
test_sizes (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  g_autofree guint8 *largest = packet_new ("10.0.0.1", "10.0.0.2", 65535, 'x'), *message = g_malloc (300000);
  const gsize padding_max = SVPN_FRAME_LENGTH_MAX - SVPN_SEAL_OVERHEAD;
  gsize size = 0;

  hand_send_sealed (solo->hand, SVPN_FRAME_IP_PACKET, largest, 65535);
  for (int i = 0; i < 3; i++)
    size += hand_seal (solo->hand, SVPN_FRAME_PADDING, message + 150000, padding_max, message + size);
  size += hand_seal (solo->hand, SVPN_FRAME_IP_PACKET, largest, 65535 - 1000, message + size); /* cut off */
  g_assert_cmpuint (size, <, SVPN_MESSAGE_SIZE_MAX);
  hand_send_ws (solo->hand, 0x82, message, size);
  sync_hand (solo->hand);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 6);
  g_assert_cmpuint (solo->side.packets, ==, 1);
}

/* --- the sequence --- */

static void
test_repeated (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  uint8_t frame[200];
  gsize size = hand_seal (solo->hand, SVPN_FRAME_PADDING, "x", 1, frame);

  hand_send_ws (solo->hand, 0x82, frame, size);
  hand_send_ws (solo->hand, 0x82, frame, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, NOT_AUTHENTIC);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 1);
}

static void
test_dropped (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  uint8_t frame[200];

  hand_seal (solo->hand, SVPN_FRAME_PADDING, "x", 1, frame);
  hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, "y", 1);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, NOT_AUTHENTIC);
  g_assert_cmpuint (solo->side.confirmations, ==, 0);
}

/* What one direction carried does not open in the other. */
static void
test_reflected (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);

  solo->hand->send = solo->hand->receive;
  hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, "x", 1);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, NOT_AUTHENTIC);
}

/* A large message of zeros is as little authentic as any: it ends the session for that, not for its size. */
static void
test_zeros (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  g_autofree guint8 *zeros = g_malloc0 (SVPN_FRAME_LENGTH_MAX);

  hand_send_clear (solo->hand, SVPN_FRAME_IP_PACKET, zeros, SVPN_FRAME_LENGTH_MAX);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, NOT_AUTHENTIC);
}

/* --- messages --- */

static const struct {
  const char *name;
  uint8_t first_byte;
  gsize size;
  gboolean genuine; /* a frame of that size in all, else zeros */
  const char *reason;
  SvpnWsCloseCode code;
} messages[] = {
  { "too-big", 0x82, SVPN_MESSAGE_SIZE_MAX + 1, FALSE, "a message is too long", SVPN_WS_CLOSE_TOO_BIG },
  { "empty", 0x82, 0, FALSE, "an empty message", SVPN_WS_CLOSE_POLICY },
  { "text", 0x81, 5, FALSE, "a text message", SVPN_WS_CLOSE_UNSUPPORTED_DATA },
  { "reserved-bit", 0xc2, 100, TRUE, "reserved bits are set", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "cut-in-frame", 0x82, 4, FALSE, "a message ends inside a frame", SVPN_WS_CLOSE_POLICY },
  { "continuation", 0x80, 100, TRUE, "a continuation without a beginning", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "unknown-opcode", 0x83, 100, TRUE, "unknown opcode", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "long-ping", 0x89, 126, FALSE, "a control frame is too long", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "half-a-ping", 0x09, 5, FALSE, "a control frame is fragmented", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "close-of-1", 0x88, 1, FALSE, "a close frame of one byte", SVPN_WS_CLOSE_PROTOCOL_ERROR },
};

/* It is closed with the code of RFC 6455 at once, and nothing of it is taken. */
static void
test_message (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  g_autofree guint8 *message = g_malloc0 (SVPN_MESSAGE_SIZE_MAX + 1), *zeros = g_malloc0 (200);
  HandEvent event;

  if (messages[i].genuine)
    hand_seal (solo->hand, SVPN_FRAME_PADDING, zeros,
               messages[i].size - SVPN_FRAME_HEADER_SIZE - SVPN_SEAL_OVERHEAD, message);
  hand_send_ws (solo->hand, messages[i].first_byte, message, messages[i].size);
  event = hand_next (solo->hand);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
  g_assert_cmpuint (event.close_code, ==, messages[i].code);
  WAIT_FOR (solo->side.ended);
  g_assert_cmpstr (solo->side.reason, ==, messages[i].reason);
  g_assert_cmpint (solo->side.end, ==, SVPN_PEER_END_PROTOCOL);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 0);
}

/* A message in fragments, with a ping in between, is one message; the frames in it may be cut anywhere. */
static void
test_fragments (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  uint8_t message[400];
  gsize size = hand_seal (solo->hand, SVPN_FRAME_PADDING, "first", 5, message);
  HandEvent pong;

  size += hand_seal (solo->hand, SVPN_FRAME_PADDING, "second", 6, message + size);
  hand_send_ws (solo->hand, 0x02, message, 3);
  hand_send_ws (solo->hand, 0x89, "still there?", 12);
  hand_send_ws (solo->hand, 0x00, message + 3, 40);
  hand_send_ws (solo->hand, 0x00, NULL, 0);
  hand_send_ws (solo->hand, 0x80, message + 43, size - 43);
  pong = hand_next (solo->hand);
  g_assert_cmpint (pong.kind, ==, HAND_PONG);
  g_assert_cmpmem (pong.payload, pong.size, "still there?", 12);
  sync_hand (solo->hand);
  g_assert_cmpuint (svpn_peer_get_counters (solo->side.peer)->frames_received, ==, 3);
}

/* A frame header that arrives alone, and says too much: nothing behind it is waited for. */
static void
test_header_alone (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  const uint8_t header[] = { SVPN_FRAME_IP_PACKET, 0x00, 0x01, 0x01, 0x01 }; /* 65 793 */
  HandEvent event;

  hand_send_ws (solo->hand, 0x02, header, 2);
  hand_send_ws (solo->hand, 0x00, header + 2, 3);
  event = hand_next (solo->hand);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
  g_assert_cmpuint (event.close_code, ==, SVPN_WS_CLOSE_POLICY);
  WAIT_FOR (solo->side.ended);
  g_assert_cmpstr (solo->side.reason, ==, "a frame is too long");
}

/* Of many pings that wait, the last is answered. */
static void
test_pings (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);
  HandEvent pong;

  for (char c = 'a'; c <= 'z'; c++)
    hand_send_ws (solo->hand, 0x89, &c, 1);
  do
    pong = hand_next (solo->hand);
  while (pong.kind == HAND_PONG && pong.payload[0] != 'z');
  g_assert_cmpint (pong.kind, ==, HAND_PONG);
  sync_hand (solo->hand);
}

/* --- the end --- */

static const struct {
  const char *name, *payload, *reason;
  SvpnPeerEnd end;
} goodbyes[] = {
  { "reason", "{\"reason\":\"closing time\"}", "closing time", SVPN_PEER_END_GOODBYE },
  { "final", "{\"reason\":\"revoked\",\"final\":true}", "revoked", SVPN_PEER_END_GOODBYE },
  { "not-final", "{\"reason\":\"later\",\"final\":false}", "later", SVPN_PEER_END_PAUSE },
  { "final-number", "{\"reason\":\"later\",\"final\":1}", "later", SVPN_PEER_END_GOODBYE },
  { "control-characters", "{\"reason\":\"a\\u001b[2Jb\\nc\"}", "a?[2Jb?c", SVPN_PEER_END_GOODBYE },
  { "not-json", "bye", "no reason given", SVPN_PEER_END_GOODBYE },
  { "empty", "", "no reason given", SVPN_PEER_END_GOODBYE },
  { "empty-reason", "{\"reason\":\"\"}", "no reason given", SVPN_PEER_END_GOODBYE },
};

static void
test_goodbye (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);

  hand_send_sealed (solo->hand, SVPN_FRAME_DISCONNECT, goodbyes[i].payload, strlen (goodbyes[i].payload));
  solo_expect_end (solo, goodbyes[i].end, goodbyes[i].reason);
}

/* A close frame without a goodbye may come of a proxy; it is answered. */
static void
test_close (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);
  HandEvent event;

  hand_send_ws (solo->hand, 0x88, "\x03\xe9", 2);
  event = hand_next (solo->hand);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
  g_assert_cmpuint (event.close_code, ==, SVPN_WS_CLOSE_NORMAL);
  WAIT_FOR (solo->side.ended);
  g_assert_cmpint (solo->side.end, ==, SVPN_PEER_END_CLOSED);
  g_assert_cmpstr (solo->side.reason, ==, "the other side closed the connection");
}

static void
test_close_without_code (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_CLIENT, TRUE);

  hand_send_ws (solo->hand, 0x88, NULL, 0);
  WAIT_FOR (solo->side.ended);
  g_assert_cmpint (solo->side.end, ==, SVPN_PEER_END_CLOSED);
}

/* Frames behind a goodbye of ours are not taken any more, nor those behind a violation in the same message. */
static void
test_behind_violation (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  g_autofree guint8 *packet = packet_new ("10.0.0.1", "10.0.0.2", 100, 'x');
  uint8_t message[600];
  gsize size = hand_seal (solo->hand, SVPN_FRAME_IP_PACKET, packet, 100, message);

  size += hand_seal (solo->hand, SVPN_FRAME_REKEY_DONE, NULL, 0, message + size);
  size += hand_seal (solo->hand, SVPN_FRAME_IP_PACKET, packet, 100, message + size);
  hand_send_ws (solo->hand, 0x82, message, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_DONE is not due");
  g_assert_cmpuint (solo->side.packets, ==, 1);
}

/* --- before the handshake --- */

static void
test_before_handshake (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, FALSE);

  hand_send_clear (solo->hand, SVPN_FRAME_HANDSHAKE_INIT, "abc", 3);
  WAIT_FOR (solo->side.controls->len > 0);
  g_assert_cmpstr (solo->side.controls->str, ==, "handshake 0x01");
  hand_send_clear (solo->hand, SVPN_FRAME_PADDING, "abc", 3);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "a sealed frame before the handshake");
}

static void
test_clear_answer (void)
{
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, FALSE);
  HandEvent event;

  side_send_packet (&solo->side, 100, 1); /* too early: goes nowhere */
  svpn_peer_send_clear (solo->side.peer, SVPN_FRAME_HANDSHAKE_RESP, (const uint8_t *) "answer", 6);
  event = hand_next (solo->hand);
  g_assert_cmpint (event.kind, ==, HAND_FRAME);
  g_assert_cmpuint (event.type, ==, SVPN_FRAME_HANDSHAKE_RESP);
  g_assert_cmpmem (event.payload, event.size, "answer", 6);
  svpn_peer_disconnect (solo->side.peer, "never mind"); /* no DISCONNECT without keys */
  event = hand_next (solo->hand);
  g_assert_cmpint (event.kind, ==, HAND_CLOSE);
}

/* --- asking faster than reading --- */

/* Keepalives without end from somebody who does not read: the answers that fit 64 kB wait, the rest is dropped, and a
 * rekey that then has no room ends the session instead of leaving the two sides with different keys. */
static void
test_flood (void)
{
  static const uint8_t server_private[32] = { [1] = 7 }, hash[32] = { 1 };
  g_autoptr (Solo) solo = solo_new (SVPN_WS_SERVER, TRUE);
  uint8_t public_key[32], init[SVPN_REKEY_MESSAGE_MAX], batch[8000];
  SvpnRekey *client;
  gsize size = 0;

  svpn_noise_public_key (public_key, server_private);
  client = svpn_rekey_new (SVPN_NOISE_NK, NULL, public_key, hash);
  svpn_peer_enable_rekey (solo->side.peer, svpn_rekey_new (SVPN_NOISE_NK, server_private, NULL, hash), 0, 0);
  for (int round = 0; round < 600; round++) {
    size = 0;
    for (int i = 0; i < 100; i++)
      size += hand_seal (solo->hand, SVPN_FRAME_KEEPALIVE, "12345678", 8, batch + size);
    hand_send_ws (solo->hand, 0x82, batch, size);
    settle ();
  }
  g_assert_false (solo->side.ended);
  size = svpn_rekey_begin (client, init);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_INIT, init, size);
  WAIT_FOR (svpn_peer_get_state (solo->side.peer) != SVPN_PEER_OPEN);
  virtual_time_pass_ms (SVPN_CLOSE_TIMEOUT_MS);
  WAIT_FOR (solo->side.ended);
  g_assert_cmpstr (solo->side.reason, ==,
                   "no room for a frame of a rekey: the other side asks faster than it reads");
  svpn_rekey_free (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD_TABLE ("/frames/kind/", frames, test_frame);
  g_test_add_func ("/frames/echo", test_echo);
  g_test_add_func ("/frames/control", test_control);
  g_test_add_func ("/frames/packets", test_packets);
  g_test_add_func ("/frames/sizes", test_sizes);
  g_test_add_func ("/frames/repeated", test_repeated);
  g_test_add_func ("/frames/dropped", test_dropped);
  g_test_add_func ("/frames/reflected", test_reflected);
  g_test_add_func ("/frames/zeros", test_zeros);
  ADD_TABLE ("/frames/message/", messages, test_message);
  g_test_add_func ("/frames/fragments", test_fragments);
  g_test_add_func ("/frames/header-alone", test_header_alone);
  g_test_add_func ("/frames/pings", test_pings);
  ADD_TABLE ("/frames/goodbye/", goodbyes, test_goodbye);
  g_test_add_func ("/frames/close", test_close);
  g_test_add_func ("/frames/close-without-code", test_close_without_code);
  g_test_add_func ("/frames/behind-violation", test_behind_violation);
  g_test_add_func ("/frames/before-handshake", test_before_handshake);
  g_test_add_func ("/frames/clear-answer", test_clear_answer);
  g_test_add_func ("/frames/flood", test_flood);
  return g_test_run ();
}

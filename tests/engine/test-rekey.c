/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Keys renewed inside a session: beside traffic, at every interleaving, and by somebody who does it wrong. */
#include "pair.h"
#include "peer-private.h"
#include "table.h"

#include <sodium.h>
#include <string.h>

static const uint8_t server_private[32] = { [1] = 7 }, client_private[32] = { [1] = 9 }, hash[32] = { 1 };

static void
public_of (uint8_t out[32], const uint8_t private_key[32])
{
  svpn_noise_public_key (out, private_key);
}

static SvpnRekey *
client_rekey (SvpnNoisePattern pattern)
{
  uint8_t server_public[32];

  public_of (server_public, server_private);
  return svpn_rekey_new (pattern, pattern == SVPN_NOISE_IK ? client_private : NULL, server_public, hash);
}

static SvpnRekey *
server_rekey (SvpnNoisePattern pattern)
{
  uint8_t client_public[32];

  public_of (client_public, client_private);
  return svpn_rekey_new (pattern, server_private, pattern == SVPN_NOISE_IK ? client_public : NULL, hash);
}

static guint64
rekeys (const Side *side)
{
  return svpn_peer_get_counters (side->peer)->rekeys;
}

/* --- two peers --- */

/* Rekeys by volume, many, while packets go both ways: nothing is lost, and both sides count the same. */
static void
test_volume (gconstpointer data)
{
  SvpnNoisePattern pattern = GPOINTER_TO_INT (data);
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint sent = 0;

  svpn_peer_enable_rekey (pair->client.peer, client_rekey (pattern), 0, 1);
  svpn_peer_enable_rekey (pair->server.peer, server_rekey (pattern), 0, 0);
  for (gsize carried = 1; sent < 2000 || carried > 0;) {
    for (int i = 0; i < 10 && sent < 2000; i++, sent++) {
      side_send_packet (&pair->client, 1400, (guint8) sent);
      side_send_packet (&pair->server, 1400, (guint8) sent);
    }
    svpn_peer_flush (pair->client.peer);
    svpn_peer_flush (pair->server.peer);
    settle ();
    carried = pair_carry (pair, FROM_CLIENT, (gsize) g_rand_int_range (rand, 1, 40000), NULL);
    carried += pair_carry (pair, FROM_SERVER, (gsize) g_rand_int_range (rand, 1, 40000), NULL);
  }
  settle ();
  g_assert_cmpuint (pair->server.packets, ==, 2000);
  g_assert_cmpuint (pair->client.packets, ==, 2000);
  g_assert_cmpuint (rekeys (&pair->client), ==, 5); /* 5.6 MB at a MiB each */
  g_assert_cmpuint (rekeys (&pair->server), ==, 5);
  g_assert_cmpint (svpn_peer_get_state (pair->client.peer), ==, SVPN_PEER_OPEN);
}

/* By time: each interval, and not before. */
static void
test_interval (void)
{
  g_autoptr (Pair) pair = pair_new ();

  svpn_peer_enable_rekey (pair->client.peer, client_rekey (SVPN_NOISE_NK), 60, 0);
  svpn_peer_enable_rekey (pair->server.peer, server_rekey (SVPN_NOISE_NK), 0, 0);
  virtual_time_pass_ms (59999);
  pair_settle (pair);
  g_assert_cmpuint (rekeys (&pair->client), ==, 0);
  for (guint n = 1; n <= 3; n++) {
    virtual_time_pass_ms (n == 1 ? 1 : 60000);
    pair_settle (pair);
    g_assert_cmpuint (rekeys (&pair->client), ==, n);
    g_assert_cmpuint (rekeys (&pair->server), ==, n);
  }
}

/* A rekey whose answer does not come is not begun again and again. */
static void
test_one_at_a_time (void)
{
  g_autoptr (Pair) pair = pair_new ();

  svpn_peer_enable_rekey (pair->client.peer, client_rekey (SVPN_NOISE_NK), 10, 0);
  svpn_peer_enable_rekey (pair->server.peer, server_rekey (SVPN_NOISE_NK), 0, 0);
  virtual_time_pass_ms (100000);
  g_assert_cmpuint (svpn_peer_get_counters (pair->client.peer)->frames_sent, ==, 1);
  pair_settle (pair);
  g_assert_cmpuint (rekeys (&pair->client), ==, 1);
}

/* The client rekeys with another static key than the one that opened the session. */
static void
test_other_client_key (void)
{
  g_autoptr (Pair) pair = pair_new ();
  const uint8_t other[32] = { 5 };

  svpn_peer_enable_rekey (pair->client.peer, client_rekey (SVPN_NOISE_IK), 1, 0);
  svpn_peer_enable_rekey (pair->server.peer, svpn_rekey_new (SVPN_NOISE_IK, server_private, other, hash), 0,
                          0);
  virtual_time_pass_ms (1000);
  pair_settle (pair);
  g_assert_true (pair->server.ended);
  g_assert_cmpstr (pair->server.reason, ==, "REKEY_INIT is not valid, or not due");
  g_assert_cmpint (pair->client.end, ==, SVPN_PEER_END_CLOSED);
}

/* A handshake hash that is not the session's: somebody carries a rekey from another session over. */
static void
test_other_session (void)
{
  g_autoptr (Pair) pair = pair_new ();
  const uint8_t other_hash[32] = { 2 };

  svpn_peer_enable_rekey (pair->client.peer, client_rekey (SVPN_NOISE_NK), 1, 0);
  svpn_peer_enable_rekey (pair->server.peer, svpn_rekey_new (SVPN_NOISE_NK, server_private, NULL, other_hash),
                          0, 0);
  virtual_time_pass_ms (1000);
  pair_settle (pair);
  g_assert_cmpstr (pair->server.reason, ==, "REKEY_INIT is not valid, or not due");
}

/* --- a client by hand --- */

/* Sends REKEY_INIT, takes REKEY_RESP, and switches the keys of receiving; those of sending are in @keys. */
static void
begin (Solo *solo, SvpnRekey *rekey, SvpnRekeyKeys *keys)
{
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  size_t size = svpn_rekey_begin (rekey, message);
  HandEvent answer;

  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_INIT, message, size);
  answer = hand_expect (solo->hand, SVPN_FRAME_REKEY_RESP);
  g_assert_true (svpn_rekey_finish (rekey, answer.payload, answer.size, keys));
  svpn_seal_key_set (&solo->hand->receive, keys->receive);
}

static Solo *
rekeyed_server (SvpnRekey **rekey)
{
  Solo *solo = solo_new (SVPN_WS_SERVER, TRUE);

  svpn_peer_enable_rekey (solo->side.peer, server_rekey (SVPN_NOISE_NK), 0, 0);
  *rekey = client_rekey (SVPN_NOISE_NK);
  return solo;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnRekey, svpn_rekey_free)

static void
expect_echo (Solo *solo)
{
  hand_send_sealed (solo->hand, SVPN_FRAME_KEEPALIVE, "12345678", 8);
  hand_expect (solo->hand, SVPN_FRAME_KEEPALIVE_ACK);
}

/* After REKEY_RESP the server sends with the new key, and reads with the old one until REKEY_DONE. */
static void
test_switches (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  SvpnRekeyKeys keys;

  for (int i = 0; i < 3; i++) {
    begin (solo, rekey, &keys);
    expect_echo (solo);
    g_assert_cmpuint (rekeys (&solo->side), ==, i);
    hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_DONE, NULL, 0);
    svpn_seal_key_set (&solo->hand->send, keys.send);
    expect_echo (solo);
    g_assert_cmpuint (rekeys (&solo->side), ==, i + 1);
    g_assert_true (
        sodium_is_zero ((const uint8_t *) &solo->side.peer->keys->next, sizeof solo->side.peer->keys->next));
  }
}

/* A second rekey is bound to the first: one that would fit right after the session's handshake is refused. */
static void
test_bound_to_the_last (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  g_autoptr (SvpnRekey) first_again = client_rekey (SVPN_NOISE_NK);
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  SvpnRekeyKeys keys;

  begin (solo, rekey, &keys);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_DONE, NULL, 0);
  svpn_seal_key_set (&solo->hand->send, keys.send);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_INIT, message, svpn_rekey_begin (first_again, message));
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_INIT is not valid, or not due");
}

/* A second REKEY_INIT before the first was done. */
static void
test_second_init (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  SvpnRekeyKeys keys;
  size_t size;

  begin (solo, rekey, &keys);
  size = svpn_rekey_begin (rekey, message);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_INIT, message, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_INIT is not valid, or not due");
}

/* The old key is of no more worth once REKEY_DONE was sent. */
static void
test_old_key (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  SvpnRekeyKeys keys;

  begin (solo, rekey, &keys);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_DONE, NULL, 0);
  hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, NULL, 0);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL,
                   "a frame is not authentic: damaged, repeated, reordered or retyped on its way");
  g_assert_cmpuint (rekeys (&solo->side), ==, 1);
}

static void
test_early_new_key (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  SvpnRekeyKeys keys;

  begin (solo, rekey, &keys);
  svpn_seal_key_set (&solo->hand->send, keys.send);
  hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, NULL, 0);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL,
                   "a frame is not authentic: damaged, repeated, reordered or retyped on its way");
}

typedef enum { FLIPPED, SHORTER, LONGER, EMPTY } Spoiling;

static const struct {
  const char *name;
  Spoiling spoiling;
} inits[] = {
  { "flipped", FLIPPED },
  { "shorter", SHORTER },
  { "longer", LONGER },
  { "empty", EMPTY },
};

static void
test_bad_init (gconstpointer data)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  uint8_t message[SVPN_REKEY_MESSAGE_MAX + 1] = { 0 };
  size_t size = svpn_rekey_begin (rekey, message);

  switch (inits[GPOINTER_TO_SIZE (data)].spoiling) {
  case FLIPPED:
    message[size - 1] ^= 1;
    break;
  case SHORTER:
    size--;
    break;
  case LONGER:
    size++;
    break;
  case EMPTY:
    size = 0;
    break;
  }
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_INIT, message, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_INIT is not valid, or not due");
}

static void
test_done_with_payload (void)
{
  g_autoptr (SvpnRekey) rekey = NULL;
  g_autoptr (Solo) solo = rekeyed_server (&rekey);
  SvpnRekeyKeys keys;

  begin (solo, rekey, &keys);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_DONE, "x", 1);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_DONE is not due");
}

/* --- a server by hand --- */

static Solo *
rekeying_client (HandEvent *init)
{
  Solo *solo = solo_new (SVPN_WS_CLIENT, TRUE);

  svpn_peer_enable_rekey (solo->side.peer, client_rekey (SVPN_NOISE_NK), 1, 0);
  virtual_time_pass_ms (1000);
  *init = hand_expect (solo->hand, SVPN_FRAME_REKEY_INIT);
  return solo;
}

/* The client reads with the new key from REKEY_RESP on, sends REKEY_DONE under the old one, and then with the new. */
static void
test_client (void)
{
  HandEvent init, done;
  g_autoptr (Solo) solo = rekeying_client (&init);
  g_autoptr (SvpnRekey) rekey = server_rekey (SVPN_NOISE_NK);
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  SvpnRekeyKeys keys;
  size_t size = svpn_rekey_answer (rekey, init.payload, init.size, message, &keys);

  hand_send_sealed (solo->hand, SVPN_FRAME_PADDING, NULL, 0);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_RESP, message, size);
  svpn_seal_key_set (&solo->hand->send, keys.send);
  done = hand_expect (solo->hand, SVPN_FRAME_REKEY_DONE);
  g_assert_cmpuint (done.size, ==, 0);
  svpn_seal_key_set (&solo->hand->receive, keys.receive);
  expect_echo (solo);
  g_assert_cmpuint (rekeys (&solo->side), ==, 1);
}

/* An answer that is right, but says something more. */
static void
test_resp_with_payload (void)
{
  HandEvent init;
  g_autoptr (Solo) solo = rekeying_client (&init);
  uint8_t prologue[sizeof SVPN_PROLOGUE - 1 + sizeof hash], e_private[32] = { [1] = 3 }, payload[1],
                                                            answer[200];
  SvpnNoise noise;
  size_t size;

  memcpy (prologue, SVPN_PROLOGUE, sizeof SVPN_PROLOGUE - 1);
  memcpy (prologue + sizeof SVPN_PROLOGUE - 1, hash, sizeof hash);
  svpn_noise_init_responder (&noise, SVPN_NOISE_NK, prologue, sizeof prologue, server_private);
  g_assert_cmpint (svpn_noise_read_message1 (&noise, init.payload, init.size, payload, &size), ==,
                   SVPN_NOISE_OK);
  g_assert_cmpint (svpn_noise_write_message2 (&noise, e_private, (const uint8_t *) "x", 1, answer, &size), ==,
                   SVPN_NOISE_OK);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_RESP, answer, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_RESP is not valid, or nobody asked for it");
}

static void
test_bad_resp (void)
{
  HandEvent init;
  g_autoptr (Solo) solo = rekeying_client (&init);
  uint8_t message[SVPN_NOISE_MESSAGE2_OVERHEAD] = { 9 };

  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_RESP, message, sizeof message);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_RESP is not valid, or nobody asked for it");
}

/* A server that answers twice. */
static void
test_second_resp (void)
{
  HandEvent init;
  g_autoptr (Solo) solo = rekeying_client (&init);
  g_autoptr (SvpnRekey) rekey = server_rekey (SVPN_NOISE_NK);
  uint8_t message[SVPN_REKEY_MESSAGE_MAX];
  SvpnRekeyKeys keys;
  size_t size = svpn_rekey_answer (rekey, init.payload, init.size, message, &keys);

  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_RESP, message, size);
  svpn_seal_key_set (&solo->hand->send, keys.send);
  hand_send_sealed (solo->hand, SVPN_FRAME_REKEY_RESP, message, size);
  solo_expect_end (solo, SVPN_PEER_END_PROTOCOL, "REKEY_RESP is not valid, or nobody asked for it");
}

/* --- the handshakes themselves --- */

/* Each rekey follows from the one before: keys are never the same, and both sides have the same. */
static void
test_chain (void)
{
  g_autoptr (SvpnRekey) client = client_rekey (SVPN_NOISE_IK), server = server_rekey (SVPN_NOISE_IK);
  uint8_t init[SVPN_REKEY_MESSAGE_MAX], answer[SVPN_REKEY_MESSAGE_MAX], before[32] = { 0 };

  for (int i = 0; i < 5; i++) {
    SvpnRekeyKeys ours, theirs;
    size_t size = svpn_rekey_begin (client, init), answer_size;

    g_assert_cmpuint (svpn_rekey_begin (client, init), ==, 0); /* one is under way */
    answer_size = svpn_rekey_answer (server, init, size, answer, &theirs);
    g_assert_true (svpn_rekey_finish (client, answer, answer_size, &ours));
    g_assert_cmpmem (ours.send, 32, theirs.receive, 32);
    g_assert_cmpmem (ours.receive, 32, theirs.send, 32);
    g_assert_cmpint (memcmp (ours.send, ours.receive, 32), !=, 0);
    g_assert_cmpint (memcmp (ours.send, before, 32), !=, 0);
    memcpy (before, ours.send, 32);
    g_assert_false (svpn_rekey_finish (client, answer, answer_size, &ours)); /* nobody asked */
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_data_func ("/rekey/volume-nk", GINT_TO_POINTER (SVPN_NOISE_NK), test_volume);
  g_test_add_data_func ("/rekey/volume-ik", GINT_TO_POINTER (SVPN_NOISE_IK), test_volume);
  g_test_add_func ("/rekey/interval", test_interval);
  g_test_add_func ("/rekey/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/rekey/other-client-key", test_other_client_key);
  g_test_add_func ("/rekey/other-session", test_other_session);
  g_test_add_func ("/rekey/switches", test_switches);
  g_test_add_func ("/rekey/bound-to-the-last", test_bound_to_the_last);
  g_test_add_func ("/rekey/second-init", test_second_init);
  g_test_add_func ("/rekey/old-key", test_old_key);
  g_test_add_func ("/rekey/early-new-key", test_early_new_key);
  ADD_TABLE ("/rekey/bad-init/", inits, test_bad_init);
  g_test_add_func ("/rekey/done-with-payload", test_done_with_payload);
  g_test_add_func ("/rekey/client", test_client);
  g_test_add_func ("/rekey/resp-with-payload", test_resp_with_payload);
  g_test_add_func ("/rekey/bad-resp", test_bad_resp);
  g_test_add_func ("/rekey/second-resp", test_second_resp);
  g_test_add_func ("/rekey/chain", test_chain);
  return g_test_run ();
}

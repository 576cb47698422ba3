/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the Noise handshakes: public vectors in both roles, then what must fail. */
#include "noise.h"

#include "hex.h"

#include <json-glib/json-glib.h>

#define N_VECTORS 4
#define N_VECTORS_WITH_HASH 2
#define MESSAGE_MAX 1024

typedef struct {
  guint8 data[MESSAGE_MAX];
  gsize size;
} Buffer;

static Buffer
buffer_from_member (JsonObject *object, const char *name)
{
  Buffer buffer = { 0 };

  buffer.size = hex_read (json_object_get_string_member (object, name), buffer.data, sizeof buffer.data);
  return buffer;
}

#define assert_buffer(buffer, bytes, n) g_assert_cmpmem ((buffer).data, (buffer).size, (bytes), (n))

/* --- Vectors --- */

/* Noise's own transport messages, which prove that Split() gave the right keys. */
static void
check_transport (JsonArray *messages, const SvpnNoise *noise)
{
  guint8 keys[2][32];

  svpn_noise_split (noise, keys[0], keys[1]);
  for (guint i = 2; i < json_array_get_length (messages); i++) {
    JsonObject *message = json_array_get_object_element (messages, i);
    Buffer payload = buffer_from_member (message, "payload");
    Buffer expected = buffer_from_member (message, "ciphertext");
    guint8 nonce[12] = { [4] = (i - 2) / 2 }, sealed[MESSAGE_MAX + 16];
    unsigned long long size;

    crypto_aead_chacha20poly1305_ietf_encrypt (sealed, &size, payload.data, payload.size, NULL, 0, NULL,
                                               nonce, keys[i % 2]);
    assert_buffer (expected, sealed, size);
  }
}

/* Returns whether the vector names the handshake hash. */
static gboolean
check_vector (JsonObject *vector)
{
  const char *name = json_object_get_string_member (vector, "protocol_name");
  SvpnNoisePattern pattern = g_str_has_prefix (name, "Noise_IK_") ? SVPN_NOISE_IK : SVPN_NOISE_NK;
  JsonArray *messages = json_object_get_array_member (vector, "messages");
  JsonObject *first = json_array_get_object_element (messages, 0);
  JsonObject *second = json_array_get_object_element (messages, 1);
  Buffer prologue = buffer_from_member (vector, "init_prologue");
  Buffer rs = buffer_from_member (vector, "init_remote_static");
  Buffer initiator_e = buffer_from_member (vector, "init_ephemeral");
  Buffer responder_s = buffer_from_member (vector, "resp_static");
  Buffer responder_e = buffer_from_member (vector, "resp_ephemeral");
  Buffer payload1 = buffer_from_member (first, "payload"),
         message1 = buffer_from_member (first, "ciphertext");
  Buffer payload2 = buffer_from_member (second, "payload"),
         message2 = buffer_from_member (second, "ciphertext");
  Buffer initiator_s = { 0 };
  SvpnNoise initiator, responder;
  guint8 out[MESSAGE_MAX];
  gsize size;

  if (pattern == SVPN_NOISE_IK)
    initiator_s = buffer_from_member (vector, "init_static");
  svpn_noise_init_initiator (&initiator, pattern, prologue.data, prologue.size,
                             pattern == SVPN_NOISE_IK ? initiator_s.data : NULL, rs.data);
  svpn_noise_init_responder (&responder, pattern, prologue.data, prologue.size, responder_s.data);

  g_assert_cmpint (
      svpn_noise_write_message1 (&initiator, initiator_e.data, payload1.data, payload1.size, out, &size), ==,
      SVPN_NOISE_OK);
  assert_buffer (message1, out, size);
  g_assert_cmpint (svpn_noise_read_message1 (&responder, message1.data, message1.size, out, &size), ==,
                   SVPN_NOISE_OK);
  assert_buffer (payload1, out, size);
  if (pattern == SVPN_NOISE_IK)
    g_assert_cmpmem (responder.rs, 32, initiator.s_public, 32);

  g_assert_cmpint (
      svpn_noise_write_message2 (&responder, responder_e.data, payload2.data, payload2.size, out, &size), ==,
      SVPN_NOISE_OK);
  assert_buffer (message2, out, size);
  g_assert_cmpint (svpn_noise_read_message2 (&initiator, message2.data, message2.size, out, &size), ==,
                   SVPN_NOISE_OK);
  assert_buffer (payload2, out, size);

  check_transport (messages, &initiator);
  check_transport (messages, &responder);
  g_assert_cmpmem (initiator.h, 32, responder.h, 32);
  if (!json_object_has_member (vector, "handshake_hash"))
    return FALSE;
  assert_buffer (buffer_from_member (vector, "handshake_hash"), initiator.h, 32);
  return TRUE;
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "noise-vectors.json", NULL);
  g_autoptr (GError) error = NULL;
  guint n_hashes = 0, n_patterns[2] = { 0 };
  JsonArray *vectors;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  vectors = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "vectors");
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    const char *name = json_object_get_string_member (vector, "protocol_name");

    g_test_message ("%s of %s", name, json_object_get_string_member (vector, "_origin"));
    n_hashes += check_vector (vector);
    n_patterns[g_str_has_prefix (name, "Noise_IK_")]++;
  }
  g_assert_cmpuint (n_patterns[SVPN_NOISE_NK], ==, N_VECTORS / 2);
  g_assert_cmpuint (n_patterns[SVPN_NOISE_IK], ==, N_VECTORS / 2);
  g_assert_cmpuint (n_hashes, ==, N_VECTORS_WITH_HASH);
}

/* --- What must fail --- */

/* Not in the first byte, whose lower bits X25519 ignores. */
static const guint8 initiator_s[32] = { [1] = 1 }, responder_s[32] = { [1] = 2 };
static const guint8 e1[32] = { [1] = 3 }, e2[32] = { [1] = 4 };
static const guint8 hello[] = "hello", welcome[] = "welcome";

/* Two peers, each before the message it reads next, and both genuine messages. */
typedef struct {
  SvpnNoise initiator, responder;
  Buffer message1, message2;
} Pair;

static Pair
pair_new (SvpnNoisePattern pattern)
{
  Pair pair = { 0 };
  SvpnNoise responder;
  guint8 rs[32], out[MESSAGE_MAX];
  gsize size;

  svpn_noise_public_key (rs, responder_s);
  svpn_noise_init_initiator (&pair.initiator, pattern, (const guint8 *) "p", 1,
                             pattern == SVPN_NOISE_IK ? initiator_s : NULL, rs);
  svpn_noise_init_responder (&pair.responder, pattern, (const guint8 *) "p", 1, responder_s);
  g_assert_cmpint (svpn_noise_write_message1 (&pair.initiator, e1, hello, sizeof hello, pair.message1.data,
                                              &pair.message1.size),
                   ==, SVPN_NOISE_OK);
  responder = pair.responder;
  g_assert_cmpint (svpn_noise_read_message1 (&responder, pair.message1.data, pair.message1.size, out, &size),
                   ==, SVPN_NOISE_OK);
  g_assert_cmpint (svpn_noise_write_message2 (&responder, e2, welcome, sizeof welcome, pair.message2.data,
                                              &pair.message2.size),
                   ==, SVPN_NOISE_OK);
  return pair;
}

typedef SvpnNoiseResult (*ReadMessage) (SvpnNoise *, const guint8 *, gsize, guint8 *, gsize *);

/* Reads from memory that ends where the message does; a failure must leave the state alone. */
static SvpnNoiseResult
read_checked (ReadMessage read_message, const SvpnNoise *noise, const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  SvpnNoise tried;
  guint8 payload[MESSAGE_MAX];
  gsize payload_size = 12345;
  SvpnNoiseResult result;

  memcpy (&tried, noise, sizeof tried);
  result = read_message (&tried, copy, size, payload, &payload_size);
  if (result != SVPN_NOISE_OK) {
    g_assert_cmpmem (&tried, sizeof tried, noise, sizeof *noise);
    g_assert_cmpuint (payload_size, ==, 12345);
  }
  return result;
}

static void
check_tampered (ReadMessage read_message, const SvpnNoise *noise, Buffer *message, gsize overhead)
{
  g_assert_cmpint (read_checked (read_message, noise, message->data, message->size), ==, SVPN_NOISE_OK);
  for (gsize i = 0; i < message->size; i++) {
    for (guint bit = 0; bit < 8; bit += 7) {
      message->data[i] ^= 1 << bit;
      g_assert_cmpint (read_checked (read_message, noise, message->data, message->size), ==,
                       SVPN_NOISE_NOT_AUTHENTIC);
      message->data[i] ^= 1 << bit;
    }
  }
  for (gsize size = 0; size < message->size; size++)
    g_assert_cmpint (read_checked (read_message, noise, message->data, size), ==,
                     size < overhead ? SVPN_NOISE_TOO_SHORT : SVPN_NOISE_NOT_AUTHENTIC);

  memset (message->data, 0, 32);
  g_assert_cmpint (read_checked (read_message, noise, message->data, message->size), ==, SVPN_NOISE_WEAK_KEY);
}

static void
test_tampered (gconstpointer data)
{
  SvpnNoisePattern pattern = GPOINTER_TO_INT (data);
  Pair pair = pair_new (pattern);

  check_tampered (svpn_noise_read_message1, &pair.responder, &pair.message1,
                  SVPN_NOISE_MESSAGE1_OVERHEAD (pattern));
  check_tampered (svpn_noise_read_message2, &pair.initiator, &pair.message2, SVPN_NOISE_MESSAGE2_OVERHEAD);
}

static void
test_other_peer (gconstpointer data)
{
  static const guint8 other_s[32] = { [1] = 5 };
  SvpnNoisePattern pattern = GPOINTER_TO_INT (data),
                   other = pattern == SVPN_NOISE_IK ? SVPN_NOISE_NK : SVPN_NOISE_IK;
  Pair pair = pair_new (pattern);
  SvpnNoise noise;

  svpn_noise_init_responder (&noise, pattern, (const guint8 *) "p", 1, other_s); /* another static key */
  g_assert_cmpint (read_checked (svpn_noise_read_message1, &noise, pair.message1.data, pair.message1.size),
                   ==, SVPN_NOISE_NOT_AUTHENTIC);
  svpn_noise_init_responder (&noise, pattern, (const guint8 *) "q", 1, responder_s); /* another prologue */
  g_assert_cmpint (read_checked (svpn_noise_read_message1, &noise, pair.message1.data, pair.message1.size),
                   ==, SVPN_NOISE_NOT_AUTHENTIC);
  svpn_noise_init_responder (&noise, other, (const guint8 *) "p", 1, responder_s); /* the other pattern */
  g_assert_cmpint (read_checked (svpn_noise_read_message1, &noise, pair.message1.data, pair.message1.size),
                   !=, SVPN_NOISE_OK);
}

/* The initiator knows another key than the responder's, or claims a static key that is not its own. */
static void
test_wrong_static (void)
{
  Pair pair = pair_new (SVPN_NOISE_IK);
  SvpnNoise initiator;
  guint8 rs[32], message[MESSAGE_MAX];
  gsize size;

  svpn_noise_public_key (rs, initiator_s);
  svpn_noise_init_initiator (&initiator, SVPN_NOISE_NK, NULL, 0, NULL, rs);
  g_assert_cmpint (svpn_noise_write_message1 (&initiator, e1, NULL, 0, message, &size), ==, SVPN_NOISE_OK);
  svpn_noise_init_responder (&pair.responder, SVPN_NOISE_NK, NULL, 0, responder_s);
  g_assert_cmpint (read_checked (svpn_noise_read_message1, &pair.responder, message, size), ==,
                   SVPN_NOISE_NOT_AUTHENTIC);

  svpn_noise_public_key (rs, responder_s);
  svpn_noise_init_responder (&pair.responder, SVPN_NOISE_IK, NULL, 0, responder_s);
  for (guint8 claimed = 0; claimed < 2; claimed++) {
    svpn_noise_init_initiator (&initiator, SVPN_NOISE_IK, NULL, 0, initiator_s, rs);
    memset (initiator.s_public, claimed * 9, 32);
    g_assert_cmpint (svpn_noise_write_message1 (&initiator, e1, NULL, 0, message, &size), ==, SVPN_NOISE_OK);
    g_assert_cmpint (read_checked (svpn_noise_read_message1, &pair.responder, message, size), ==,
                     claimed == 0 ? SVPN_NOISE_WEAK_KEY : SVPN_NOISE_NOT_AUTHENTIC);
  }
}

static void
test_weak_responder_key (void)
{
  static const guint8 rs[32] = { 1 }; /* a point of order 4 */
  guint8 message[MESSAGE_MAX];
  SvpnNoise initiator, before;
  gsize size;

  svpn_noise_init_initiator (&initiator, SVPN_NOISE_NK, NULL, 0, NULL, rs);
  memcpy (&before, &initiator, sizeof before);
  g_assert_cmpint (svpn_noise_write_message1 (&initiator, e1, NULL, 0, message, &size), ==,
                   SVPN_NOISE_WEAK_KEY);
  g_assert_cmpmem (&initiator, sizeof initiator, &before, sizeof before);
}

static void
test_wipe (void)
{
  Pair pair = pair_new (SVPN_NOISE_IK);

  svpn_noise_wipe (&pair.initiator);
  g_assert_true (sodium_is_zero ((const guint8 *) &pair.initiator, sizeof pair.initiator));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/noise/vectors", test_vectors);
  g_test_add_data_func ("/noise/tampered/nk", GINT_TO_POINTER (SVPN_NOISE_NK), test_tampered);
  g_test_add_data_func ("/noise/tampered/ik", GINT_TO_POINTER (SVPN_NOISE_IK), test_tampered);
  g_test_add_data_func ("/noise/other-peer/nk", GINT_TO_POINTER (SVPN_NOISE_NK), test_other_peer);
  g_test_add_data_func ("/noise/other-peer/ik", GINT_TO_POINTER (SVPN_NOISE_IK), test_other_peer);
  g_test_add_func ("/noise/wrong-static", test_wrong_static);
  g_test_add_func ("/noise/weak-responder-key", test_weak_responder_key);
  g_test_add_func ("/noise/wipe", test_wipe);
  return g_test_run ();
}

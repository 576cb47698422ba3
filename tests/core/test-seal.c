/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of sealed frames. */
#include "seal.h"

#include "hex.h"
#include "table.h"

#define FRAME_MAX 2048

/* Key and nonce of draft-irtf-cfrg-xchacha-03, A.3.1. */
#define KEY "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
#define NONCE "404142434445464748494a4b4c4d4e4f5051525354555657"

typedef struct {
  SvpnSealKey send, receive;
  guint8 nonce[SVPN_NONCE_SIZE];
} Link;

static Link
link_new (void)
{
  guint8 key[SVPN_KEY_SIZE];
  Link link = { 0 };

  hex_read (KEY, key, sizeof key);
  hex_read (NONCE, link.nonce, sizeof link.nonce);
  svpn_seal_key_set (&link.send, key);
  svpn_seal_key_set (&link.receive, key);
  return link;
}

/* Opens a copy of @frame, whose memory ends exactly where the frame does. */
static gssize
open_frame (SvpnSealKey *seal, const guint8 *frame, gsize size, GBytes **plain)
{
  g_autofree guint8 *copy = g_memdup2 (frame, size);
  SvpnFrameHeader header;
  guint8 *at = NULL;
  gssize opened = -1;

  if (!svpn_frame_header_read (copy, &header) || header.length > size - SVPN_FRAME_HEADER_SIZE)
    return -1;
  opened = svpn_open (seal, &header, copy + SVPN_FRAME_HEADER_SIZE, &at);
  if (opened >= 0 && plain != NULL)
    *plain = g_bytes_new (at, opened);
  return opened;
}

/* The linked primitive is the one of the draft. */
static void
test_draft_vector (void)
{
  static const char text[]
      = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.";
  guint8 key[32], nonce[24], ad[12], expected[256], sealed[256];
  unsigned long long size;
  gsize expected_size;

  hex_read (KEY, key, sizeof key);
  hex_read (NONCE, nonce, sizeof nonce);
  hex_read ("50515253c0c1c2c3c4c5c6c7", ad, sizeof ad);
  expected_size = hex_read ("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa644"
                            "0bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e"
                            "3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                            "c0875924c1c7987947deafd8780acf49",
                            expected, sizeof expected);

  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed, &size, (const guint8 *) text, strlen (text), ad,
                                              sizeof ad, NULL, nonce, key);
  g_assert_cmpmem (sealed, size, expected, expected_size);
}

/* Whole frames, computed by an independent implementation of the draft. */
static const struct {
  guint64 sequence;
  const char *frame;
} known[] = {
  { 0, "2000000030 404142434445464748494a4b4c4d4e4f5051525354555657"
       "f00e70f05ef6f352 2b0692808a0a007f177cb69b993daae9" },
  { 258, "2000000030 404142434445464748494a4b4c4d4e4f5051525354555657"
         "f00e70f05ef6f352 0f66e282f07ebd192ada4ecf809f929d" },
};

static void
test_known_frame (gconstpointer data)
{
  static const guint8 plain[SVPN_KEEPALIVE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) opened = NULL;
  Link link = link_new ();
  guint8 expected[128], frame[128];
  gsize expected_size = hex_read (known[i].frame, expected, sizeof expected), size;

  link.send.sequence = link.receive.sequence = known[i].sequence;
  size = svpn_seal (&link.send, SVPN_FRAME_KEEPALIVE, plain, sizeof plain, link.nonce, frame);
  g_assert_cmpmem (frame, size, expected, expected_size);

  g_assert_cmpint (open_frame (&link.receive, expected, expected_size, &opened), ==, sizeof plain);
  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), plain, sizeof plain);
  g_assert_cmpuint (link.receive.sequence, ==, known[i].sequence + 1);
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 64, 1420, SVPN_FRAME_LENGTH_MAX - SVPN_SEAL_OVERHEAD };
  g_autofree guint8 *plain = g_malloc0 (SVPN_FRAME_LENGTH_MAX);
  Link link = link_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gsize frame_size = SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + sizes[i];
    g_autofree guint8 *frame = g_malloc (frame_size);
    g_autoptr (GBytes) opened = NULL;

    memset (plain, 'a' + i, sizes[i]);
    g_assert_cmpuint (svpn_seal (&link.send, SVPN_FRAME_IP_PACKET, plain, sizes[i], link.nonce, frame), ==,
                      frame_size);
    g_assert_cmpint (open_frame (&link.receive, frame, frame_size, &opened), ==, sizes[i]);
    g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), plain, sizes[i]);
  }
  g_assert_cmpuint (link.send.sequence, ==, G_N_ELEMENTS (sizes));
  g_assert_cmpuint (link.receive.sequence, ==, G_N_ELEMENTS (sizes));
}

static void
test_open_in_place (void)
{
  static const char text[] = "in place";
  Link link = link_new ();
  guint8 frame[FRAME_MAX], *plain = NULL;
  SvpnFrameHeader header;

  svpn_seal (&link.send, SVPN_FRAME_CONTROL, (const guint8 *) text, sizeof text, link.nonce, frame);
  g_assert_true (svpn_frame_header_read (frame, &header));
  g_assert_cmpint (svpn_open (&link.receive, &header, frame + SVPN_FRAME_HEADER_SIZE, &plain), ==,
                   sizeof text);
  g_assert_true (plain == frame + SVPN_FRAME_HEADER_SIZE + SVPN_NONCE_SIZE);
  g_assert_cmpstr ((const char *) plain, ==, text);
}

/* Each bit of a frame is authentic: type, length, nonce, ciphertext and tag. */
static void
test_flipped_bits (void)
{
  Link link = link_new ();
  guint8 plain[16] = { 0 }, frame[FRAME_MAX];
  gsize size = svpn_seal (&link.send, SVPN_FRAME_IP_PACKET, plain, sizeof plain, link.nonce, frame);

  for (gsize bit = 0; bit < size * 8; bit++) {
    frame[bit / 8] ^= 1 << bit % 8;
    if (open_frame (&link.receive, frame, size, NULL) != -1)
      g_error ("opened with bit %zu of byte %zu flipped", bit % 8, bit / 8);
    frame[bit / 8] ^= 1 << bit % 8;
  }
  g_assert_cmpuint (link.receive.sequence, ==, 0);
  g_assert_cmpint (open_frame (&link.receive, frame, size, NULL), ==, sizeof plain);
}

static void
test_every_other_type (void)
{
  Link link = link_new ();
  guint8 frame[FRAME_MAX];
  gsize size = svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frame);

  for (guint type = 0; type <= G_MAXUINT8; type++) {
    SvpnSealKey receive = link.receive;

    frame[0] = type;
    g_assert_cmpint (open_frame (&receive, frame, size, NULL), ==, type == SVPN_FRAME_PADDING ? 0 : -1);
  }
}

static void
test_every_shorter_length (void)
{
  Link link = link_new ();
  guint8 plain[16] = { 0 }, frame[FRAME_MAX];
  gsize size = svpn_seal (&link.send, SVPN_FRAME_IP_PACKET, plain, sizeof plain, link.nonce, frame);

  for (gsize length = 0; length < size - SVPN_FRAME_HEADER_SIZE; length++) {
    svpn_frame_header_write (frame, SVPN_FRAME_IP_PACKET, length);
    g_assert_cmpint (open_frame (&link.receive, frame, SVPN_FRAME_HEADER_SIZE + length, NULL), ==, -1);
  }
}

/* A middlebox drops, repeats or reorders: what arrives out of turn does not open. */
static void
test_sequence (void)
{
  Link link = link_new ();
  guint8 frames[3][SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD];

  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frames[i]);

  g_assert_cmpint (open_frame (&link.receive, frames[1], sizeof frames[1], NULL), ==,
                   -1); /* the first was dropped */
  g_assert_cmpint (open_frame (&link.receive, frames[0], sizeof frames[0], NULL), ==, 0);
  g_assert_cmpint (open_frame (&link.receive, frames[0], sizeof frames[0], NULL), ==, -1); /* repeated */
  g_assert_cmpint (open_frame (&link.receive, frames[2], sizeof frames[2], NULL), ==, -1); /* reordered */
  g_assert_cmpint (open_frame (&link.receive, frames[1], sizeof frames[1], NULL), ==, 0);
  g_assert_cmpint (open_frame (&link.receive, frames[2], sizeof frames[2], NULL), ==, 0);
}

/* All 64 bits of the sequence count: frames 2^32 apart are not the same, and the count carries. */
static void
test_long_sequence (void)
{
  Link link = link_new ();
  guint8 frame[FRAME_MAX];
  gsize size;

  for (guint bits = 8; bits < 64; bits += 8) {
    guint64 sequence = (G_GUINT64_CONSTANT (1) << bits) - 1;

    link.send.sequence = sequence;
    svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frame);
    g_assert_cmpuint (link.send.sequence, ==, sequence + 1);
    size = svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frame);
    link.receive.sequence = 0; /* the same in all bits but the highest */
    g_assert_cmpint (open_frame (&link.receive, frame, size, NULL), ==, -1);
    link.receive.sequence = sequence + 1;
    g_assert_cmpint (open_frame (&link.receive, frame, size, NULL), ==, 0);
    g_assert_cmpuint (link.receive.sequence, ==, sequence + 2);
  }
}

static void
test_new_key (void)
{
  static const guint8 new_key[SVPN_KEY_SIZE] = { 1 };
  Link link = link_new ();
  guint8 frame[FRAME_MAX];
  gsize size;

  svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frame);
  svpn_seal_key_set (&link.send, new_key);
  g_assert_cmpuint (link.send.sequence, ==, 0);
  size = svpn_seal (&link.send, SVPN_FRAME_PADDING, NULL, 0, link.nonce, frame);
  g_assert_cmpint (open_frame (&link.receive, frame, size, NULL), ==, -1);
  svpn_seal_key_set (&link.receive, new_key);
  g_assert_cmpint (open_frame (&link.receive, frame, size, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/seal/draft-vector", test_draft_vector);
  ADD_ROWS ("/seal/known-frame/", known, test_known_frame);
  g_test_add_func ("/seal/long-sequence", test_long_sequence);
  g_test_add_func ("/seal/sizes", test_sizes);
  g_test_add_func ("/seal/open-in-place", test_open_in_place);
  g_test_add_func ("/seal/flipped-bits", test_flipped_bits);
  g_test_add_func ("/seal/every-other-type", test_every_other_type);
  g_test_add_func ("/seal/every-shorter-length", test_every_shorter_length);
  g_test_add_func ("/seal/sequence", test_sequence);
  g_test_add_func ("/seal/new-key", test_new_key);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the admission proof. */
#include "admission.h"

#include "hex.h"

/* A vector of our own, computed with Python's hashlib, hmac and nacl: the private keys are SHA-256 ("server") and
 * SHA-256 ("client"), the time is the last second of a minute. */
#define SERVER_PRIVATE "b3eacd33433b31b5252351032c9b3e7a2e7aa7738d5decdf0dd6c62680853c06"
#define SERVER_PUBLIC "af1855c95e561b3464c6ce46a1d7914de6183cfb1629cecf9ce1f8a82533276b"
#define E_PRIVATE "948fe603f61dc036b5c596dc09fe3ce3f3d30dc90f024c85f3c82db2ccab679d"
#define TIME G_GUINT64_CONSTANT (1767225599)
#define SID "NH42vYcGCVlEt60BKV4KaXevr1JQknXun2zsOQM9iA-sA-5hxWGRh2I8m0sgVkhj"

/* The same proof with another E of the same X25519 result: top bit set; point of order 2 added (1 / u). */
#define SID_TOP_BIT "NH42vYcGCVlEt60BKV4KaXevr1JQknXun2zsOQM9iI-sA-5hxWGRh2I8m0sgVkhj"
#define SID_ORDER_2 "5VmGknWvRYrQsGGHfP2P27o3xcm2H9mN_LEof9tgfkCsA-5hxWGRh2I8m0sgVkhj"

typedef struct {
  guint8 server_private[32], server_public[32], e_private[32];
  SvpnAdmissionTable *table;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const guint8 table_key[16] = { 1, 2, 3 };

  hex_read (SERVER_PRIVATE, fixture->server_private, 32);
  hex_read (SERVER_PUBLIC, fixture->server_public, 32);
  hex_read (E_PRIVATE, fixture->e_private, 32);
  fixture->table = svpn_admission_table_new (table_key);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  svpn_admission_table_free (fixture->table);
}

static SvpnAdmissionResult
check (Fixture *fixture, const char *sid, guint64 time)
{
  return svpn_admission_check (fixture->table, sid, strlen (sid), fixture->server_private, time);
}

/* A proof of its own for each @number (X25519 ignores the lower bits of the first byte). */
static void
make (Fixture *fixture, guint32 number, guint64 time, char sid[SVPN_ADMISSION_SIZE + 1])
{
  memcpy (fixture->e_private + 1, &number, sizeof number);
  g_assert_true (svpn_admission_make (sid, fixture->e_private, fixture->server_public, time));
}

static void
test_vector (Fixture *fixture, gconstpointer data)
{
  char sid[SVPN_ADMISSION_SIZE + 1];

  g_assert_true (svpn_admission_make (sid, fixture->e_private, fixture->server_public, TIME));
  g_assert_cmpstr (sid, ==, SID);
  g_assert_cmpint (check (fixture, SID, TIME), ==, SVPN_ADMISSION_OK);
}

/* The vector's minute ends with its second. */
static const struct {
  gint64 seconds;
  SvpnAdmissionResult expected;
} windows[] = {
  { -120, SVPN_ADMISSION_WRONG },                                   /* two minutes early */
  { -119 - 60, SVPN_ADMISSION_WRONG }, { -119, SVPN_ADMISSION_OK }, /* first second of the minute before */
  { -60, SVPN_ADMISSION_OK },          { 0, SVPN_ADMISSION_OK },      { 1, SVPN_ADMISSION_OK },
  { 60, SVPN_ADMISSION_OK }, /* last second of the minute after */
  { 61, SVPN_ADMISSION_WRONG },        { 120, SVPN_ADMISSION_WRONG },
};

static void
test_window (Fixture *fixture, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  g_assert_cmpint (check (fixture, SID, TIME + windows[i].seconds), ==, windows[i].expected);
}

static void
test_first_minute (Fixture *fixture, gconstpointer data)
{
  char sid[SVPN_ADMISSION_SIZE + 1];

  make (fixture, 1, 0, sid);
  g_assert_cmpint (check (fixture, sid, 0), ==, SVPN_ADMISSION_OK);
  make (fixture, 2, 60, sid);
  g_assert_cmpint (check (fixture, sid, 0), ==, SVPN_ADMISSION_OK);
}

/* A proof taken at any minute of its window is refused for the rest of it, also when the clock is set back. */
static void
test_replay (Fixture *fixture, gconstpointer data)
{
  char sid[SVPN_ADMISSION_SIZE + 1];

  make (fixture, 1, TIME + 60, sid);
  g_assert_cmpint (check (fixture, SID, TIME - 60), ==, SVPN_ADMISSION_OK);
  for (int offset = -60; offset <= 60; offset += 60)
    g_assert_cmpint (check (fixture, SID, TIME + offset), ==, SVPN_ADMISSION_REPLAYED);
  g_assert_cmpint (check (fixture, sid, TIME + 60), ==, SVPN_ADMISSION_OK);
  g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_REPLAYED);
  g_assert_cmpint (check (fixture, SID, TIME - 60), ==, SVPN_ADMISSION_REPLAYED);
  g_assert_cmpint (check (fixture, SID, TIME + 120), ==, SVPN_ADMISSION_WRONG);
}

static void
test_replay_with_other_e (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (check (fixture, SID, TIME), ==, SVPN_ADMISSION_OK);
  g_assert_cmpint (check (fixture, SID_TOP_BIT, TIME), ==, SVPN_ADMISSION_REPLAYED);
  g_assert_cmpint (check (fixture, SID_ORDER_2, TIME), ==, SVPN_ADMISSION_REPLAYED);
}

/* The same E with the tag of the next minute: its owner made it, but each E is taken once. */
static void
test_same_e_next_minute (Fixture *fixture, gconstpointer data)
{
  char sid[SVPN_ADMISSION_SIZE + 1];

  g_assert_true (svpn_admission_make (sid, fixture->e_private, fixture->server_public, TIME + 60));
  g_assert_cmpint (check (fixture, SID, TIME), ==, SVPN_ADMISSION_OK);
  g_assert_cmpint (check (fixture, sid, TIME + 60), ==, SVPN_ADMISSION_REPLAYED);
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  const guint32 half = SVPN_ADMISSION_TABLE_SIZE / 2;
  char first[SVPN_ADMISSION_SIZE + 1], late[SVPN_ADMISSION_SIZE + 1], sid[SVPN_ADMISSION_SIZE + 1];

  make (fixture, 0, TIME, first);
  make (fixture, half, TIME + 60, late);
  for (guint32 i = 0; i < SVPN_ADMISSION_TABLE_SIZE; i++) {
    make (fixture, i, TIME + (i < half ? 0 : 60), sid);
    g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_OK);
  }

  /* Further ones are taken, and are not remembered; those that are remembered stay so. */
  make (fixture, SVPN_ADMISSION_TABLE_SIZE, TIME + 60, sid);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_OK);
  g_assert_cmpint (check (fixture, first, TIME + 60), ==, SVPN_ADMISSION_REPLAYED);
  g_assert_cmpint (check (fixture, late, TIME + 60), ==, SVPN_ADMISSION_REPLAYED);

  for (guint32 i = 0; i < half; i++) { /* the first half has expired: exactly that much room */
    make (fixture, SVPN_ADMISSION_TABLE_SIZE + i, TIME + 60, sid);
    g_assert_cmpint (check (fixture, sid, TIME + 120), ==, SVPN_ADMISSION_OK);
  }
  make (fixture, 2 * SVPN_ADMISSION_TABLE_SIZE, TIME + 60, sid);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (check (fixture, sid, TIME + 120), ==, SVPN_ADMISSION_OK);
  g_assert_cmpint (check (fixture, late, TIME + 120), ==, SVPN_ADMISSION_REPLAYED);

  make (fixture, 0, TIME + 180, sid);
  g_assert_cmpint (check (fixture, sid, TIME + 180), ==, SVPN_ADMISSION_OK);
}

/* Proofs that do not verify take no room. */
static void
test_garbage_fills_nothing (Fixture *fixture, gconstpointer data)
{
  char sid[] = SID;

  for (gsize i = 0; i < SVPN_ADMISSION_TABLE_SIZE + 10; i++) {
    sid[i % 40] = sid[i % 40] == 'A' ? 'B' : 'A';
    g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_WRONG);
  }
  g_assert_cmpint (check (fixture, SID, TIME), ==, SVPN_ADMISSION_OK);
}

static void
test_wrong_key (Fixture *fixture, gconstpointer data)
{
  fixture->server_private[5] ^= 1;
  g_assert_cmpint (check (fixture, SID, TIME), ==, SVPN_ADMISSION_WRONG);
}

/* No other character anywhere gives a proof. */
static void
test_flipped_characters (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < SVPN_ADMISSION_SIZE; i++) {
    char sid[] = SID;

    sid[i] = sid[i] == 'A' ? 'B' : 'A';
    g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_WRONG);
  }
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  char sid[SVPN_ADMISSION_SIZE + 2] = SID;

  for (gsize size = 0; size < SVPN_ADMISSION_SIZE; size++)
    g_assert_cmpint (svpn_admission_check (fixture->table, SID, size, fixture->server_private, TIME), ==,
                     SVPN_ADMISSION_MALFORMED);
  sid[SVPN_ADMISSION_SIZE] = 'A';
  g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_MALFORMED);

  for (gsize i = 0; i < SVPN_ADMISSION_SIZE; i++) {
    for (guint c = 0; c <= G_MAXUINT8; c++) {
      if (g_ascii_isalnum (c) || c == '-' || c == '_')
        continue;
      memcpy (sid, SID, SVPN_ADMISSION_SIZE);
      sid[i] = c;
      g_assert_cmpint (
          svpn_admission_check (fixture->table, sid, SVPN_ADMISSION_SIZE, fixture->server_private, TIME), ==,
          SVPN_ADMISSION_MALFORMED);
    }
  }
}

/* Points of small order, whose X25519 result is all zeros: 0, 1, both of order 8, and p - 1, p, p + 1. */
static const char *const weak_points[] = {
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void
test_weak_points (Fixture *fixture, gconstpointer data)
{
  /* What a prober without the server's key would send: k of an all-zero result. */
  static const guint8 zeros[32] = { 0 };
  crypto_auth_hmacsha256_state state;
  guint8 proof[48], k[32], tag[32];
  char sid[SVPN_ADMISSION_SIZE + 1];
  g_autofree char *minute = g_strdup_printf ("%" G_GUINT64_FORMAT, TIME / 60);

  crypto_auth_hmacsha256_init (&state, (const guint8 *) "smartvpn/1 admission", 20);
  crypto_auth_hmacsha256_update (&state, zeros, sizeof zeros);
  crypto_auth_hmacsha256_final (&state, k);
  crypto_auth_hmacsha256 (tag, (const guint8 *) minute, strlen (minute), k);
  memcpy (proof + 32, tag, 16);

  for (gsize i = 0; i < G_N_ELEMENTS (weak_points); i++) {
    g_test_message ("%s", weak_points[i]);
    hex_read (weak_points[i], proof, 32);
    g_assert_false (svpn_admission_make (sid, fixture->e_private, proof, TIME));
    sodium_bin2base64 (sid, sizeof sid, proof, sizeof proof, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    g_assert_cmpint (check (fixture, sid, TIME), ==, SVPN_ADMISSION_WRONG);
  }
}

static const struct {
  const char *path;
  void (*test) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "/admission/vector", test_vector },
  { "/admission/first-minute", test_first_minute },
  { "/admission/replay", test_replay },
  { "/admission/replay-with-other-e", test_replay_with_other_e },
  { "/admission/same-e-next-minute", test_same_e_next_minute },
  { "/admission/full", test_full },
  { "/admission/garbage-fills-nothing", test_garbage_fills_nothing },
  { "/admission/wrong-key", test_wrong_key },
  { "/admission/flipped-characters", test_flipped_characters },
  { "/admission/malformed", test_malformed },
  { "/admission/weak-points", test_weak_points },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (windows); i++) {
    g_autofree char *path = g_strdup_printf ("/admission/window/%+d-s", (int) windows[i].seconds);

    g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_window, tear_down);
  }
  return g_test_run ();
}

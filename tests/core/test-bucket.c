/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the token bucket under a virtual clock, beside a model that keeps the level in 128 bits. */
#include "bucket.h"

#include "table.h"

#define S G_GUINT64_CONSTANT (1000000)
#define START (3600 * S)

/* --- the model --- */

typedef __int128 Millionths; /* of a byte */

typedef struct {
  guint64 rate, burst, now;
  Millionths level;
} Model;

static void
model_go_to (Model *model, guint64 now)
{
  model->level += (Millionths) (now - model->now) * model->rate;
  if (model->level > (Millionths) model->burst * S)
    model->level = (Millionths) model->burst * S;
  model->now = now;
}

static gboolean
model_take (Model *model, guint64 bytes)
{
  if (model->level < (Millionths) MIN (bytes, model->burst) * S)
    return FALSE;
  model->level -= (Millionths) bytes * S;
  return TRUE;
}

/* --- long runs --- */

static guint64
xorshift (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static guint64
between (guint64 *random, guint64 min, guint64 max)
{
  return min + xorshift (random) % (max - min + 1);
}

static const struct {
  const char *name;
  guint64 rate, burst, seconds;
  guint64 step_min, step_max; /* of the clock, in us; 0: it goes on by what wait_us says */
  guint64 packet_min, packet_max;
} runs[] = {
  { "1-kBps", 1000, 1500, 86400, 0, 0, 40, 1500 },
  { "1-kBps-irregular", 1000, 100000, 86400, 0, 900000, 40, 1500 },
  { "1-kBps-large-packets", 1000, 1500, 86400, 0, 0, 65535, 65535 },
  { "64-kBps", 64000, 16000, 3600, 0, 0, 40, 9000 },
  { "64-kBps-irregular", 64000, 200000, 3600, 0, 30000, 40, 65535 },
  { "odd-rate", 333333, 70000, 3600, 0, 0, 1, 65535 },
  { "prime-rate", 999983, 65535, 20, 1, 3, 40, 1500 },
  { "1-MBps-packets-over-burst", 1000000, 1500, 1000, 0, 0, 40, 65535 },
  { "1-MBps-burst-0", 1000000, 0, 1000, 0, 0, 40, 65535 },
  { "125-MBps", 125000000, 1000000, 60, 0, 1000, 40, 65535 },
  { "1-GBps", 1000000000, 10000000, 60, 0, 5000, 1500, 65535 },
  { "12.5-GBps", 12500000000, 100000, 5, 0, 0, 65535, 65535 },
  { "12.5-GBps-irregular", 12500000000, 700000000, 5, 0, 50000, 40, 65535 },
  { "maxima", SVPN_RATE_MAX, SVPN_BURST_MAX, 10, 0, 9000, 1000000, SVPN_BURST_MAX / 10 },
};

/* Always hungry: what passes is neither over nor under the limit, to the byte, and each answer is the model's. */
static void
test_run (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint64 now = START, end = START + runs[i].seconds * S, admitted = 0, random = 88172645463325252 + i;
  guint64 bytes = between (&random, runs[i].packet_min, runs[i].packet_max);
  guint64 allowance = MAX (runs[i].burst, runs[i].packet_max);
  Model model = { runs[i].rate, runs[i].burst, START, (Millionths) runs[i].burst * S };
  SvpnBucket bucket;
  Millionths limit;

  svpn_bucket_init (&bucket, runs[i].rate, runs[i].burst, now);
  while (now <= end) {
    while (svpn_bucket_take (&bucket, bytes, now)) {
      g_assert_true (model_take (&model, bytes));
      admitted += bytes;
      bytes = between (&random, runs[i].packet_min, runs[i].packet_max);
    }
    g_assert_false (model_take (&model, bytes));

    limit = (Millionths) (now - START) * runs[i].rate;
    g_assert_true ((Millionths) admitted * S <= limit + (Millionths) allowance * S);
    g_assert_true ((Millionths) (admitted + bytes) * S >= limit + (Millionths) runs[i].burst * S);

    if (runs[i].step_max > 0)
      now += between (&random, runs[i].step_min, runs[i].step_max);
    else
      now += svpn_bucket_wait_us (&bucket, bytes, now);
    model_go_to (&model, now);
  }
  g_assert_cmpuint (admitted, >=, runs[i].rate * runs[i].seconds - runs[i].packet_max);
}

/* Random calls, new limits among them, in lockstep with the model. */
static void
test_model (void)
{
  static const guint64 rates[]
      = { 1000, 1001, 64000, 333333, 1000000, 125000000, 12500000000, SVPN_RATE_MAX };
  static const guint64 bursts[] = { 0, 1, 1500, 9000, 65536, 1000000, SVPN_BURST_MAX };
  static const guint64 steps[] = { 0, 1, 3, 100, 10000, 1000000, 3600 * S };
  guint64 now = START, random = 42;
  Model model = { rates[0], bursts[2], now, (Millionths) bursts[2] * S };
  SvpnBucket bucket;

  svpn_bucket_init (&bucket, model.rate, model.burst, now);
  for (int i = 0; i < 1000000; i++) {
    guint64 bytes = between (&random, 40, i % 1000 == 0 ? SVPN_BURST_MAX : 65535), wait;

    now += between (&random, 0, steps[xorshift (&random) % G_N_ELEMENTS (steps)]);
    model_go_to (&model, now);
    if (xorshift (&random) % 100 == 0) {
      model.rate = rates[xorshift (&random) % G_N_ELEMENTS (rates)];
      model.burst = bursts[xorshift (&random) % G_N_ELEMENTS (bursts)];
      svpn_bucket_set (&bucket, model.rate, model.burst, now);
      model_go_to (&model, now);
    }
    wait = svpn_bucket_wait_us (&bucket, bytes, now);
    g_assert_cmpint (svpn_bucket_take (&bucket, bytes, now), ==, wait == 0);
    g_assert_cmpint (model_take (&model, bytes), ==, wait == 0);
    g_assert_true ((Millionths) bucket.tokens * S + bucket.remainder == model.level);
  }
}

/* --- small steps --- */

static const struct {
  const char *name;
  guint64 rate, burst, spent; /* of a full bucket, at the beginning */
  guint64 bytes, wait_us;
} waits[] = {
  { "full", 1000, 1500, 0, 1500, 0 },
  { "one-byte-short", 1000, 1500, 1, 1500, 1000 },
  { "empty", 1000, 1500, 1500, 1500, 1500000 },
  { "rounded-up", 3000000, 1500, 1500, 1, 1 },
  { "rounded-up-more", 300000, 1500, 1500, 1, 4 },
  { "exact", 1000000, 1500, 1500, 7, 7 },
  { "nothing", 1000, 1500, 1500, 0, 0 },
  { "over-burst-of-a-full-bucket", 1000, 1500, 0, 65535, 0 },
  { "over-burst-waits-for-full", 1000, 1500, 100, 65535, 100000 },
  { "debt", 1000, 1500, 65535, 1, 64036000 },
  { "burst-0", 1000000, 0, 1000, 40, 1000 },
  { "unlimited", 0, 1500, SVPN_BURST_MAX, SVPN_BURST_MAX, 0 },
  { "unlimited-without-burst", 0, 0, 65535, 65535, 0 },
  { "longest", 1, SVPN_BURST_MAX, SVPN_BURST_MAX, SVPN_BURST_MAX, SVPN_BURST_MAX *S },
  { "rate-over-maximum", G_MAXUINT64, 1500, 1500, 1500, 1 },
  { "burst-over-maximum", 1000, G_MAXUINT64, SVPN_BURST_MAX, 1, 1000 },
};

/* It can be taken when the wait is over and not a microsecond before. */
static void
test_wait (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint64 wait_us = waits[i].wait_us;
  SvpnBucket bucket, early;

  svpn_bucket_init (&bucket, waits[i].rate, waits[i].burst, START);
  g_assert_true (svpn_bucket_take (&bucket, waits[i].spent, START));
  g_assert_cmpuint (svpn_bucket_wait_us (&bucket, waits[i].bytes, START), ==, wait_us);
  if (wait_us > 0) {
    early = bucket;
    g_assert_cmpuint (svpn_bucket_wait_us (&early, waits[i].bytes, START - 5), ==, wait_us + 5);
    g_assert_false (svpn_bucket_take (&early, waits[i].bytes, START));
    g_assert_false (svpn_bucket_take (&early, waits[i].bytes, START + wait_us - 1));
    g_assert_cmpuint (svpn_bucket_wait_us (&early, waits[i].bytes, START + wait_us - 1), ==, 1);
  }
  g_assert_true (svpn_bucket_take (&bucket, waits[i].bytes, START + wait_us));
}

static void
test_clock (void)
{
  SvpnBucket bucket;

  svpn_bucket_init (&bucket, 1000, 1500, START);
  g_assert_true (svpn_bucket_take (&bucket, 1500, START));
  for (int i = 0; i < 100000; i++) /* it stands still */
    g_assert_false (svpn_bucket_take (&bucket, 1, START));
  for (int i = 1; i < 1000; i++) /* it goes on in the smallest steps */
    g_assert_false (svpn_bucket_take (&bucket, 1, START + i));
  g_assert_true (svpn_bucket_take (&bucket, 1, START + 1000));
  g_assert_false (
      svpn_bucket_take (&bucket, 1, 0)); /* it goes back, and forward again: nothing is gained twice */
  g_assert_false (svpn_bucket_take (&bucket, 1, START + 1999));
  g_assert_true (svpn_bucket_take (&bucket, 1, START + 2000));
  g_assert_true (svpn_bucket_take (&bucket, 1500, G_MAXUINT64)); /* it jumps as far as it can */
  g_assert_false (svpn_bucket_take (&bucket, 1, G_MAXUINT64));
}

/* Limits of a bucket that had @rate, @burst and @spent; a second later they become @new_rate and @new_burst. */
static const struct {
  const char *name;
  guint64 rate, burst, spent, new_rate, new_burst;
  gint64 tokens;
} changes[] = {
  { "rate-up", 1000, 9000, 9000, 5000, 9000, 1000 },
  { "rate-down", 5000, 9000, 9000, 1000, 9000, 5000 },
  { "burst-up", 1000, 9000, 0, 1000, 20000, 9000 },
  { "burst-down", 1000, 9000, 0, 1000, 2000, 2000 },
  { "burst-down-above-tokens", 1000, 9000, 9000, 1000, 2000, 1000 },
  { "debt-is-kept", 1000, 1500, 65535, 1000000, 9000, 1500 - 65535 + 1000 },
  { "from-unlimited-is-full", 0, 0, 65535, 1000, 9000, 9000 },
  { "full-stays-full", 1000, 9000, 500, 2000, 9000, 9000 },
};

static void
test_change (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnBucket bucket;

  svpn_bucket_init (&bucket, changes[i].rate, changes[i].burst, START);
  g_assert_true (svpn_bucket_take (&bucket, changes[i].spent, START));
  svpn_bucket_set (&bucket, changes[i].new_rate, changes[i].new_burst, START + S);
  g_assert_cmpuint (bucket.rate_bytes_per_s, ==, changes[i].new_rate);
  g_assert_cmpuint (bucket.burst_bytes, ==, changes[i].new_burst);
  g_assert_cmpint (bucket.tokens, ==, changes[i].tokens);

  if (changes[i].tokens > 0)
    g_assert_true (svpn_bucket_take (&bucket, (guint64) changes[i].tokens, START + S));
  g_assert_cmpuint (svpn_bucket_wait_us (&bucket, 1, START + S), ==,
                    (guint64) (1 - MIN (changes[i].tokens, 0)) * S / changes[i].new_rate);
}

static void
test_unlimited (void)
{
  SvpnBucket bucket;

  svpn_bucket_init (&bucket, 1000, 1500, START);
  g_assert_true (svpn_bucket_take (&bucket, 65535, START));
  svpn_bucket_set (&bucket, 0, 0, START);
  for (int i = 0; i < 1000; i++)
    g_assert_true (svpn_bucket_take (&bucket, 65535, START));
  svpn_bucket_set (&bucket, 1000, 1500, START + S); /* begins full, not with what a second brings */
  g_assert_true (svpn_bucket_take (&bucket, 1500, START + S));
  g_assert_false (svpn_bucket_take (&bucket, 1, START + S));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/bucket/run/", runs, test_run);
  ADD_TABLE ("/bucket/wait/", waits, test_wait);
  ADD_TABLE ("/bucket/change/", changes, test_change);
  g_test_add_func ("/bucket/model", test_model);
  g_test_add_func ("/bucket/clock", test_clock);
  g_test_add_func ("/bucket/unlimited", test_unlimited);
  return g_test_run ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The token bucket.
 *
 * How it works: bytes per second times microseconds are millionths of a byte, so whole numbers keep the level exactly,
 * as tokens and a remainder. Nothing is multiplied before it is known that the bucket does not overflow in that time:
 * then the product is below (SVPN_BURST_MAX + the largest debt) * 1000000 + SVPN_RATE_MAX, which 64 bits hold. */
#include "bucket.h"

#include <assert.h>

#define US_PER_S 1000000ULL

_Static_assert(2 * SVPN_BURST_MAX < UINT64_MAX / US_PER_S - SVPN_RATE_MAX, "products fit 64 bits");

/* Microseconds until the level, which is below @tokens, reaches them. */
static uint64_t
time_to_reach (const SvpnBucket *bucket, int64_t tokens)
{
  uint64_t missing = (uint64_t) (tokens - bucket->tokens) * US_PER_S - bucket->remainder;

  return (missing + bucket->rate_bytes_per_s - 1) / bucket->rate_bytes_per_s;
}

/* Adds the tokens of the time since the last call to a limited bucket. */
static void
refill (SvpnBucket *bucket, uint64_t now_us)
{
  uint64_t elapsed = now_us > bucket->last_us ? now_us - bucket->last_us : 0;
  int64_t burst = (int64_t) bucket->burst_bytes;

  bucket->last_us += elapsed;
  if (elapsed == 0 || bucket->tokens == burst)
    return;
  if (elapsed >= time_to_reach (bucket, burst)) {
    bucket->tokens = burst;
    bucket->remainder = 0;
    return;
  }

  uint64_t gain = elapsed * bucket->rate_bytes_per_s + bucket->remainder;

  bucket->tokens += (int64_t) (gain / US_PER_S);
  bucket->remainder = gain % US_PER_S;
}

/* Tokens that must be there before @bytes are taken. */
static int64_t
tokens_needed (const SvpnBucket *bucket, uint64_t bytes)
{
  return (int64_t) (bytes < bucket->burst_bytes ? bytes : bucket->burst_bytes);
}

void
svpn_bucket_init (SvpnBucket *bucket, uint64_t rate_bytes_per_s, uint64_t burst_bytes, uint64_t now_us)
{
  *bucket = (SvpnBucket){ .last_us = now_us };
  svpn_bucket_set (bucket, rate_bytes_per_s, burst_bytes, now_us);
}

void
svpn_bucket_set (SvpnBucket *bucket, uint64_t rate_bytes_per_s, uint64_t burst_bytes, uint64_t now_us)
{
  bool was_limited = bucket->rate_bytes_per_s != 0;

  if (was_limited)
    refill (bucket, now_us);

  bucket->rate_bytes_per_s = rate_bytes_per_s < SVPN_RATE_MAX ? rate_bytes_per_s : SVPN_RATE_MAX;
  bucket->burst_bytes = burst_bytes < SVPN_BURST_MAX ? burst_bytes : SVPN_BURST_MAX;
  if (!was_limited || bucket->tokens >= (int64_t) bucket->burst_bytes) {
    bucket->tokens = (int64_t) bucket->burst_bytes;
    bucket->remainder = 0;
  }
}

bool
svpn_bucket_take (SvpnBucket *bucket, uint64_t bytes, uint64_t now_us)
{
  assert (bytes <= SVPN_BURST_MAX);

  if (bucket->rate_bytes_per_s == 0)
    return true;
  refill (bucket, now_us);
  if (bucket->tokens < tokens_needed (bucket, bytes))
    return false;

  bucket->tokens -= (int64_t) bytes;
  return true;
}

uint64_t
svpn_bucket_wait_us (const SvpnBucket *bucket, uint64_t bytes, uint64_t now_us)
{
  uint64_t behind = now_us < bucket->last_us ? bucket->last_us - now_us : 0;
  SvpnBucket then = *bucket;

  if (bucket->rate_bytes_per_s == 0)
    return 0;
  refill (&then, now_us);
  if (then.tokens >= tokens_needed (&then, bytes))
    return 0;
  return behind + time_to_reach (&then, tokens_needed (&then, bytes));
}

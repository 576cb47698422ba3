/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A token bucket at byte granularity. Pure: time is handed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The range of the settings. A bucket itself takes less (any burst, 0 included), and larger values as the maximum. */
#define SVPN_RATE_MIN 1000ULL         /* bytes/s */
#define SVPN_RATE_MAX 100000000000ULL /* bytes/s */
#define SVPN_BURST_MIN 1500ULL        /* bytes */
#define SVPN_BURST_MAX 1000000000ULL  /* bytes */

typedef struct {
  uint64_t rate_bytes_per_s; /* 0: unlimited */
  uint64_t burst_bytes;
  /* private */
  int64_t tokens;     /* bytes; below 0: a debt */
  uint32_t remainder; /* fraction of a byte, in units of 1/1000000; 0 in a full bucket */
  uint64_t last_us;   /* never goes back, even if the time that is handed in does */
} SvpnBucket;

/* A full bucket. Rate 0: unlimited. */
void svpn_bucket_init (SvpnBucket *bucket, uint64_t rate_bytes_per_s, uint64_t burst_bytes, uint64_t now_us);

/* New limits for a running bucket. It gains at the old rate up to now, and keeps its tokens, up to the new burst, or its
 * debt. A bucket that was unlimited begins full; one that becomes unlimited forgets its debt. */
void svpn_bucket_set (SvpnBucket *bucket, uint64_t rate_bytes_per_s, uint64_t burst_bytes, uint64_t now_us);

/* Takes @bytes (up to SVPN_BURST_MAX) if they are there. A packet larger than the burst is taken from a full bucket and
 * leaves a debt, which later packets wait for: so no packet is stuck for ever, and the rate holds on average.
 *
 * In any time T at most rate * T + the burst (or the largest packet, if that is more) pass, to the byte. At least
 * rate * T pass if there is always a packet (within the burst) and the caller asks again as soon as
 * svpn_bucket_wait_us() is over. */
bool svpn_bucket_take (SvpnBucket *bucket, uint64_t bytes, uint64_t now_us);

/* How long from @now_us until @bytes can be taken, in microseconds, rounded up; 0: now. */
uint64_t svpn_bucket_wait_us (const SvpnBucket *bucket, uint64_t bytes, uint64_t now_us);

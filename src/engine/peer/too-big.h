/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Packets that are larger than a session's MTU: answered by ICMP, so that path MTU discovery works. */
#pragma once

#include "bucket.h"
#include "clock.h"
#include "mtu.h"

/* Answers a second, at most. */
#define SVPN_TOO_BIG_ANSWERS_PER_S 100

typedef struct {
  SvpnClock *clock;
  SvpnBucket answers; /* that may be sent */
} SvpnTooBig;

void svpn_too_big_init (SvpnTooBig *too_big, SvpnClock *clock);

/* Whether @packet must not be sent with @mtu: it, or each segment of a super-packet but the last, is larger and may not be
 * cut (IPv6, or IPv4 with DF). If so, and if an
 * answer is due, @answer is to be sent to where the packet came from: *answer_size is its size, else 0. @source: 4 or
 * 16 bytes, an address that the reader of the answer does not have itself. */
gboolean svpn_too_big_refuse (SvpnTooBig *too_big, const SvpnPacket *packet, const uint8_t *data,
                              const uint8_t *source, guint mtu, uint8_t answer[SVPN_MTU_ANSWER_MAX],
                              size_t *answer_size);

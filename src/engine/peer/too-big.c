/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Packets that are larger than a session's MTU.
 *
 * How it works: the tunnel itself carries packets of any size; the MTU is there so that a packet fits one segment of
 * the carrier. So IPv4 packets that a router would cut into fragments are sent whole, and so is IPv6 where the MTU is
 * below its minimum. */
#include "too-big.h"
#include "gso.h"
#include "wire.h"

void
svpn_too_big_init (SvpnTooBig *too_big, SvpnClock *clock)
{
  too_big->clock = clock;
  svpn_bucket_init (&too_big->answers, SVPN_TOO_BIG_ANSWERS_PER_S, SVPN_TOO_BIG_ANSWERS_PER_S,
                    svpn_clock_boot_us (clock));
}

static gboolean
may_be_cut (const SvpnPacket *packet, const uint8_t *data)
{
  const uint8_t dont_fragment = 0x40;

  return packet->version == 4 && !(data[6] & dont_fragment);
}

/* Quotes a segment of a super-packet, which is what was too big. */
static size_t
make_answer (const SvpnPacket *packet, const uint8_t *data, const uint8_t *source, guint mtu, uint8_t *answer)
{
  uint8_t out[SVPN_PACKET_SIZE_MAX];
  SvpnPacket first;

  if (!packet->checksum_partial)
    return svpn_mtu_answer (packet, data, source, mtu, answer);
  svpn_gso_slice (packet, data, 0, 1, TRUE, out, &first);
  return svpn_mtu_answer (&first, out, source, mtu, answer);
}

gboolean
svpn_too_big_refuse (SvpnTooBig *too_big, const SvpnPacket *packet, const uint8_t *data,
                     const uint8_t *source, guint mtu, uint8_t answer[SVPN_MTU_ANSWER_MAX],
                     size_t *answer_size)
{
  if (svpn_gso_largest (packet, data) <= mtu || may_be_cut (packet, data)
      || (packet->version == 6 && mtu < SVPN_MTU_MIN_IPV6))
    return FALSE;
  *answer_size = make_answer (packet, data, source, mtu, answer);
  if (*answer_size > 0 && !svpn_bucket_take (&too_big->answers, 1, svpn_clock_boot_us (too_big->clock)))
    *answer_size = 0;
  return TRUE;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: the ICMP answer to a packet that came out of the TUN device or the tunnel. */
#include "mtu.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  "4500001c 12344000 40110000 0a080002 01010101 cafe0035 00080000",
  "47000024 12346000 40110000 0a080002 01010101 01010101 01010101 cafe0035 00080000",
  "4500001c 12344000 40010000 0a080002 01010101 08000000 00000000",
  "60000000 00081140 fd000008000000000000000000000002 fd000008000000000000000000000001 cafe0035 00080000",
  "60000000 00083a40 fd000008000000000000000000000002 fd000008000000000000000000000001 80000000 00000000",
  "60000000 00102c40 fd000008000000000000000000000002 fd000008000000000000000000000001 1100000100000001"
  "cafe0035 00080000",
  NULL,
};

static const uint8_t source[16] = { 0xfd, 0, 0, 8, [15] = 1 };

/* Right where it is a multiple of 65535. */
static uint64_t
sum (const uint8_t *data, size_t size)
{
  uint64_t total = 0;

  for (size_t i = 0; i < size; i++)
    total += i % 2 == 0 ? data[i] * 256u : data[i];
  return total;
}

static size_t
smaller (size_t a, size_t b)
{
  return a < b ? a : b;
}

static void
check_ipv4 (const SvpnPacket *packet, const uint8_t *data, const uint8_t *out, size_t size)
{
  FUZZ_CHECK ((data[6] & 0x40) != 0);
  FUZZ_CHECK (size == 28 + smaller (packet->size, 548));
  FUZZ_CHECK (out[0] == 0x45 && (size_t) (out[2] << 8 | out[3]) == size && out[9] == 1);
  FUZZ_CHECK (memcmp (out + 12, source, 4) == 0 && memcmp (out + 16, packet->source, 4) == 0);
  FUZZ_CHECK (sum (out, 20) % 65535 == 0);
  FUZZ_CHECK (out[20] == 3 && out[21] == 4);
  FUZZ_CHECK (sum (out + 20, size - 20) % 65535 == 0);
  FUZZ_CHECK (memcmp (out + 28, data, size - 28) == 0);
}

static void
check_ipv6 (const SvpnPacket *packet, const uint8_t *data, const uint8_t *out, size_t size)
{
  FUZZ_CHECK (size == 48 + smaller (packet->size, 1232));
  FUZZ_CHECK (out[0] == 0x60 && (size_t) (out[4] << 8 | out[5]) == size - 40 && out[6] == 58);
  FUZZ_CHECK (memcmp (out + 8, source, 16) == 0 && memcmp (out + 24, packet->source, 16) == 0);
  FUZZ_CHECK (out[40] == 2 && out[41] == 0);
  FUZZ_CHECK ((sum (out + 8, 32) + size - 40 + 58 + sum (out + 40, size - 40)) % 65535 == 0);
  FUZZ_CHECK (memcmp (out + 48, data, size - 48) == 0);
}

static void
check_answer (const SvpnPacket *packet, const uint8_t *data, uint32_t mtu)
{
  uint8_t out[SVPN_MTU_ANSWER_MAX], again[SVPN_MTU_ANSWER_MAX];
  SvpnPacket answer;
  size_t size;

  memset (out, 0xaa, sizeof out);
  size = svpn_mtu_answer (packet, data, source, mtu, out);
  FUZZ_CHECK (size <= sizeof out);
  for (size_t i = size; i < sizeof out; i++)
    FUZZ_CHECK (out[i] == 0xaa);
  if (size == 0)
    return;

  FUZZ_CHECK (mtu >= (packet->version == 4 ? SVPN_MTU_MIN_IPV4 : SVPN_MTU_MIN_IPV6));
  FUZZ_CHECK (packet->fragment_offset == 0);
  if (packet->version == 4)
    check_ipv4 (packet, data, out, size);
  else
    check_ipv6 (packet, data, out, size);

  /* It is a packet, which is answered never. */
  FUZZ_CHECK (svpn_packet_parse (out, size, &answer) == SVPN_PACKET_OK && answer.size == size);
  FUZZ_CHECK (svpn_mtu_answer (&answer, out, source, mtu, again) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint32_t mtus[] = { 0, 67, 68, 576, 1279, 1280, 1420, 65536, UINT32_MAX };
  SvpnPacket packet;

  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK)
    return 0;
  for (size_t i = 0; i < sizeof mtus / sizeof mtus[0]; i++)
    check_answer (&packet, data, mtus[i]);
  return 0;
}

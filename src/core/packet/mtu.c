/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * MTU arithmetic; ICMP Fragmentation Needed (RFC 792, RFC 1191) and ICMPv6 Packet Too Big (RFC 4443). */
#include "mtu.h"
#include "checksum.h"

#include <string.h>

#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
#define ICMP_HEADER_SIZE 8 /* of both messages */
#define HOP_LIMIT 64

/* ICMP types. */
enum {
  DESTINATION_UNREACHABLE = 3,
  SOURCE_QUENCH = 4,
  REDIRECT = 5,
  TIME_EXCEEDED = 11,
  PARAMETER_PROBLEM = 12,
};
#define CODE_FRAGMENTATION_NEEDED 4

/* ICMPv6 types: those below V6_INFORMATIONAL are errors. */
enum {
  V6_PACKET_TOO_BIG = 2,
  V6_INFORMATIONAL = 128,
  V6_REDIRECT = 137,
};

uint32_t
svpn_mtu_overhead_ip (uint8_t version)
{
  return version == 4 ? IPV4_HEADER_SIZE : IPV6_HEADER_SIZE;
}

uint32_t
svpn_mtu_overhead (uint8_t version)
{
  return svpn_mtu_overhead_ip (version) + SVPN_MTU_OVERHEAD_TCP + SVPN_MTU_OVERHEAD_WEBSOCKET
         + SVPN_MTU_OVERHEAD_FRAME + SVPN_MTU_OVERHEAD_TAG;
}

static void
write_u16 (uint8_t *out, uint16_t value)
{
  out[0] = value >> 8;
  out[1] = value;
}

static bool
is_icmp_error (uint8_t type)
{
  return type == DESTINATION_UNREACHABLE || type == SOURCE_QUENCH || type == REDIRECT || type == TIME_EXCEEDED
         || type == PARAMETER_PROBLEM;
}

static bool
is_icmpv6_error (uint8_t type)
{
  return type < V6_INFORMATIONAL || type == V6_REDIRECT;
}

/* @packet is whole or a first fragment, so its transport header is behind its IP headers. */
static bool
is_error (const SvpnPacket *packet, const uint8_t *data)
{
  uint8_t icmp = packet->version == 4 ? SVPN_PROTOCOL_ICMP : SVPN_PROTOCOL_ICMPV6;

  if (packet->protocol != icmp)
    return false;
  if (packet->size == packet->header_size)
    return true; /* cannot be told */
  return packet->version == 4 ? is_icmp_error (data[packet->header_size])
                              : is_icmpv6_error (data[packet->header_size]);
}

static bool
is_host_ipv4 (const uint8_t *address)
{
  return address[0] != 0 && address[0] != 127 && address[0] < 224;
}

static bool
is_host_ipv6 (const uint8_t *address)
{
  static const uint8_t zeros[15] = { 0 };
  bool unspecified_or_loopback = memcmp (address, zeros, sizeof zeros) == 0 && address[15] <= 1;

  return address[0] != 0xff && !unspecified_or_loopback;
}

static bool
is_group_ipv4 (const uint8_t *address)
{
  static const uint8_t broadcast[4] = { 255, 255, 255, 255 };

  return (address[0] & 0xf0) == 224 || memcmp (address, broadcast, sizeof broadcast) == 0;
}

static bool
may_answer_ipv4 (const SvpnPacket *packet, const uint8_t *data, uint32_t mtu)
{
  bool dont_fragment = (data[6] & 0x40) != 0;

  return dont_fragment && mtu >= SVPN_MTU_MIN_IPV4 && is_host_ipv4 (packet->source)
         && !is_group_ipv4 (packet->destination);
}

static bool
may_answer_ipv6 (const SvpnPacket *packet, uint32_t mtu)
{
  return mtu >= SVPN_MTU_MIN_IPV6 && is_host_ipv6 (packet->source) && packet->destination[0] != 0xff;
}

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* The sender cannot fragment the answer, and its ID need not be unique (RFC 6864): DF. */
static size_t
answer_ipv4 (const SvpnPacket *packet, const uint8_t *data, const uint8_t *source, uint32_t mtu, uint8_t *out)
{
  const size_t headers_size = IPV4_HEADER_SIZE + ICMP_HEADER_SIZE;
  size_t quoted = min_size (packet->size, SVPN_MTU_ANSWER_MAX_IPV4 - headers_size);
  uint8_t *icmp = out + IPV4_HEADER_SIZE;

  memset (out, 0, headers_size);
  out[0] = 0x45;
  out[1] = 0xc0; /* precedence "internetwork control" (RFC 1812, section 4.3.2.5) */
  write_u16 (out + 2, headers_size + quoted);
  out[6] = 0x40; /* DF */
  out[8] = HOP_LIMIT;
  out[9] = SVPN_PROTOCOL_ICMP;
  memcpy (out + 12, source, 4);
  memcpy (out + 16, packet->source, 4);
  svpn_checksum_store (out + 10, svpn_checksum_add (0, out, IPV4_HEADER_SIZE));

  icmp[0] = DESTINATION_UNREACHABLE;
  icmp[1] = CODE_FRAGMENTATION_NEEDED;
  write_u16 (icmp + 6, mtu < UINT16_MAX ? mtu : UINT16_MAX);
  memcpy (icmp + ICMP_HEADER_SIZE, data, quoted);
  svpn_checksum_store (icmp + 2, svpn_checksum_add (0, icmp, ICMP_HEADER_SIZE + quoted));
  return headers_size + quoted;
}

static size_t
answer_ipv6 (const SvpnPacket *packet, const uint8_t *data, const uint8_t *source, uint32_t mtu, uint8_t *out)
{
  const size_t headers_size = IPV6_HEADER_SIZE + ICMP_HEADER_SIZE;
  size_t quoted = min_size (packet->size, SVPN_MTU_ANSWER_MAX - headers_size);
  size_t message_size = ICMP_HEADER_SIZE + quoted;
  uint8_t *icmp = out + IPV6_HEADER_SIZE;

  memset (out, 0, headers_size);
  out[0] = 0x60;
  write_u16 (out + 4, message_size);
  out[6] = SVPN_PROTOCOL_ICMPV6;
  out[7] = HOP_LIMIT;
  memcpy (out + 8, source, 16);
  memcpy (out + 24, packet->source, 16);

  icmp[0] = V6_PACKET_TOO_BIG;
  write_u16 (icmp + 4, mtu >> 16);
  write_u16 (icmp + 6, mtu);
  memcpy (icmp + ICMP_HEADER_SIZE, data, quoted);

  /* The pseudo-header (RFC 8200, section 8.1): both addresses, the message's size, the protocol. */
  uint64_t sum = svpn_checksum_add_u16 (svpn_checksum_add (0, out + 8, 32), (uint16_t) message_size);

  sum = svpn_checksum_add_u16 (sum, SVPN_PROTOCOL_ICMPV6);
  svpn_checksum_store (icmp + 2, svpn_checksum_add (sum, icmp, message_size));
  return headers_size + quoted;
}

size_t
svpn_mtu_answer (const SvpnPacket *packet, const uint8_t *data, const uint8_t *source, uint32_t mtu,
                 uint8_t out[SVPN_MTU_ANSWER_MAX])
{
  if (packet->fragment_offset != 0 || is_error (packet, data))
    return 0;
  if (packet->version == 4)
    return may_answer_ipv4 (packet, data, mtu) ? answer_ipv4 (packet, data, source, mtu, out) : 0;
  return may_answer_ipv6 (packet, mtu) ? answer_ipv6 (packet, data, source, mtu, out) : 0;
}

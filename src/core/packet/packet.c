/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP packets: reads the headers of IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). */
#include "packet.h"

#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
#define EXTENSIONS_MAX 8

enum {
  PROTOCOL_HOP_BY_HOP = 0,
  PROTOCOL_ROUTING = 43,
  PROTOCOL_FRAGMENT = 44,
  PROTOCOL_AUTHENTICATION = 51,
  PROTOCOL_NONE = 59,
  PROTOCOL_DESTINATION = 60,
};

static uint16_t
read_u16 (const uint8_t *data)
{
  return data[0] << 8 | data[1];
}

/* @packet's headers are read. */
static void
read_ports (const uint8_t *data, SvpnPacket *packet)
{
  if (packet->protocol != SVPN_PROTOCOL_TCP && packet->protocol != SVPN_PROTOCOL_UDP)
    return;
  if (packet->fragment_offset != 0 || packet->size - packet->header_size < 4)
    return;

  packet->has_ports = true;
  packet->source_port = read_u16 (data + packet->header_size);
  packet->destination_port = read_u16 (data + packet->header_size + 2);
}

static SvpnPacketResult
parse_ipv4 (const uint8_t *data, size_t size, SvpnPacket *packet)
{
  if (size < IPV4_HEADER_SIZE)
    return SVPN_PACKET_NOT_IP;

  uint16_t fragment = read_u16 (data + 6);
  SvpnPacket parsed = {
    .version = 4,
    .protocol = data[9],
    .is_fragment = (fragment & 0x3fff) != 0, /* more fragments, or an offset */
    .fragment_offset = fragment & 0x1fff,
    .header_size = (data[0] & 0x0f) * 4,
    .size = read_u16 (data + 2),
    .source = data + 12,
    .destination = data + 16,
  };

  if (parsed.header_size < IPV4_HEADER_SIZE || parsed.header_size > parsed.size || parsed.size > size)
    return SVPN_PACKET_TRUNCATED;

  read_ports (data, &parsed);
  *packet = parsed;
  return SVPN_PACKET_OK;
}

static bool
is_extension (uint8_t protocol)
{
  switch (protocol) {
  case PROTOCOL_HOP_BY_HOP:
  case PROTOCOL_ROUTING:
  case PROTOCOL_FRAGMENT:
  case PROTOCOL_AUTHENTICATION:
  case PROTOCOL_DESTINATION:
    return true;
  default:
    return false;
  }
}

/* Size of the extension header at @at, which has 8 bytes at least. */
static uint16_t
extension_size (uint8_t protocol, const uint8_t *at)
{
  if (protocol == PROTOCOL_FRAGMENT)
    return 8;
  if (protocol == PROTOCOL_AUTHENTICATION)
    return (at[1] + 2) * 4;
  return (at[1] + 1) * 8;
}

/* Walks from the fixed header to the transport header. Stops early, with no protocol, where a header is cut off, where
 * there are too many, or where the rest of the chain lies in another fragment. */
static void
skip_extensions (const uint8_t *data, SvpnPacket *packet)
{
  for (int i = 0; i < EXTENSIONS_MAX && is_extension (packet->protocol) && packet->fragment_offset == 0;
       i++) {
    const uint8_t *at = data + packet->header_size;
    uint32_t left = packet->size - packet->header_size;

    if (left < 8 || left < extension_size (packet->protocol, at))
      break;
    if (packet->protocol == PROTOCOL_FRAGMENT) {
      packet->is_fragment = packet->is_fragment || (read_u16 (at + 2) & 0xfff9) != 0;
      packet->fragment_offset = read_u16 (at + 2) >> 3;
    }
    packet->header_size += extension_size (packet->protocol, at);
    packet->protocol = at[0];
  }
  if (is_extension (packet->protocol))
    packet->protocol = PROTOCOL_NONE;
}

static SvpnPacketResult
parse_ipv6 (const uint8_t *data, size_t size, SvpnPacket *packet)
{
  if (size < IPV6_HEADER_SIZE)
    return SVPN_PACKET_NOT_IP;

  SvpnPacket parsed = {
    .version = 6,
    .protocol = data[6],
    .header_size = IPV6_HEADER_SIZE,
    .size = IPV6_HEADER_SIZE + read_u16 (data + 4),
    .source = data + 8,
    .destination = data + 24,
  };

  if (parsed.size > size)
    return SVPN_PACKET_TRUNCATED;

  skip_extensions (data, &parsed);
  read_ports (data, &parsed);
  *packet = parsed;
  return SVPN_PACKET_OK;
}

SvpnPacketResult
svpn_packet_parse (const uint8_t *data, size_t size, SvpnPacket *packet)
{
  if (size > 0 && data[0] >> 4 == 4)
    return parse_ipv4 (data, size, packet);
  if (size > 0 && data[0] >> 4 == 6)
    return parse_ipv6 (data, size, packet);
  return SVPN_PACKET_NOT_IP;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Segmentation offload. */
#include "gso.h"
#include "checksum.h"
#include "tcp.h"

#include <arpa/inet.h>
#include <string.h>

#define UDP_HEADER_SIZE 8
#define UDP_LENGTH 4
#define UDP_CHECKSUM 6

static uint16_t
read_u16 (const uint8_t *data)
{
  return (uint16_t) (data[0] << 8 | data[1]);
}

static void
write_u16 (uint8_t *out, uint16_t value)
{
  out[0] = value >> 8;
  out[1] = (uint8_t) value;
}

uint32_t
svpn_gso_header_size (const SvpnPacket *packet, const uint8_t *data)
{
  const uint8_t *transport = data + packet->header_size;
  uint32_t left = packet->size - packet->header_size;

  if (packet->is_fragment)
    return 0;
  if (packet->protocol == SVPN_PROTOCOL_UDP)
    return left >= UDP_HEADER_SIZE && read_u16 (transport + UDP_LENGTH) == left
               ? packet->header_size + UDP_HEADER_SIZE
               : 0;
  if (packet->protocol != SVPN_PROTOCOL_TCP || left < SVPN_TCP_HEADER_SIZE)
    return 0;
  uint32_t tcp_size = svpn_tcp_header_size (transport);

  return tcp_size >= SVPN_TCP_HEADER_SIZE && tcp_size <= left ? packet->header_size + tcp_size : 0;
}

bool
svpn_gso_set (SvpnPacket *packet, const uint8_t *data, uint16_t segment_size)
{
  const uint8_t once
      = SVPN_TCP_SYN | SVPN_TCP_RST | SVPN_TCP_URG; /* what no segment but a single one can have */
  uint32_t header_size = svpn_gso_header_size (packet, data);

  if (header_size == 0)
    return false;
  uint32_t payload = packet->size - header_size;

  if (segment_size == 0 || payload <= segment_size) {
    packet->checksum_partial = true;
    return segment_size == 0 || packet->protocol == SVPN_PROTOCOL_TCP;
  }
  if (packet->protocol != SVPN_PROTOCOL_TCP
      || (payload + segment_size - 1) / segment_size > SVPN_GSO_SEGMENTS_MAX
      || (data[packet->header_size + SVPN_TCP_FLAGS] & once) != 0)
    return false;
  packet->checksum_partial = true;
  packet->segment_size = segment_size;
  return true;
}

SvpnPacketResult
svpn_superpacket_parse (const uint8_t *data, size_t size, SvpnPacket *packet)
{
  const uint8_t *bytes = data + SVPN_SUPERPACKET_PREFIX_SIZE;
  SvpnPacketResult result;

  if (size < SVPN_SUPERPACKET_PREFIX_SIZE)
    return SVPN_PACKET_TRUNCATED;
  result = svpn_packet_parse (bytes, size - SVPN_SUPERPACKET_PREFIX_SIZE, packet);
  if (result == SVPN_PACKET_OK && !svpn_gso_set (packet, bytes, read_u16 (data)))
    return SVPN_PACKET_TRUNCATED;
  return result;
}

uint32_t
svpn_gso_segments (const SvpnPacket *packet, const uint8_t *data)
{
  if (packet->segment_size == 0)
    return 1;
  return (packet->size - svpn_gso_header_size (packet, data) + packet->segment_size - 1)
         / packet->segment_size;
}

uint32_t
svpn_gso_largest (const SvpnPacket *packet, const uint8_t *data)
{
  return packet->segment_size == 0 ? packet->size
                                   : svpn_gso_header_size (packet, data) + packet->segment_size;
}

static uint8_t *
checksum_field (const SvpnPacket *packet, uint8_t *data)
{
  return data + packet->header_size
         + (packet->protocol == SVPN_PROTOCOL_TCP ? SVPN_TCP_CHECKSUM : UDP_CHECKSUM);
}

void
svpn_gso_complete (SvpnPacket *packet, uint8_t *data)
{
  if (!packet->checksum_partial)
    return;
  uint8_t *field = checksum_field (packet, data);
  uint64_t sum = svpn_checksum_add (0, data + packet->header_size, packet->size - packet->header_size);

  svpn_checksum_store (field, sum);
  if (packet->protocol == SVPN_PROTOCOL_UDP && field[0] == 0 && field[1] == 0)
    field[0] = field[1] = 0xff; /* RFC 768: zero means that there is none */
  packet->checksum_partial = false;
}

/* Makes the IP header at @data that of a packet of @size bytes, the @index'th of a super-packet. */
static void
fit_ip_header (const SvpnPacket *packet, uint8_t *data, uint32_t size, uint32_t index)
{
  if (packet->version == 6) {
    write_u16 (data + 4, (uint16_t) (size - 40));
    return;
  }
  write_u16 (data + 2, (uint16_t) size);
  write_u16 (data + 4, (uint16_t) (read_u16 (data + 4) + index));
  memset (data + 10, 0, 2);
  svpn_checksum_store (data + 10, svpn_checksum_add (0, data, packet->header_size));
}

/* The pseudo-header's sum has the size in it: what it becomes when that changes from @from to @to. */
static void
fit_checksum (uint8_t *field, uint32_t from, uint32_t to)
{
  uint16_t sum;

  memcpy (&sum, field, sizeof sum);
  sum = svpn_checksum_fold (
      svpn_checksum_add_u16 (svpn_checksum_add_u16 (sum, ~(uint16_t) from), (uint16_t) to));
  memcpy (field, &sum, sizeof sum);
}

/* @packet, whose bytes were copied from @data to @out. */
static SvpnPacket
relocate (const SvpnPacket *packet, const uint8_t *data, const uint8_t *out)
{
  SvpnPacket moved = *packet;

  moved.source = out + (packet->source - data);
  moved.destination = out + (packet->destination - data);
  return moved;
}

static void
copy_whole (const SvpnPacket *packet, const uint8_t *data, bool complete, uint8_t *out, SvpnPacket *copy)
{
  memcpy (out, data, packet->size);
  *copy = relocate (packet, data, out);
  if (complete)
    svpn_gso_complete (copy, out);
}

void
svpn_gso_slice (const SvpnPacket *packet, const uint8_t *data, uint32_t first, uint32_t n, bool complete,
                uint8_t *out, SvpnPacket *slice)
{
  uint32_t header_size = svpn_gso_header_size (packet, data);
  uint32_t offset = first * packet->segment_size, payload = packet->size - header_size - offset;
  bool is_last = payload <= n * packet->segment_size;
  uint8_t *tcp = out + packet->header_size;

  if (packet->segment_size == 0) {
    copy_whole (packet, data, complete, out, slice);
    return;
  }
  payload = is_last ? payload : n * packet->segment_size;
  memcpy (out, data, header_size);
  memcpy (out + header_size, data + header_size + offset, payload);
  fit_ip_header (packet, out, header_size + payload, first);
  svpn_tcp_add_to_sequence (tcp, offset);
  if (!is_last)
    tcp[SVPN_TCP_FLAGS] &= ~(SVPN_TCP_FIN | SVPN_TCP_PSH);
  if (first > 0)
    tcp[SVPN_TCP_FLAGS] &= ~SVPN_TCP_CWR;
  fit_checksum (tcp + SVPN_TCP_CHECKSUM, packet->size - packet->header_size,
                header_size + payload - packet->header_size);

  *slice = relocate (packet, data, out);
  slice->size = header_size + payload;
  slice->segment_size = payload > packet->segment_size ? packet->segment_size : 0;
  if (complete && slice->segment_size == 0)
    svpn_gso_complete (slice, out);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The kernel's offload header. */
#include "vnet.h"
#include "checksum.h"
#include "tcp.h"

#include <string.h>

#define UDP_CHECKSUM 6

static uint16_t
checksum_offset (const SvpnPacket *packet)
{
  return packet->protocol == SVPN_PROTOCOL_TCP ? SVPN_TCP_CHECKSUM : UDP_CHECKSUM;
}

/* Completes a checksum wherever in the packet it is, as of a header inside another one. */
static bool
complete_any (const struct virtio_net_hdr *header, uint8_t *data, uint32_t size)
{
  uint32_t field = (uint32_t) header->csum_start + header->csum_offset;

  if (field + 2 > size)
    return false;
  svpn_checksum_store (data + field,
                       svpn_checksum_add (0, data + header->csum_start, size - header->csum_start));
  if (data[field] == 0 && data[field + 1] == 0)
    data[field] = data[field + 1] = 0xff; /* the same number, and for UDP not "no checksum" */
  return true;
}

static bool
is_segmented (const struct virtio_net_hdr *header)
{
  return header->gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

/* The largest number of segments is for peers: the kernel's is bounded by a packet's size, and slices of it are what is
 * sent. */
static bool
set_segments (const struct virtio_net_hdr *header, const uint8_t *data, SvpnPacket *packet)
{
  uint8_t type = packet->version == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;

  if ((header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) != type || packet->protocol != SVPN_PROTOCOL_TCP
      || header->gso_size == 0)
    return false;
  if (packet->size - svpn_gso_header_size (packet, data) > header->gso_size)
    packet->segment_size = header->gso_size;
  return true;
}

SvpnPacketResult
svpn_vnet_parse (const struct virtio_net_hdr *header, uint8_t *data, size_t size, SvpnPacket *packet)
{
  SvpnPacketResult result = svpn_packet_parse (data, size, packet);

  if (result != SVPN_PACKET_OK)
    return result;
  if (!(header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
    return is_segmented (header) ? SVPN_PACKET_TRUNCATED : SVPN_PACKET_OK;

  if (svpn_gso_header_size (packet, data) == 0 || header->csum_start != packet->header_size
      || header->csum_offset != checksum_offset (packet))
    return !is_segmented (header) && complete_any (header, data, packet->size) ? SVPN_PACKET_OK
                                                                               : SVPN_PACKET_TRUNCATED;
  packet->checksum_partial = true;
  return !is_segmented (header) || set_segments (header, data, packet) ? SVPN_PACKET_OK
                                                                       : SVPN_PACKET_TRUNCATED;
}

void
svpn_vnet_describe (const SvpnPacket *packet, const uint8_t *data, struct virtio_net_hdr *header)
{
  *header = (struct virtio_net_hdr){ .gso_type = VIRTIO_NET_HDR_GSO_NONE };
  if (!packet->checksum_partial)
    return;
  header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
  header->csum_start = packet->header_size;
  header->csum_offset = checksum_offset (packet);
  if (packet->segment_size == 0)
    return;
  header->gso_type = packet->version == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
  if (data[packet->header_size + SVPN_TCP_FLAGS] & SVPN_TCP_CWR)
    header->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
  header->gso_size = packet->segment_size;
  header->hdr_len = (uint16_t) svpn_gso_header_size (packet, data);
}

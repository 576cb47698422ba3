/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Segmentation offload: packets that carry the payload of many TCP segments behind one header (super-packets), and
 * packets whose checksum is yet to be completed.
 *
 * How it works: a kernel hands its packets over before the work that a network card would do, and takes them like that
 * (vnet.h); so does a peer with the capability "gso". What is left to do of a packet is in its segment_size and
 * checksum_partial. Of a super-packet every segment has segment_size bytes of payload, the last one what is left; their
 * headers are copies of the super-packet's, with length, identification, sequence number and flags of their own. */
#pragma once

#include "packet.h"

#define SVPN_GSO_SEGMENTS_MAX                                                                                \
  128 /* of one super-packet, so that a peer's few bytes do not become very many packets */

/* Bytes from the IP header to the payload of TCP or UDP; 0 if there is no such header, whole and unfragmented, or if
 * the header's length field is not that of the packet. */
uint32_t svpn_gso_header_size (const SvpnPacket *packet, const uint8_t *data);

/* Adds to @packet, parsed of @data, what a peer says is left to do: @segment_size of an IP_SUPERPACKET, 0: the checksum
 * alone. False if the packet is none that this can be done with. */
bool svpn_gso_set (SvpnPacket *packet, const uint8_t *data, uint16_t segment_size);

#define SVPN_SUPERPACKET_PREFIX_SIZE 2

/* Parses the plaintext of an IP_SUPERPACKET, the segment size and then the packet, of which *packet is. SVPN_PACKET_OK, or
 * as svpn_packet_parse(), or SVPN_PACKET_TRUNCATED: the two do not fit each other. */
SvpnPacketResult svpn_superpacket_parse (const uint8_t *data, size_t size, SvpnPacket *packet);

/* Into how many packets it is to be cut; 1 if it is whole. */
uint32_t svpn_gso_segments (const SvpnPacket *packet, const uint8_t *data);

/* The size of the largest of these packets. */
uint32_t svpn_gso_largest (const SvpnPacket *packet, const uint8_t *data);

/* Writes @n segments (1 to SVPN_GSO_SEGMENTS_MAX, as far as there are so many) from @first (below svpn_gso_segments()) on as one packet
 * to @out, which has room for packet->size bytes and does not overlap @data. @slice describes it: a packet with work
 * left; @complete: a single segment is done completely, checksum included. */
void svpn_gso_slice (const SvpnPacket *packet, const uint8_t *data, uint32_t first, uint32_t n, bool complete,
                     uint8_t *out, SvpnPacket *slice);

/* Completes the checksum of a packet that is not to be cut, where that is left. */
void svpn_gso_complete (SvpnPacket *packet, uint8_t *data);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP packets: those parts of the headers that the tunnel needs (RFC 791, RFC 8200). */
#pragma once

#include "wire.h"

enum {
  SVPN_PROTOCOL_ICMP = 1,
  SVPN_PROTOCOL_TCP = 6,
  SVPN_PROTOCOL_UDP = 17,
  SVPN_PROTOCOL_ICMPV6 = 58,
};

typedef enum {
  SVPN_PACKET_OK,
  SVPN_PACKET_NOT_IP,    /* version is neither 4 nor 6, or shorter than the fixed header */
  SVPN_PACKET_TRUNCATED, /* its length field exceeds what came, or its header length is impossible */
} SvpnPacketResult;

typedef struct {
  uint8_t version;  /* 4 or 6 */
  uint8_t protocol; /* transport protocol, behind IPv6 extension headers; 59 (no next header) if unknown */
  bool is_fragment; /* a fragment other than a whole packet */
  bool has_ports;   /* source_port and destination_port are valid (TCP, UDP, first or only fragment) */
  uint16_t fragment_offset; /* in units of 8 bytes; 0: a first fragment or a whole packet */
  uint16_t source_port, destination_port;
  uint16_t header_size; /* up to the transport header, or to where the IPv6 headers cannot be read further */
  uint32_t size; /* of the whole packet as its length field says; bytes behind that do not belong to it */
  const uint8_t *source; /* 4 or 16 bytes, into the packet */
  const uint8_t *destination;
  /* Work that was left to whoever sends the packet on (gso.h); svpn_packet_parse() finds none. */
  uint16_t segment_size; /* payload of the TCP segments that the packet is yet to be cut into; 0: it is one */
  bool checksum_partial; /* the checksum of TCP or UDP is so far that of the pseudo-header, not inverted */
} SvpnPacket;

/* Parses the @size bytes at @data; *packet is written only on SVPN_PACKET_OK. A transport header that is cut off or
 * behind too many (8) extension headers only clears has_ports. An IPv6 jumbogram (payload length 0) is size 40. */
SvpnPacketResult svpn_packet_parse (const uint8_t *data, size_t size, SvpnPacket *packet) SVPN_MUST_CHECK;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * MTU arithmetic, and the ICMP answer to a packet that is too big (RFC 792, RFC 1191, RFC 4443, RFC 8201). */
#pragma once

#include "packet.h"

/* Overhead of one packet in one frame in one WebSocket message, in bytes, beside the outer IP header. */
#define SVPN_MTU_OVERHEAD_TCP 32 /* with timestamps */
#define SVPN_MTU_OVERHEAD_WEBSOCKET 6
#define SVPN_MTU_OVERHEAD_FRAME 5
#define SVPN_MTU_OVERHEAD_TAG 16
/* Overhead that the figure of 79 bytes leaves out. */
#define SVPN_MTU_EXTRA_NONCE 24
#define SVPN_MTU_EXTRA_TLS 22

/* The outer IP header, of @version 4 or 6, and all of the overhead. */
uint32_t svpn_mtu_overhead_ip (uint8_t version);
uint32_t svpn_mtu_overhead (uint8_t version);

/* Largest answers: what every IPv4 host takes (RFC 1812, section 4.3.2.3), and an IPv6 packet of the minimum MTU (RFC
 * 4443, section 3.2). */
#define SVPN_MTU_ANSWER_MAX_IPV4 576
#define SVPN_MTU_ANSWER_MAX 1280

/* Smallest MTUs that can be announced (RFC 1191, section 4; RFC 8200, section 5). */
#define SVPN_MTU_MIN_IPV4 68
#define SVPN_MTU_MIN_IPV6 1280

/* Writes the ICMP Fragmentation Needed (IPv4 with DF; quotes as much as fits 576 bytes) or ICMPv6 Packet Too Big
 * (quotes as much as fits 1280 bytes) that answers @packet, whose bytes are @data, to its sender. @source: 4 or 16
 * bytes, the address that the answer comes from: the tunnel's own address at the far end of the TUN device. It must not
 * be one of the host that reads the answer, for kernels drop what claims to come from themselves. @mtu: the next-hop
 * MTU to announce (IPv4: 65535 at most).
 *
 * Returns the answer's size, or 0 where none may be sent or would help (RFC 1122 section 3.2.2, RFC 4443 section 2.4):
 * - IPv4 without DF;
 * - an MTU below SVPN_MTU_MIN_IPV4 or SVPN_MTU_MIN_IPV6;
 * - a fragment other than the first;
 * - an ICMP error or redirect, or an ICMP message whose type is cut off;
 * - a multicast destination (RFC 4443 would allow these, but nothing is multicast through the tunnel), or
 *   255.255.255.255;
 * - a source that names no single host: 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0 and above; ::, ::1, ff00::/8.
 * Whether @packet is too big, and how many answers a second are enough, is the caller's matter. */
size_t svpn_mtu_answer (const SvpnPacket *packet, const uint8_t *data, const uint8_t *source, uint32_t mtu,
                        uint8_t out[SVPN_MTU_ANSWER_MAX]);

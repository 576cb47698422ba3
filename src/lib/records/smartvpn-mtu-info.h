/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How the MTU of a tunnel is calculated. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_MTU_INFO (smartvpn_mtu_info_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnMtuInfo, smartvpn_mtu_info, SMARTVPN, MTU_INFO, SmartvpnRecord)

/**
 * SmartvpnMtuInfo:
 *
 * How the MTU of a tunnel is calculated, item by item: the result of [method@Client.get_mtu_info_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_mtu_info_get_mtu:
 * @self: MTU information
 *
 * Gets the MTU of the tunnel.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_link_mtu:
 * @self: MTU information
 *
 * Gets the MTU of the interface that leads to the server.
 *
 * Returns: bytes, 0 while there is no route to the server
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_link_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead:
 * @self: MTU information
 *
 * Gets the overhead that a packet inside the tunnel has on the wire: the sum of the five parts below.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_ip:
 * @self: MTU information
 *
 * Gets the part of the IP header.
 *
 * Returns: bytes: 20 if the tunnel's own connection uses IPv4, 40 if it uses IPv6
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead_ip (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tcp:
 * @self: MTU information
 *
 * Gets the part of the TCP header with timestamps (RFC 7323).
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead_tcp (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_websocket:
 * @self: MTU information
 *
 * Gets the part of the WebSocket frame header (RFC 6455, section 5.2).
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead_websocket (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_frame:
 * @self: MTU information
 *
 * Gets the part of SmartVPN's own frame header.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead_frame (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tag:
 * @self: MTU information
 *
 * Gets the part of the authentication tag.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_overhead_tag (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_max_mtu:
 * @self: MTU information
 *
 * Gets the largest MTU that the tunnel can have without fragments: link MTU minus overhead.
 *
 * Returns: bytes, 0 while there is no route to the server
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_max_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_nonce:
 * @self: MTU information
 *
 * Gets the size of the nonce, which the overhead does not include.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_extra_nonce (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_tls:
 * @self: MTU information
 *
 * Gets the overhead of a TLS record, which the packets inside share. The overhead above does not include it.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_extra_tls (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_packets_too_big:
 * @self: MTU information
 *
 * Gets the number of packets that exceeded the MTU, and were answered by ICMP or dropped.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_mtu_info_get_packets_too_big (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_fits_up:
 * @self: MTU information
 *
 * Gets the largest packet to the server that really fits into one packet of the link, with nonce and TLS.
 *
 * Returns: bytes, 0 while there is no route to the server
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_fits_up (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_fits_down:
 * @self: MTU information
 *
 * Gets the largest packet from the server that really fits into one packet of the link, with nonce and TLS.
 *
 * Returns: bytes, 0 while there is no route to the server
 *
 * Since: 0.1
 */
guint smartvpn_mtu_info_get_fits_down (SmartvpnMtuInfo *self);

G_END_DECLS

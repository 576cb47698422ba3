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
 * The arithmetic of the MTU, itemised: the result of [method@Client.get_mtu_info_async].
 */

/**
 * smartvpn_mtu_info_get_mtu:
 * @self: the arithmetic
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_link_mtu:
 * @self: the arithmetic
 *
 * MTU of the interface that leads to the server.
 *
 * Returns: bytes, 0 while there is no route to the server
 */
guint smartvpn_mtu_info_get_link_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead:
 * @self: the arithmetic
 *
 * What a packet costs on the wire beside itself: the sum of the five parts.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_ip:
 * @self: the arithmetic
 *
 * The part of the IP header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_ip (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tcp:
 * @self: the arithmetic
 *
 * The part of the TCP header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_tcp (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_websocket:
 * @self: the arithmetic
 *
 * The part of the WebSocket's frame header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_websocket (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_frame:
 * @self: the arithmetic
 *
 * The part of our own frame header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_frame (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tag:
 * @self: the arithmetic
 *
 * The part of the authentication tag.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_tag (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_max_mtu:
 * @self: the arithmetic
 *
 * The most that the tunnel's MTU can be without fragments: link MTU less overhead.
 *
 * Returns: bytes, 0 while there is no route to the server
 */
guint smartvpn_mtu_info_get_max_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_nonce:
 * @self: the arithmetic
 *
 * What the nonce costs, which is not part of the overhead.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_extra_nonce (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_tls:
 * @self: the arithmetic
 *
 * What a TLS record costs, shared by the packets inside; it is not part of the overhead.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_extra_tls (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_packets_too_big:
 * @self: the arithmetic
 *
 * Packets that did not fit, answered by ICMP or dropped.
 *
 * Returns: packets
 */
guint64 smartvpn_mtu_info_get_packets_too_big (SmartvpnMtuInfo *self);

G_END_DECLS

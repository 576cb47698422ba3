/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How the MTU of a tunnel is calculated. */
#include "smartvpn-mtu-info.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnMtuInfo:mtu:
 *
 * The MTU of the tunnel: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:link-mtu:
 *
 * The MTU of the interface that leads to the server: bytes, 0 while there is no route to the server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead:
 *
 * The overhead that a packet inside the tunnel has on the wire: the sum of the five parts below: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead-ip:
 *
 * The part of the IP header: bytes: 20 if the tunnel's own connection uses IPv4, 40 if it uses IPv6.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead-tcp:
 *
 * The part of the TCP header with timestamps (RFC 7323): bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead-websocket:
 *
 * The part of the WebSocket frame header (RFC 6455, section 5.2): bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead-frame:
 *
 * The part of SmartVPN's own frame header: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:overhead-tag:
 *
 * The part of the authentication tag: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:max-mtu:
 *
 * The largest MTU that the tunnel can have without fragments: link MTU minus overhead: bytes, 0 while there is no route
 * to the server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:extra-nonce:
 *
 * The size of the nonce, which the overhead does not include: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:extra-tls:
 *
 * The overhead of a TLS record, which the packets inside share: bytes. The overhead above does not include it.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:packets-too-big:
 *
 * The number of packets that exceeded the MTU, and were answered by ICMP or dropped: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:fits-up:
 *
 * The largest packet to the server that really fits into one packet of the link, with nonce and TLS: bytes, 0 while
 * there is no route to the server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnMtuInfo:fits-down:
 *
 * The largest packet from the server that really fits into one packet of the link, with nonce and TLS: bytes, 0 while
 * there is no route to the server.
 *
 * Since: 0.1
 */

static const SvpnField mtu_info_fields[] = {
  { "mtu", SVPN_FIELD_UINT },
  { "link-mtu", SVPN_FIELD_UINT },
  { "overhead", SVPN_FIELD_UINT },
  { "overhead-ip", SVPN_FIELD_UINT },
  { "overhead-tcp", SVPN_FIELD_UINT },
  { "overhead-websocket", SVPN_FIELD_UINT },
  { "overhead-frame", SVPN_FIELD_UINT },
  { "overhead-tag", SVPN_FIELD_UINT },
  { "max-mtu", SVPN_FIELD_UINT },
  { "extra-nonce", SVPN_FIELD_UINT },
  { "extra-tls", SVPN_FIELD_UINT },
  { "packets-too-big", SVPN_FIELD_UINT64 },
  { "fits-up", SVPN_FIELD_UINT },
  { "fits-down", SVPN_FIELD_UINT },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnMtuInfo, smartvpn_mtu_info, mtu_info_fields)

guint
smartvpn_mtu_info_get_mtu (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "mtu");
}

guint
smartvpn_mtu_info_get_link_mtu (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "link-mtu");
}

guint
smartvpn_mtu_info_get_overhead (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead");
}

guint
smartvpn_mtu_info_get_overhead_ip (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead-ip");
}

guint
smartvpn_mtu_info_get_overhead_tcp (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead-tcp");
}

guint
smartvpn_mtu_info_get_overhead_websocket (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead-websocket");
}

guint
smartvpn_mtu_info_get_overhead_frame (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead-frame");
}

guint
smartvpn_mtu_info_get_overhead_tag (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "overhead-tag");
}

guint
smartvpn_mtu_info_get_max_mtu (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "max-mtu");
}

guint
smartvpn_mtu_info_get_extra_nonce (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "extra-nonce");
}

guint
smartvpn_mtu_info_get_extra_tls (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "extra-tls");
}

guint64
smartvpn_mtu_info_get_packets_too_big (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint64 (self, "packets-too-big");
}

guint
smartvpn_mtu_info_get_fits_up (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "fits-up");
}

guint
smartvpn_mtu_info_get_fits_down (SmartvpnMtuInfo *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MTU_INFO (self), 0);
  return svpn_record_get_uint (self, "fits-down");
}

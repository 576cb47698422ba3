/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How the MTU of a tunnel is calculated. */
#include "smartvpn-mtu-info.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnMtuInfo, smartvpn_mtu_info)

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The overhead of a packet on its way to the server, itemised. */
#include "mtu-info.h"
#include "address.h"
#include "mtu.h"

#include <sys/socket.h>

static uint8_t
ip_version (const char *remote_address)
{
  SvpnPrefix address;
  uint16_t port;

  return svpn_endpoint_parse (remote_address, &address, &port) && address.family == AF_INET6 ? 6 : 4;
}

void
svpn_mtu_info_to_dict (guint mtu, const char *remote_address, guint64 packets_too_big, GVariantDict *dict)
{
  uint8_t version = ip_version (remote_address);
  const struct {
    const char *key;
    guint bytes;
  } parts[] = {
    { "mtu", mtu },
    { "overhead", svpn_mtu_overhead (version) },
    { "overhead-ip", svpn_mtu_overhead_ip (version) },
    { "overhead-tcp", SVPN_MTU_OVERHEAD_TCP },
    { "overhead-websocket", SVPN_MTU_OVERHEAD_WEBSOCKET },
    { "overhead-frame", SVPN_MTU_OVERHEAD_FRAME },
    { "overhead-tag", SVPN_MTU_OVERHEAD_TAG },
    { "extra-nonce", SVPN_MTU_EXTRA_NONCE },
    { "extra-tls", SVPN_MTU_EXTRA_TLS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_variant_dict_insert (dict, parts[i].key, "u", parts[i].bytes);
  g_variant_dict_insert (dict, "packets-too-big", "t", packets_too_big);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a client tells of its connection. */
#include "smartvpn-client-info.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnConnection, smartvpn_connection)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnConnection, smartvpn_connection, name)
GETTER (STRING, assigned_ip)
GETTER (STRING, assigned_ipv6)
GETTER (UINT, prefix)
GETTER (UINT, prefix6)
GETTER (STRING, gateway)
GETTER (STRING, gateway6)
GETTER (UINT, mtu)
GETTER (STRINGS, dns)
GETTER (STRINGS, routes)
GETTER (STRING, interface)
GETTER (STRING, client_id)
GETTER (STRING, server_url)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnClientStatus, smartvpn_client_status)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnClientStatus, smartvpn_client_status, name)
SVPN_ENUM (SmartvpnClientStatus, smartvpn_client_status, SmartvpnClientState, state,
           SMARTVPN_TYPE_CLIENT_STATE)
SVPN_PART (SmartvpnClientStatus, smartvpn_client_status, SmartvpnConnection, connection, "interface",
           SMARTVPN_TYPE_CONNECTION)
GETTER (UINT64, since)
GETTER (UINT64, uptime_s)
GETTER (STRING, remote_address)
GETTER (STRING, last_error)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnMtuInfo, smartvpn_mtu_info)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnMtuInfo, smartvpn_mtu_info, name)
GETTER (UINT, mtu)
GETTER (UINT, link_mtu)
GETTER (UINT, overhead)
GETTER (UINT, overhead_ip)
GETTER (UINT, overhead_tcp)
GETTER (UINT, overhead_websocket)
GETTER (UINT, overhead_frame)
GETTER (UINT, overhead_tag)
GETTER (UINT, max_mtu)
GETTER (UINT, extra_nonce)
GETTER (UINT, extra_tls)
GETTER (UINT64, packets_too_big)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnReconnection, smartvpn_reconnection)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnReconnection, smartvpn_reconnection, name)
GETTER (UINT64, duration_ms)
GETTER (UINT, attempts)
GETTER (STRING, reason)
GETTER (STRING, assigned_ip)
GETTER (BOOLEAN, same_address)
GETTER (UINT64, reconnects)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnTelemetry, smartvpn_telemetry)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnTelemetry, smartvpn_telemetry, name)
SVPN_PART (SmartvpnTelemetry, smartvpn_telemetry, SmartvpnQuality, quality, NULL, SMARTVPN_TYPE_QUALITY)
SVPN_PART (SmartvpnTelemetry, smartvpn_telemetry, SmartvpnStatistics, statistics, NULL,
           SMARTVPN_TYPE_STATISTICS)
#undef GETTER

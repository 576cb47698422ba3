/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server tells of itself and its sessions. */
#include "smartvpn-server-info.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnServerSetup, smartvpn_server_setup)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnServerSetup, smartvpn_server_setup, name)
GETTER (STRING, public_key)
GETTER (STRINGS, listen)
GETTER (STRINGS, subnet)
GETTER (STRING, interface)
GETTER (UINT, mtu)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnServerStatus, smartvpn_server_status)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnServerStatus, smartvpn_server_status, name)
SVPN_ENUM (SmartvpnServerStatus, smartvpn_server_status, SmartvpnServerState, state,
           SMARTVPN_TYPE_SERVER_STATE)
SVPN_PART (SmartvpnServerStatus, smartvpn_server_status, SmartvpnServerSetup, setup, "interface",
           SMARTVPN_TYPE_SERVER_SETUP)
GETTER (UINT64, since)
GETTER (UINT64, uptime_s)
GETTER (UINT, connected_clients)
GETTER (UINT, max_clients)
GETTER (STRING, last_error)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnSession, smartvpn_session)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnSession, smartvpn_session, name)
GETTER (STRING, id)
GETTER (STRING, assigned_ip)
GETTER (STRING, assigned_ipv6)
GETTER (STRING, remote_address)
GETTER (STRING, name)
GETTER (STRING, public_key)
GETTER (UINT64, since)
GETTER (UINT64, uptime_s)
GETTER (UINT, mtu)
SVPN_PART (SmartvpnSession, smartvpn_session, SmartvpnStatistics, statistics, NULL, SMARTVPN_TYPE_STATISTICS)
#undef GETTER

SVPN_DEFINE_RECORD (SmartvpnSessionTelemetry, smartvpn_session_telemetry)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnSessionTelemetry, smartvpn_session_telemetry, name)
SVPN_PART (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SmartvpnSession, session, NULL,
           SMARTVPN_TYPE_SESSION)
SVPN_PART (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SmartvpnStatistics, statistics, NULL,
           SMARTVPN_TYPE_STATISTICS)
SVPN_PART (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SmartvpnQuality, quality, NULL,
           SMARTVPN_TYPE_QUALITY)
GETTER (UINT64, rate_limit_bytes_per_s)
GETTER (UINT64, rate_limit_burst_bytes)
#undef GETTER

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters. */
#include "smartvpn-statistics.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnStatistics, smartvpn_statistics)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnStatistics, smartvpn_statistics, name)
GETTER (UINT64, bytes_sent)
GETTER (UINT64, bytes_received)
GETTER (UINT64, packets_sent)
GETTER (UINT64, packets_received)
GETTER (UINT64, frames_sent)
GETTER (UINT64, frames_received)
GETTER (UINT64, wire_bytes_sent)
GETTER (UINT64, wire_bytes_received)
GETTER (UINT64, drops_queue_full)
GETTER (UINT64, drops_malformed)
GETTER (UINT64, drops_spoofed)
GETTER (UINT64, drops_no_route)
GETTER (UINT64, drops_too_big)
GETTER (UINT64, drops_qos_high)
GETTER (UINT64, drops_qos_normal)
GETTER (UINT64, drops_qos_low)
GETTER (UINT64, drops_rate_limit)
GETTER (UINT64, drops_device)
GETTER (UINT64, queue_packets)
GETTER (UINT64, queue_bytes)
GETTER (UINT64, queue_bytes_high)
GETTER (UINT64, queue_bytes_normal)
GETTER (UINT64, queue_bytes_low)
GETTER (UINT64, rekeys)
GETTER (UINT64, reconnects)
GETTER (UINT64, uptime_s)
GETTER (UINT64, sessions_total)
GETTER (UINT64, handshakes_failed)
GETTER (UINT64, admissions_refused)
GETTER (UINT64, admissions_replayed)
GETTER (UINT64, protocol_errors)
GETTER (UINT64, drops_client_to_client)
#undef GETTER

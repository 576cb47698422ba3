/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a client's connection, of a server, or of one session of a server. */
#include "smartvpn-statistics.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnStatistics, smartvpn_statistics)

guint64
smartvpn_statistics_get_bytes_sent (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "bytes-sent");
}

guint64
smartvpn_statistics_get_bytes_received (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "bytes-received");
}

guint64
smartvpn_statistics_get_packets_sent (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "packets-sent");
}

guint64
smartvpn_statistics_get_packets_received (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "packets-received");
}

guint64
smartvpn_statistics_get_frames_sent (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "frames-sent");
}

guint64
smartvpn_statistics_get_frames_received (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "frames-received");
}

guint64
smartvpn_statistics_get_wire_bytes_sent (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "wire-bytes-sent");
}

guint64
smartvpn_statistics_get_wire_bytes_received (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "wire-bytes-received");
}

guint64
smartvpn_statistics_get_drops_queue_full (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-queue-full");
}

guint64
smartvpn_statistics_get_drops_malformed (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-malformed");
}

guint64
smartvpn_statistics_get_drops_spoofed (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-spoofed");
}

guint64
smartvpn_statistics_get_drops_no_route (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-no-route");
}

guint64
smartvpn_statistics_get_drops_too_big (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-too-big");
}

guint64
smartvpn_statistics_get_drops_qos_high (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-qos-high");
}

guint64
smartvpn_statistics_get_drops_qos_normal (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-qos-normal");
}

guint64
smartvpn_statistics_get_drops_qos_low (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-qos-low");
}

guint64
smartvpn_statistics_get_drops_rate_limit (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-rate-limit");
}

guint64
smartvpn_statistics_get_drops_device (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-device");
}

guint64
smartvpn_statistics_get_queue_packets (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "queue-packets");
}

guint64
smartvpn_statistics_get_queue_bytes (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "queue-bytes");
}

guint64
smartvpn_statistics_get_queue_bytes_high (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "queue-bytes-high");
}

guint64
smartvpn_statistics_get_queue_bytes_normal (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "queue-bytes-normal");
}

guint64
smartvpn_statistics_get_queue_bytes_low (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "queue-bytes-low");
}

guint64
smartvpn_statistics_get_rekeys (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "rekeys");
}

guint64
smartvpn_statistics_get_reconnects (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "reconnects");
}

guint64
smartvpn_statistics_get_uptime_s (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "uptime-s");
}

guint64
smartvpn_statistics_get_sessions_total (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "sessions-total");
}

guint64
smartvpn_statistics_get_handshakes_failed (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "handshakes-failed");
}

guint64
smartvpn_statistics_get_admissions_refused (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "admissions-refused");
}

guint64
smartvpn_statistics_get_admissions_replayed (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "admissions-replayed");
}

guint64
smartvpn_statistics_get_protocol_errors (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "protocol-errors");
}

guint64
smartvpn_statistics_get_drops_client_to_client (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "drops-client-to-client");
}

guint64
smartvpn_statistics_get_connections_evicted (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "connections-evicted");
}

guint64
smartvpn_statistics_get_connections_refused (SmartvpnStatistics *self)
{
  g_return_val_if_fail (SMARTVPN_IS_STATISTICS (self), 0);
  return svpn_record_get_uint64 (self, "connections-refused");
}

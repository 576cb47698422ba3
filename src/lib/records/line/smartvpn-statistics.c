/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a client's connection, of a server, or of one session of a server. */
#include "smartvpn-statistics.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnStatistics:bytes-sent:
 *
 * The bytes of the IP packets that were sent: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:bytes-received:
 *
 * The bytes of the IP packets that were received: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:packets-sent:
 *
 * The number of IP packets that were sent: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:packets-received:
 *
 * The number of IP packets that were received: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:frames-sent:
 *
 * The number of sealed frames that were sent: packets, keepalives, padding and all others: frames.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:frames-received:
 *
 * The number of sealed frames that were received: frames.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:wire-bytes-sent:
 *
 * The WebSocket bytes that were sent, before TLS: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:wire-bytes-received:
 *
 * The WebSocket bytes that were received, after TLS: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-queue-full:
 *
 * The number of packets dropped because the line did not take them in time: the sum over the three QoS classes:
 * packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-malformed:
 *
 * The number of packets dropped because they were not valid IP packets: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-spoofed:
 *
 * The number of packets dropped because their source was not the sender's address: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-no-route:
 *
 * The number of packets dropped because nobody had their destination address: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-too-big:
 *
 * The number of packets dropped, or answered by ICMP, because they exceeded the MTU: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-qos-high:
 *
 * The part of [method@Statistics.get_drops_queue_full] that belongs to the class high: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-qos-normal:
 *
 * The part of [method@Statistics.get_drops_queue_full] that belongs to the class normal: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-qos-low:
 *
 * The part of [method@Statistics.get_drops_queue_full] that belongs to the class low: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-rate-limit:
 *
 * The number of packets dropped by a rate limit: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-device:
 *
 * The number of packets that the TUN device dropped because the worker was too busy to read them: packets. They have no
 * QoS class, and no other counter includes them.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:queue-packets:
 *
 * The number of packets that wait to be sent now: packets.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:queue-bytes:
 *
 * The bytes that wait to be sent now: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:queue-bytes-high:
 *
 * The bytes of the class high that wait to be sent now: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:queue-bytes-normal:
 *
 * The bytes of the class normal that wait to be sent now: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:queue-bytes-low:
 *
 * The bytes of the class low that wait to be sent now: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:rekeys:
 *
 * The number of times that the keys of the session were renewed: rekeys.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:reconnects:
 *
 * The number of times that the session was lost and replaced: reconnects. Only a client counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:uptime-s:
 *
 * The time since the counters began: seconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:sessions-total:
 *
 * The number of sessions since the start: sessions. Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:handshakes-failed:
 *
 * The number of handshakes that did not lead to a session: handshakes. Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:admissions-refused:
 *
 * The number of upgrade requests without a proof that the sender knows the server's key; they were answered as by a web
 * site: requests. Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:admissions-replayed:
 *
 * The number of upgrade requests whose proof had been used before: requests. Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:protocol-errors:
 *
 * The number of sessions that the server ended because the client broke the protocol: sessions. Only a server counts
 * this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:drops-client-to-client:
 *
 * The number of packets from one client to another that were dropped because the setting `client-to-client` is off:
 * packets. Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:connections-evicted:
 *
 * The number of connections that were no sessions and made room for others, because there were too many: connections.
 * Only a server counts this.
 *
 * Since: 0.1
 */

/**
 * SmartvpnStatistics:connections-refused:
 *
 * The number of connections that were refused because no file descriptors or no memory were left for them: connections.
 * Only a server counts this.
 *
 * Since: 0.1
 */

static const SvpnField statistics_fields[] = {
  { "bytes-sent", SVPN_FIELD_UINT64 },
  { "bytes-received", SVPN_FIELD_UINT64 },
  { "packets-sent", SVPN_FIELD_UINT64 },
  { "packets-received", SVPN_FIELD_UINT64 },
  { "frames-sent", SVPN_FIELD_UINT64 },
  { "frames-received", SVPN_FIELD_UINT64 },
  { "wire-bytes-sent", SVPN_FIELD_UINT64 },
  { "wire-bytes-received", SVPN_FIELD_UINT64 },
  { "drops-queue-full", SVPN_FIELD_UINT64 },
  { "drops-malformed", SVPN_FIELD_UINT64 },
  { "drops-spoofed", SVPN_FIELD_UINT64 },
  { "drops-no-route", SVPN_FIELD_UINT64 },
  { "drops-too-big", SVPN_FIELD_UINT64 },
  { "drops-qos-high", SVPN_FIELD_UINT64 },
  { "drops-qos-normal", SVPN_FIELD_UINT64 },
  { "drops-qos-low", SVPN_FIELD_UINT64 },
  { "drops-rate-limit", SVPN_FIELD_UINT64 },
  { "drops-device", SVPN_FIELD_UINT64 },
  { "queue-packets", SVPN_FIELD_UINT64 },
  { "queue-bytes", SVPN_FIELD_UINT64 },
  { "queue-bytes-high", SVPN_FIELD_UINT64 },
  { "queue-bytes-normal", SVPN_FIELD_UINT64 },
  { "queue-bytes-low", SVPN_FIELD_UINT64 },
  { "rekeys", SVPN_FIELD_UINT64 },
  { "reconnects", SVPN_FIELD_UINT64 },
  { "uptime-s", SVPN_FIELD_UINT64 },
  { "sessions-total", SVPN_FIELD_UINT64 },
  { "handshakes-failed", SVPN_FIELD_UINT64 },
  { "admissions-refused", SVPN_FIELD_UINT64 },
  { "admissions-replayed", SVPN_FIELD_UINT64 },
  { "protocol-errors", SVPN_FIELD_UINT64 },
  { "drops-client-to-client", SVPN_FIELD_UINT64 },
  { "connections-evicted", SVPN_FIELD_UINT64 },
  { "connections-refused", SVPN_FIELD_UINT64 },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnStatistics, smartvpn_statistics, statistics_fields)

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

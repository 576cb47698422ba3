/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a client's connection, of a server, or of one session of a server. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_STATISTICS (smartvpn_statistics_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnStatistics, smartvpn_statistics, SMARTVPN, STATISTICS, SmartvpnRecord)

/**
 * SmartvpnStatistics:
 *
 * Counters, all of them counting up from 0 at the beginning of the connection, session or run, over reconnects, but
 * for the queues, which are as they are now.
 *
 * Those of a server sum up all sessions, past and present. Sent is always what this end sent: in those of a server's
 * session, to the client.
 */

/**
 * smartvpn_statistics_get_bytes_sent:
 * @self: statistics
 *
 * Bytes of the IP packets sent.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_bytes_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_bytes_received:
 * @self: statistics
 *
 * Bytes of the IP packets received.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_bytes_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_packets_sent:
 * @self: statistics
 *
 * IP packets sent.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_packets_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_packets_received:
 * @self: statistics
 *
 * IP packets received.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_packets_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_frames_sent:
 * @self: statistics
 *
 * Sealed frames sent: packets, keepalives, padding and all else.
 *
 * Returns: frames
 */
guint64 smartvpn_statistics_get_frames_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_frames_received:
 * @self: statistics
 *
 * Sealed frames received.
 *
 * Returns: frames
 */
guint64 smartvpn_statistics_get_frames_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_wire_bytes_sent:
 * @self: statistics
 *
 * WebSocket bytes sent, before TLS.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_wire_bytes_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_wire_bytes_received:
 * @self: statistics
 *
 * WebSocket bytes received, after TLS.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_wire_bytes_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_queue_full:
 * @self: statistics
 *
 * Packets dropped since the line did not take them in time; the sum over the three classes.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_queue_full (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_malformed:
 * @self: statistics
 *
 * Packets dropped since they are no IP.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_malformed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_spoofed:
 * @self: statistics
 *
 * Packets dropped since their source is not the sender's address.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_spoofed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_no_route:
 * @self: statistics
 *
 * Packets dropped since nobody has their destination.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_no_route (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_too_big:
 * @self: statistics
 *
 * Packets dropped, or answered by ICMP, since they do not fit the MTU.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_too_big (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_high:
 * @self: statistics
 *
 * Of the packets of [method@Statistics.get_drops_queue_full], those of the class high.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_qos_high (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_normal:
 * @self: statistics
 *
 * Of the packets of [method@Statistics.get_drops_queue_full], those of the class normal.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_qos_normal (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_low:
 * @self: statistics
 *
 * Of the packets of [method@Statistics.get_drops_queue_full], those of the class low.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_qos_low (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_rate_limit:
 * @self: statistics
 *
 * Packets dropped by a rate limit.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_rate_limit (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_device:
 * @self: statistics
 *
 * Packets that the TUN device dropped before the tunnel's worker read them, because it was out of CPU. They know no
 * class, and are no part of the others.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_device (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_packets:
 * @self: statistics
 *
 * Packets that wait to be sent now.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_queue_packets (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes:
 * @self: statistics
 *
 * Bytes that wait to be sent now.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_queue_bytes (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_high:
 * @self: statistics
 *
 * Bytes of the class high that wait to be sent now.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_queue_bytes_high (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_normal:
 * @self: statistics
 *
 * Bytes of the class normal that wait to be sent now.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_queue_bytes_normal (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_low:
 * @self: statistics
 *
 * Bytes of the class low that wait to be sent now.
 *
 * Returns: bytes
 */
guint64 smartvpn_statistics_get_queue_bytes_low (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_rekeys:
 * @self: statistics
 *
 * How often the keys of the session were renewed.
 *
 * Returns: a number
 */
guint64 smartvpn_statistics_get_rekeys (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_reconnects:
 * @self: statistics
 *
 * How often the session was lost and made again. Only a client counts this.
 *
 * Returns: a number
 */
guint64 smartvpn_statistics_get_reconnects (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_uptime_s:
 * @self: statistics
 *
 * Seconds since the counters began.
 *
 * Returns: seconds
 */
guint64 smartvpn_statistics_get_uptime_s (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_sessions_total:
 * @self: statistics
 *
 * Sessions that there have been. Only a server counts this.
 *
 * Returns: sessions
 */
guint64 smartvpn_statistics_get_sessions_total (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_handshakes_failed:
 * @self: statistics
 *
 * Handshakes that did not come to a session. Only a server counts this.
 *
 * Returns: handshakes
 */
guint64 smartvpn_statistics_get_handshakes_failed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_admissions_refused:
 * @self: statistics
 *
 * Upgrade requests without proof of the server's key, answered as by a web site. Only a server counts this.
 *
 * Returns: requests
 */
guint64 smartvpn_statistics_get_admissions_refused (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_admissions_replayed:
 * @self: statistics
 *
 * Upgrade requests whose proof was seen before. Only a server counts this.
 *
 * Returns: requests
 */
guint64 smartvpn_statistics_get_admissions_replayed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_protocol_errors:
 * @self: statistics
 *
 * Sessions that were ended for a breach of the protocol. Only a server counts this.
 *
 * Returns: sessions
 */
guint64 smartvpn_statistics_get_protocol_errors (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_client_to_client:
 * @self: statistics
 *
 * Packets from one client to another, dropped where that is off. Only a server counts this.
 *
 * Returns: packets
 */
guint64 smartvpn_statistics_get_drops_client_to_client (SmartvpnStatistics *self);

G_END_DECLS

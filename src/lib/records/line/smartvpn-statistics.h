/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counters of a client's connection, of a server, or of one session of a server. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_STATISTICS (smartvpn_statistics_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnStatistics, smartvpn_statistics, STATISTICS, SmartvpnRecord)

/**
 * SmartvpnStatistics:
 *
 * Counters of a client's connection, of a server, or of one session of a server. They begin at 0 with the connection,
 * the run or the session, and go on over reconnects; the queues are as they are now.
 *
 * The counters of a server are the sums over all sessions, past and present. "Sent" is what this end has sent: in a
 * session of a server, to the client.
 *
 * Since: 0.1
 */

/**
 * smartvpn_statistics_get_bytes_sent:
 * @self: statistics
 *
 * Gets the bytes of the IP packets that were sent.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_bytes_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_bytes_received:
 * @self: statistics
 *
 * Gets the bytes of the IP packets that were received.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_bytes_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_packets_sent:
 * @self: statistics
 *
 * Gets the number of IP packets that were sent.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_packets_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_packets_received:
 * @self: statistics
 *
 * Gets the number of IP packets that were received.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_packets_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_frames_sent:
 * @self: statistics
 *
 * Gets the number of sealed frames that were sent: packets, keepalives, padding and all others.
 *
 * Returns: frames
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_frames_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_frames_received:
 * @self: statistics
 *
 * Gets the number of sealed frames that were received.
 *
 * Returns: frames
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_frames_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_wire_bytes_sent:
 * @self: statistics
 *
 * Gets the WebSocket bytes that were sent, before TLS.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_wire_bytes_sent (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_wire_bytes_received:
 * @self: statistics
 *
 * Gets the WebSocket bytes that were received, after TLS.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_wire_bytes_received (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_queue_full:
 * @self: statistics
 *
 * Gets the number of packets dropped because the line did not take them in time: the sum over the three QoS classes.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_queue_full (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_malformed:
 * @self: statistics
 *
 * Gets the number of packets dropped because they were not valid IP packets.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_malformed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_spoofed:
 * @self: statistics
 *
 * Gets the number of packets dropped because their source was not the sender's address.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_spoofed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_no_route:
 * @self: statistics
 *
 * Gets the number of packets dropped because nobody had their destination address.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_no_route (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_too_big:
 * @self: statistics
 *
 * Gets the number of packets dropped, or answered by ICMP, because they exceeded the MTU.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_too_big (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_high:
 * @self: statistics
 *
 * Gets the part of [method@Statistics.get_drops_queue_full] that belongs to the class high.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_qos_high (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_normal:
 * @self: statistics
 *
 * Gets the part of [method@Statistics.get_drops_queue_full] that belongs to the class normal.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_qos_normal (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_qos_low:
 * @self: statistics
 *
 * Gets the part of [method@Statistics.get_drops_queue_full] that belongs to the class low.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_qos_low (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_rate_limit:
 * @self: statistics
 *
 * Gets the number of packets dropped by a rate limit.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_rate_limit (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_device:
 * @self: statistics
 *
 * Gets the number of packets that the TUN device dropped because the worker was too busy to read them. They have no
 * QoS class, and no other counter includes them.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_device (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_packets:
 * @self: statistics
 *
 * Gets the number of packets that wait to be sent now.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_queue_packets (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes:
 * @self: statistics
 *
 * Gets the bytes that wait to be sent now.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_queue_bytes (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_high:
 * @self: statistics
 *
 * Gets the bytes of the class high that wait to be sent now.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_queue_bytes_high (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_normal:
 * @self: statistics
 *
 * Gets the bytes of the class normal that wait to be sent now.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_queue_bytes_normal (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_queue_bytes_low:
 * @self: statistics
 *
 * Gets the bytes of the class low that wait to be sent now.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_queue_bytes_low (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_rekeys:
 * @self: statistics
 *
 * Gets the number of times that the keys of the session were renewed.
 *
 * Returns: rekeys
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_rekeys (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_reconnects:
 * @self: statistics
 *
 * Gets the number of times that the session was lost and replaced. Only a client counts this.
 *
 * Returns: reconnects
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_reconnects (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_uptime_s:
 * @self: statistics
 *
 * Gets the time since the counters began.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_uptime_s (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_sessions_total:
 * @self: statistics
 *
 * Gets the number of sessions since the start. Only a server counts this.
 *
 * Returns: sessions
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_sessions_total (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_handshakes_failed:
 * @self: statistics
 *
 * Gets the number of handshakes that did not lead to a session. Only a server counts this.
 *
 * Returns: handshakes
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_handshakes_failed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_admissions_refused:
 * @self: statistics
 *
 * Gets the number of upgrade requests without a proof that the sender knows the server's key; they were answered as by
 * a web site. Only a server counts this.
 *
 * Returns: requests
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_admissions_refused (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_admissions_replayed:
 * @self: statistics
 *
 * Gets the number of upgrade requests whose proof had been used before. Only a server counts this.
 *
 * Returns: requests
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_admissions_replayed (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_protocol_errors:
 * @self: statistics
 *
 * Gets the number of sessions that the server ended because the client broke the protocol. Only a server counts this.
 *
 * Returns: sessions
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_protocol_errors (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_drops_client_to_client:
 * @self: statistics
 *
 * Gets the number of packets from one client to another that were dropped because the setting `client-to-client` is
 * off. Only a server counts this.
 *
 * Returns: packets
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_drops_client_to_client (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_connections_evicted:
 * @self: statistics
 *
 * Gets the number of connections that were no sessions and made room for others, because there were too many. Only a
 * server counts this.
 *
 * Returns: connections
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_connections_evicted (SmartvpnStatistics *self);

/**
 * smartvpn_statistics_get_connections_refused:
 * @self: statistics
 *
 * Gets the number of connections that were refused because no file descriptors or no memory were left for them. Only a
 * server counts this.
 *
 * Returns: connections
 *
 * Since: 0.1
 */
guint64 smartvpn_statistics_get_connections_refused (SmartvpnStatistics *self);

G_END_DECLS

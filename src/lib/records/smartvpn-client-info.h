/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a client tells of its connection. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-quality.h"
#include "smartvpn-record.h"
#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_CONNECTION (smartvpn_connection_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnConnection, smartvpn_connection, SMARTVPN, CONNECTION, SmartvpnRecord)

/**
 * SmartvpnConnection:
 *
 * What a server has assigned to a client: the result of [method@Client.connect_async].
 */

/**
 * smartvpn_connection_get_assigned_ip:
 * @self: a connection
 *
 * The IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_connection_get_assigned_ip (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_assigned_ipv6:
 * @self: a connection
 *
 * The IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if the server gave none
 */
const char *smartvpn_connection_get_assigned_ipv6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix:
 * @self: a connection
 *
 * Length of the IPv4 network's prefix.
 *
 * Returns: 0 to 32
 */
guint smartvpn_connection_get_prefix (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_prefix6:
 * @self: a connection
 *
 * Length of the IPv6 network's prefix.
 *
 * Returns: 0 to 128
 */
guint smartvpn_connection_get_prefix6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway:
 * @self: a connection
 *
 * The server's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_connection_get_gateway (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_gateway6:
 * @self: a connection
 *
 * The server's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if there is none
 */
const char *smartvpn_connection_get_gateway6 (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_mtu:
 * @self: a connection
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_connection_get_mtu (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_dns:
 * @self: a connection
 *
 * Name servers that are in use.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses
 */
const char *const *smartvpn_connection_get_dns (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_routes:
 * @self: a connection
 *
 * Networks that are reached through the tunnel.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 */
const char *const *smartvpn_connection_get_routes (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_interface:
 * @self: a connection
 *
 * The TUN device.
 *
 * Returns: (nullable): its name
 */
const char *smartvpn_connection_get_interface (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_client_id:
 * @self: a connection
 *
 * The server's name of this session.
 *
 * Returns: (nullable): the id, as [method@Session.get_id]
 */
const char *smartvpn_connection_get_client_id (SmartvpnConnection *self);

/**
 * smartvpn_connection_get_server_url:
 * @self: a connection
 *
 * Where the server is.
 *
 * Returns: (nullable): a URL, `wss:` or `ws:`
 */
const char *smartvpn_connection_get_server_url (SmartvpnConnection *self);

#define SMARTVPN_TYPE_CLIENT_STATUS (smartvpn_client_status_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnClientStatus, smartvpn_client_status, SMARTVPN, CLIENT_STATUS, SmartvpnRecord)

/**
 * SmartvpnClientStatus:
 *
 * How a client is: the result of [method@Client.get_status_async].
 */

/**
 * smartvpn_client_status_get_state:
 * @self: a status
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnClientState smartvpn_client_status_get_state (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_connection:
 * @self: a status
 *
 * What the server assigned.
 *
 * Returns: (transfer none) (nullable): the connection, %NULL unless connected or reconnecting
 */
SmartvpnConnection *smartvpn_client_status_get_connection (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_since:
 * @self: a status
 *
 * When the connection was made.
 *
 * Returns: Unix time in seconds, 0 unless connected or reconnecting
 */
guint64 smartvpn_client_status_get_since (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_uptime_s:
 * @self: a status
 *
 * How long the connection stands, reconnects included.
 *
 * Returns: seconds, 0 unless connected or reconnecting
 */
guint64 smartvpn_client_status_get_uptime_s (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_remote_address:
 * @self: a status
 *
 * The other end of the TCP connection: the server's or a proxy's.
 *
 * Returns: (nullable): IP address and port
 */
const char *smartvpn_client_status_get_remote_address (SmartvpnClientStatus *self);

/**
 * smartvpn_client_status_get_last_error:
 * @self: a status
 *
 * The last failure.
 *
 * Returns: (nullable): its message, %NULL if there was none since the last attempt to connect
 */
const char *smartvpn_client_status_get_last_error (SmartvpnClientStatus *self);

#define SMARTVPN_TYPE_MTU_INFO (smartvpn_mtu_info_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnMtuInfo, smartvpn_mtu_info, SMARTVPN, MTU_INFO, SmartvpnRecord)

/**
 * SmartvpnMtuInfo:
 *
 * The arithmetic of the MTU, itemised: the result of [method@Client.get_mtu_info_async].
 */

/**
 * smartvpn_mtu_info_get_mtu:
 * @self: the arithmetic
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_link_mtu:
 * @self: the arithmetic
 *
 * MTU of the interface that leads to the server.
 *
 * Returns: bytes, 0 while there is no route to the server
 */
guint smartvpn_mtu_info_get_link_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead:
 * @self: the arithmetic
 *
 * What a packet costs on the wire beside itself: the sum of the five parts.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_ip:
 * @self: the arithmetic
 *
 * The part of the IP header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_ip (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tcp:
 * @self: the arithmetic
 *
 * The part of the TCP header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_tcp (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_websocket:
 * @self: the arithmetic
 *
 * The part of the WebSocket's frame header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_websocket (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_frame:
 * @self: the arithmetic
 *
 * The part of our own frame header.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_frame (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_overhead_tag:
 * @self: the arithmetic
 *
 * The part of the authentication tag.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_overhead_tag (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_max_mtu:
 * @self: the arithmetic
 *
 * The most that the tunnel's MTU can be without fragments: link MTU less overhead.
 *
 * Returns: bytes, 0 while there is no route to the server
 */
guint smartvpn_mtu_info_get_max_mtu (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_nonce:
 * @self: the arithmetic
 *
 * What the nonce costs, which is not part of the overhead.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_extra_nonce (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_extra_tls:
 * @self: the arithmetic
 *
 * What a TLS record costs, shared by the packets inside; it is not part of the overhead.
 *
 * Returns: bytes
 */
guint smartvpn_mtu_info_get_extra_tls (SmartvpnMtuInfo *self);

/**
 * smartvpn_mtu_info_get_packets_too_big:
 * @self: the arithmetic
 *
 * Packets that did not fit, answered by ICMP or dropped.
 *
 * Returns: packets
 */
guint64 smartvpn_mtu_info_get_packets_too_big (SmartvpnMtuInfo *self);

#define SMARTVPN_TYPE_RECONNECTION (smartvpn_reconnection_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnReconnection, smartvpn_reconnection, SMARTVPN, RECONNECTION, SmartvpnRecord)

/**
 * SmartvpnReconnection:
 *
 * How a lost session was made again: the detail of [signal@Client::reconnected].
 */

/**
 * smartvpn_reconnection_get_duration_ms:
 * @self: a reconnection
 *
 * From the loss of the session to the new one.
 *
 * Returns: milliseconds
 */
guint64 smartvpn_reconnection_get_duration_ms (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_attempts:
 * @self: a reconnection
 *
 * How many attempts it took.
 *
 * Returns: 1 or more
 */
guint smartvpn_reconnection_get_attempts (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reason:
 * @self: a reconnection
 *
 * Why the session was lost.
 *
 * Returns: (nullable): a sentence
 */
const char *smartvpn_reconnection_get_reason (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_assigned_ip:
 * @self: a reconnection
 *
 * The IPv4 address inside the tunnel from now on.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_reconnection_get_assigned_ip (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_same_address:
 * @self: a reconnection
 *
 * Whether the address has stayed.
 *
 * Returns: %TRUE if it is the same as before
 */
gboolean smartvpn_reconnection_get_same_address (SmartvpnReconnection *self);

/**
 * smartvpn_reconnection_get_reconnects:
 * @self: a reconnection
 *
 * How often this has happened since the connection was made.
 *
 * Returns: 1 or more
 */
guint64 smartvpn_reconnection_get_reconnects (SmartvpnReconnection *self);

#define SMARTVPN_TYPE_TELEMETRY (smartvpn_telemetry_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnTelemetry, smartvpn_telemetry, SMARTVPN, TELEMETRY, SmartvpnRecord)

/**
 * SmartvpnTelemetry:
 *
 * What a client tells of its line every so many seconds, by [signal@Client::telemetry-updated].
 */

/**
 * smartvpn_telemetry_get_quality:
 * @self: telemetry
 *
 * How the line is; without the history.
 *
 * Returns: (transfer none): the quality
 */
SmartvpnQuality *smartvpn_telemetry_get_quality (SmartvpnTelemetry *self);

/**
 * smartvpn_telemetry_get_statistics:
 * @self: telemetry
 *
 * The counters.
 *
 * Returns: (transfer none): the statistics
 */
SmartvpnStatistics *smartvpn_telemetry_get_statistics (SmartvpnTelemetry *self);

G_END_DECLS

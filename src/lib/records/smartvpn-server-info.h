/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server tells of itself and its sessions. */
#pragma once

#include "smartvpn-enums.h"
#include "smartvpn-quality.h"
#include "smartvpn-record.h"
#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SERVER_SETUP (smartvpn_server_setup_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnServerSetup, smartvpn_server_setup, SMARTVPN, SERVER_SETUP, SmartvpnRecord)

/**
 * SmartvpnServerSetup:
 *
 * What a server was started with: the result of [method@Server.start_async].
 */

/**
 * smartvpn_server_setup_get_public_key:
 * @self: a set-up
 *
 * What clients take as `server-public-key`.
 *
 * Returns: (nullable): 32 bytes in base64
 */
const char *smartvpn_server_setup_get_public_key (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_listen:
 * @self: a set-up
 *
 * Where it listens, with the real ports.
 *
 * Returns: (array zero-terminated=1) (transfer none): IP addresses and ports
 */
const char *const *smartvpn_server_setup_get_listen (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_subnet:
 * @self: a set-up
 *
 * The address pools, IPv4 first.
 *
 * Returns: (array zero-terminated=1) (transfer none): prefixes in CIDR notation
 */
const char *const *smartvpn_server_setup_get_subnet (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_interface:
 * @self: a set-up
 *
 * The TUN device.
 *
 * Returns: (nullable): its name
 */
const char *smartvpn_server_setup_get_interface (SmartvpnServerSetup *self);

/**
 * smartvpn_server_setup_get_mtu:
 * @self: a set-up
 *
 * MTU of the tunnel.
 *
 * Returns: bytes
 */
guint smartvpn_server_setup_get_mtu (SmartvpnServerSetup *self);

#define SMARTVPN_TYPE_SERVER_STATUS (smartvpn_server_status_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnServerStatus, smartvpn_server_status, SMARTVPN, SERVER_STATUS, SmartvpnRecord)

/**
 * SmartvpnServerStatus:
 *
 * How a server is: the result of [method@Server.get_status_async].
 */

/**
 * smartvpn_server_status_get_state:
 * @self: a status
 *
 * The state.
 *
 * Returns: the state
 */
SmartvpnServerState smartvpn_server_status_get_state (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_setup:
 * @self: a status
 *
 * What it was started with.
 *
 * Returns: (transfer none) (nullable): the set-up, %NULL unless running
 */
SmartvpnServerSetup *smartvpn_server_status_get_setup (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_since:
 * @self: a status
 *
 * When it was started.
 *
 * Returns: Unix time in seconds, 0 unless running
 */
guint64 smartvpn_server_status_get_since (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_uptime_s:
 * @self: a status
 *
 * How long it runs.
 *
 * Returns: seconds, 0 unless running
 */
guint64 smartvpn_server_status_get_uptime_s (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_connected_clients:
 * @self: a status
 *
 * Sessions that there are.
 *
 * Returns: a number
 */
guint smartvpn_server_status_get_connected_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_max_clients:
 * @self: a status
 *
 * Most sessions that there can be.
 *
 * Returns: a number, 0 unless running
 */
guint smartvpn_server_status_get_max_clients (SmartvpnServerStatus *self);

/**
 * smartvpn_server_status_get_last_error:
 * @self: a status
 *
 * The last failure.
 *
 * Returns: (nullable): its message, %NULL if there was none since the last start
 */
const char *smartvpn_server_status_get_last_error (SmartvpnServerStatus *self);

#define SMARTVPN_TYPE_SESSION (smartvpn_session_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnSession, smartvpn_session, SMARTVPN, SESSION, SmartvpnRecord)

/**
 * SmartvpnSession:
 *
 * A client's session with a server: an entry of [method@Server.list_clients_async].
 */

/**
 * smartvpn_session_get_id:
 * @self: a session
 *
 * The name of the session, by which the methods of [class@Server] know it.
 *
 * Returns: (nullable): the id
 */
const char *smartvpn_session_get_id (SmartvpnSession *self);

/**
 * smartvpn_session_get_assigned_ip:
 * @self: a session
 *
 * The client's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address
 */
const char *smartvpn_session_get_assigned_ip (SmartvpnSession *self);

/**
 * smartvpn_session_get_assigned_ipv6:
 * @self: a session
 *
 * The client's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if it has none
 */
const char *smartvpn_session_get_assigned_ipv6 (SmartvpnSession *self);

/**
 * smartvpn_session_get_remote_address:
 * @self: a session
 *
 * Where the client comes from.
 *
 * Returns: (nullable): IP address and port
 */
const char *smartvpn_session_get_remote_address (SmartvpnSession *self);

/**
 * smartvpn_session_get_name:
 * @self: a session
 *
 * What the client calls itself, unverified.
 *
 * Returns: (nullable): the name, %NULL if it has none
 */
const char *smartvpn_session_get_name (SmartvpnSession *self);

/**
 * smartvpn_session_get_public_key:
 * @self: a session
 *
 * The client's static key, if it has proved one.
 *
 * Returns: (nullable): 32 bytes in base64, %NULL if it has not
 */
const char *smartvpn_session_get_public_key (SmartvpnSession *self);

/**
 * smartvpn_session_get_since:
 * @self: a session
 *
 * When the session began.
 *
 * Returns: Unix time in seconds
 */
guint64 smartvpn_session_get_since (SmartvpnSession *self);

/**
 * smartvpn_session_get_uptime_s:
 * @self: a session
 *
 * How long it lasts.
 *
 * Returns: seconds
 */
guint64 smartvpn_session_get_uptime_s (SmartvpnSession *self);

/**
 * smartvpn_session_get_mtu:
 * @self: a session
 *
 * MTU of the session.
 *
 * Returns: bytes
 */
guint smartvpn_session_get_mtu (SmartvpnSession *self);

/**
 * smartvpn_session_get_statistics:
 * @self: a session
 *
 * Its counters.
 *
 * Returns: (transfer none): the statistics
 */
SmartvpnStatistics *smartvpn_session_get_statistics (SmartvpnSession *self);

#define SMARTVPN_TYPE_SESSION_TELEMETRY (smartvpn_session_telemetry_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnSessionTelemetry, smartvpn_session_telemetry, SMARTVPN, SESSION_TELEMETRY, SmartvpnRecord)

/**
 * SmartvpnSessionTelemetry:
 *
 * All that is known of one session: the result of [method@Server.get_client_telemetry_async].
 */

/**
 * smartvpn_session_telemetry_get_session:
 * @self: the telemetry
 *
 * The session itself.
 *
 * Returns: (transfer none): the session
 */
SmartvpnSession *smartvpn_session_telemetry_get_session (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_statistics:
 * @self: the telemetry
 *
 * Its counters.
 *
 * Returns: (transfer none): the statistics
 */
SmartvpnStatistics *smartvpn_session_telemetry_get_statistics (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_quality:
 * @self: the telemetry
 *
 * The line to the client, measured from the server's side.
 *
 * Returns: (transfer none): the quality
 */
SmartvpnQuality *smartvpn_session_telemetry_get_quality (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_bytes_per_s:
 * @self: the telemetry
 *
 * The rate limit, of each direction on its own.
 *
 * Returns: bytes a second, 0 if there is none
 */
guint64 smartvpn_session_telemetry_get_rate_limit_bytes_per_s (SmartvpnSessionTelemetry *self);

/**
 * smartvpn_session_telemetry_get_rate_limit_burst_bytes:
 * @self: the telemetry
 *
 * How far a direction may get ahead of the rate.
 *
 * Returns: bytes, 0 if there is no limit
 */
guint64 smartvpn_session_telemetry_get_rate_limit_burst_bytes (SmartvpnSessionTelemetry *self);

G_END_DECLS

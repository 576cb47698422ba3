/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's session with a server. */
#pragma once

#include "smartvpn-statistics.h"

G_BEGIN_DECLS

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

G_END_DECLS

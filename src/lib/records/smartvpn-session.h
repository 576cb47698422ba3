/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's session with a server. */
#pragma once

#include "smartvpn-statistics.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SESSION (smartvpn_session_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnSession, smartvpn_session, SESSION, SmartvpnRecord)

/**
 * SmartvpnSession:
 *
 * A client's session with a server: an entry of [method@Server.list_clients_async].
 *
 * Since: 0.1
 */

/**
 * smartvpn_session_get_id:
 * @self: a session
 *
 * Gets the id of the session, which the methods of [class@Server] take.
 *
 * Returns: (nullable): the id
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_id (SmartvpnSession *self);

/**
 * smartvpn_session_get_assigned_ip:
 * @self: a session
 *
 * Gets the client's IPv4 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if it has none
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_assigned_ip (SmartvpnSession *self);

/**
 * smartvpn_session_get_assigned_ipv6:
 * @self: a session
 *
 * Gets the client's IPv6 address inside the tunnel.
 *
 * Returns: (nullable): the address, %NULL if it has none
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_assigned_ipv6 (SmartvpnSession *self);

/**
 * smartvpn_session_get_remote_address:
 * @self: a session
 *
 * Gets the address that the client connects from.
 *
 * Returns: (nullable): IP address and port
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_remote_address (SmartvpnSession *self);

/**
 * smartvpn_session_get_name:
 * @self: a session
 *
 * Gets the name of the client. For a client with an authorized key it is the name that the server stores; any other
 * client chooses its name itself, and nobody verifies it.
 *
 * Returns: (nullable): the name, %NULL if it has none
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_name (SmartvpnSession *self);

/**
 * smartvpn_session_get_public_key:
 * @self: a session
 *
 * Gets the static public key that the client has proved to own.
 *
 * Returns: (nullable): 32 bytes in base64, %NULL if the client has proved none
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_public_key (SmartvpnSession *self);

/**
 * smartvpn_session_get_since:
 * @self: a session
 *
 * Gets the time when the session began.
 *
 * Returns: Unix time in seconds
 *
 * Since: 0.1
 */
guint64 smartvpn_session_get_since (SmartvpnSession *self);

/**
 * smartvpn_session_get_uptime_s:
 * @self: a session
 *
 * Gets the age of the session.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
guint64 smartvpn_session_get_uptime_s (SmartvpnSession *self);

/**
 * smartvpn_session_get_mtu:
 * @self: a session
 *
 * Gets the MTU of the session.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint smartvpn_session_get_mtu (SmartvpnSession *self);

/**
 * smartvpn_session_get_rate_limit:
 * @self: a session
 *
 * Gets the rate limit in force, which holds for each direction on its own.
 *
 * Returns: bytes per second, 0 without a limit
 *
 * Since: 0.1
 */
guint64 smartvpn_session_get_rate_limit (SmartvpnSession *self);

/**
 * smartvpn_session_get_rate_limit_burst:
 * @self: a session
 *
 * Gets the burst size of the rate limit: the bytes that a direction may send at once after a pause.
 *
 * Returns: bytes, 0 without a limit
 *
 * Since: 0.1
 */
guint64 smartvpn_session_get_rate_limit_burst (SmartvpnSession *self);

/**
 * smartvpn_session_get_rate_limit_live:
 * @self: a session
 *
 * Gets whether [method@Server.set_client_rate_limit_async] or [method@Server.remove_client_rate_limit_async] has set the
 * rate limit, which then ends with the server.
 *
 * Returns: %TRUE if it is not a stored one
 *
 * Since: 0.1
 */
gboolean smartvpn_session_get_rate_limit_live (SmartvpnSession *self);

/**
 * smartvpn_session_get_statistics:
 * @self: a session
 *
 * Gets the counters of the session.
 *
 * Returns: (transfer none): the statistics
 *
 * Since: 0.1
 */
SmartvpnStatistics *smartvpn_session_get_statistics (SmartvpnSession *self);

/**
 * smartvpn_session_get_message:
 * @self: a session
 *
 * Gets more in English on why the session has ended.
 *
 * Returns: (nullable): a message, %NULL if there is no more to say
 *
 * Since: 0.1
 */
const char *smartvpn_session_get_message (SmartvpnSession *self);

G_END_DECLS

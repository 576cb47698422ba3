/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's session with a server. */
#include "smartvpn-session.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnSession:id:
 *
 * The id of the session, which the methods of [class@Server] take.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:assigned-ip:
 *
 * The client's IPv4 address inside the tunnel: the address, %NULL if it has none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:assigned-ipv6:
 *
 * The client's IPv6 address inside the tunnel: the address, %NULL if it has none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:remote-address:
 *
 * The address that the client connects from: IP address and port.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:name:
 *
 * The name of the client: the name, %NULL if it has none. For a client with an authorized key it is the name that the
 * server stores; any other client chooses its name itself, and nobody verifies it.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:public-key:
 *
 * The static public key that the client has proved to own: 32 bytes in base64, %NULL if the client has proved none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:since:
 *
 * The time when the session began: Unix time in seconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:uptime-s:
 *
 * The age of the session: seconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:mtu:
 *
 * The MTU of the session: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:rate-limit:
 *
 * The rate limit in force, which holds for each direction on its own: bytes per second, 0 without a limit.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:rate-limit-burst:
 *
 * The burst size of the rate limit: the bytes that a direction may send at once after a pause: bytes, 0 without a
 * limit.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:rate-limit-live:
 *
 * Whether [method@Server.set_client_rate_limit_async] or [method@Server.remove_client_rate_limit_async] has set the
 * rate limit, which then ends with the server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:statistics:
 *
 * The counters of the session.
 *
 * Since: 0.1
 */

/**
 * SmartvpnSession:message:
 *
 * More in English on why the session has ended: a message, %NULL if there is no more to say.
 *
 * Since: 0.1
 */

static const SvpnField session_fields[] = {
  { "id", SVPN_FIELD_STRING },
  { "assigned-ip", SVPN_FIELD_STRING },
  { "assigned-ipv6", SVPN_FIELD_STRING },
  { "remote-address", SVPN_FIELD_STRING },
  { "name", SVPN_FIELD_STRING },
  { "public-key", SVPN_FIELD_STRING },
  { "since", SVPN_FIELD_UINT64 },
  { "uptime-s", SVPN_FIELD_UINT64 },
  { "mtu", SVPN_FIELD_UINT },
  { "rate-limit", SVPN_FIELD_UINT64 },
  { "rate-limit-burst", SVPN_FIELD_UINT64 },
  { "rate-limit-live", SVPN_FIELD_BOOLEAN },
  { "message", SVPN_FIELD_STRING },
  { "statistics", SVPN_FIELD_PART, smartvpn_statistics_get_type },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnSession, smartvpn_session, session_fields)

const char *
smartvpn_session_get_id (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "id");
}

const char *
smartvpn_session_get_assigned_ip (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "assigned-ip");
}

const char *
smartvpn_session_get_assigned_ipv6 (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "assigned-ipv6");
}

const char *
smartvpn_session_get_remote_address (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "remote-address");
}

const char *
smartvpn_session_get_name (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "name");
}

const char *
smartvpn_session_get_public_key (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "public-key");
}

guint64
smartvpn_session_get_since (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), 0);
  return svpn_record_get_uint64 (self, "since");
}

guint64
smartvpn_session_get_uptime_s (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), 0);
  return svpn_record_get_uint64 (self, "uptime-s");
}

guint
smartvpn_session_get_mtu (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), 0);
  return svpn_record_get_uint (self, "mtu");
}

guint64
smartvpn_session_get_rate_limit (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit");
}

guint64
smartvpn_session_get_rate_limit_burst (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit-burst");
}

gboolean
smartvpn_session_get_rate_limit_live (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), FALSE);
  return svpn_record_get_boolean (self, "rate-limit-live");
}

SmartvpnStatistics *
smartvpn_session_get_statistics (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_part (self, NULL, SMARTVPN_TYPE_STATISTICS);
}

const char *
smartvpn_session_get_message (SmartvpnSession *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION (self), NULL);
  return svpn_record_get_string (self, "message");
}

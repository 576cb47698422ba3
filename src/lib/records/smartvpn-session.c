/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's session with a server. */
#include "smartvpn-session.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnSession, smartvpn_session)

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

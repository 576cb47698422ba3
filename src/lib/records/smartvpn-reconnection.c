/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client has replaced a lost session. */
#include "smartvpn-reconnection.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnReconnection, smartvpn_reconnection)

guint64
smartvpn_reconnection_get_duration_ms (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), 0);
  return svpn_record_get_uint64 (self, "duration-ms");
}

guint
smartvpn_reconnection_get_attempts (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), 0);
  return svpn_record_get_uint (self, "attempts");
}

const char *
smartvpn_reconnection_get_reason (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), NULL);
  return svpn_record_get_string (self, "reason");
}

const char *
smartvpn_reconnection_get_assigned_ip (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), NULL);
  return svpn_record_get_string (self, "assigned-ip");
}

gboolean
smartvpn_reconnection_get_same_address (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), FALSE);
  return svpn_record_get_boolean (self, "same-address");
}

guint64
smartvpn_reconnection_get_reconnects (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), 0);
  return svpn_record_get_uint64 (self, "reconnects");
}

const char *
smartvpn_reconnection_get_message (SmartvpnReconnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECONNECTION (self), NULL);
  return svpn_record_get_string (self, "message");
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client has replaced a lost session. */
#include "smartvpn-reconnection.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnReconnection:duration-ms:
 *
 * The time from the loss of the session to the new session: milliseconds.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:attempts:
 *
 * The number of attempts that were needed: attempts, 1 or more.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:reason:
 *
 * The reason why the session was lost: a code; smartvpn_reason_to_string() says it to a person.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:assigned-ip:
 *
 * The IPv4 address inside the tunnel from now on: the address, %NULL if there is none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:same-address:
 *
 * Whether the client has kept its address.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:reconnects:
 *
 * The number of reconnects since the client connected: reconnects, this one included: 1 or more.
 *
 * Since: 0.1
 */

/**
 * SmartvpnReconnection:message:
 *
 * More in English on why the session was lost: a message, %NULL if there is no more to say.
 *
 * Since: 0.1
 */

static const SvpnField reconnection_fields[] = {
  { "duration-ms", SVPN_FIELD_UINT64 },   { "attempts", SVPN_FIELD_UINT },
  { "reason", SVPN_FIELD_STRING },        { "assigned-ip", SVPN_FIELD_STRING },
  { "same-address", SVPN_FIELD_BOOLEAN }, { "reconnects", SVPN_FIELD_UINT64 },
  { "message", SVPN_FIELD_STRING },       { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnReconnection, smartvpn_reconnection, reconnection_fields)

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

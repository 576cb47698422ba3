/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a client and of its connection. */
#include "smartvpn-client-status.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnClientStatus:state:
 *
 * The state of the client.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:state-word:
 *
 * The word for the state, as smartvpnd has sent it: also where %SMARTVPN_CLIENT_STATE_UNKNOWN stands for it; %NULL if
 * none was sent.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:connection:
 *
 * What the server has assigned: the connection, %NULL unless connected or reconnecting.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:since:
 *
 * The time when the client connected: Unix time in seconds, 0 unless connected.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:uptime-s:
 *
 * The age of the connection, which goes on over reconnects: seconds, 0 unless connected.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:lost-since:
 *
 * The time when the client lost its session: Unix time in seconds, 0 unless reconnecting.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:attempt:
 *
 * The number of the attempt to reconnect that runs or comes next: the number since the loss, from 1; 0 unless
 * reconnecting.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:next-try-s:
 *
 * The time until the next attempt to reconnect: seconds, 0 while an attempt runs, and unless reconnecting. While there
 * is no way to the server, no attempt is due, and the status has no "next-try-s" ([method@Record.to_variant]).
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:remote-address:
 *
 * The other end of the TCP connection: a server, or a proxy in front of it: IP address and port, %NULL unless connected
 * or reconnecting.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:last-error:
 *
 * Why the client is down, or why it is still reconnecting: a message in English, %NULL while connected, and after the
 * user has disconnected.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:lockdown:
 *
 * Whether nothing leaves the machine except through tunnels, as [property@Client:lockdown] does.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:aead:
 *
 * The library that encrypts what goes through the tunnel: "libcrypto" or "libsodium", %NULL unless connected or reconnecting, and
 * with a worker of an older version.
 *
 * Since: 0.1
 */

/**
 * SmartvpnClientStatus:last-reason:
 *
 * Why the state has changed last: a code such as `user`; %NULL if it has not changed since the machine has booted.
 *
 * Since: 0.1
 */

static const SvpnField client_status_fields[] = {
  { "state", SVPN_FIELD_ENUM, smartvpn_client_state_get_type },
  { "state-word", SVPN_FIELD_WORD },
  { "connection", SVPN_FIELD_PART, smartvpn_connection_get_type, "interface" },
  { "since", SVPN_FIELD_UINT64 },
  { "uptime-s", SVPN_FIELD_UINT64 },
  { "lost-since", SVPN_FIELD_UINT64 },
  { "attempt", SVPN_FIELD_UINT },
  { "next-try-s", SVPN_FIELD_UINT },
  { "remote-address", SVPN_FIELD_STRING },
  { "last-error", SVPN_FIELD_STRING },
  { "last-reason", SVPN_FIELD_STRING },
  { "lockdown", SVPN_FIELD_BOOLEAN },
  { "aead", SVPN_FIELD_STRING },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnClientStatus, smartvpn_client_status, client_status_fields)

SmartvpnClientState
smartvpn_client_status_get_state (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), SMARTVPN_CLIENT_STATE_UNKNOWN);
  return svpn_record_get_enum (self, "state", SMARTVPN_TYPE_CLIENT_STATE);
}

const char *
smartvpn_client_status_get_state_word (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_string (self, "state");
}

SmartvpnConnection *
smartvpn_client_status_get_connection (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_part (self, "interface", SMARTVPN_TYPE_CONNECTION);
}

guint64
smartvpn_client_status_get_since (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), 0);
  return svpn_record_get_uint64 (self, "since");
}

guint64
smartvpn_client_status_get_uptime_s (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), 0);
  return svpn_record_get_uint64 (self, "uptime-s");
}

guint64
smartvpn_client_status_get_lost_since (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), 0);
  return svpn_record_get_uint64 (self, "lost-since");
}

guint
smartvpn_client_status_get_attempt (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), 0);
  return svpn_record_get_uint (self, "attempt");
}

guint
smartvpn_client_status_get_next_try_s (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), 0);
  return svpn_record_get_uint (self, "next-try-s");
}

const char *
smartvpn_client_status_get_remote_address (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_string (self, "remote-address");
}

const char *
smartvpn_client_status_get_last_error (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_string (self, "last-error");
}

const char *
smartvpn_client_status_get_last_reason (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_string (self, "last-reason");
}

gboolean
smartvpn_client_status_get_lockdown (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), FALSE);
  return svpn_record_get_boolean (self, "lockdown");
}

const char *
smartvpn_client_status_get_aead (SmartvpnClientStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT_STATUS (self), NULL);
  return svpn_record_get_string (self, "aead");
}

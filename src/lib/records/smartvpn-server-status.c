/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a server. */
#include "smartvpn-server-status.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnServerStatus:state:
 *
 * The state of the server.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:state-word:
 *
 * The word for the state, as smartvpnd has sent it: also where %SMARTVPN_SERVER_STATE_UNKNOWN stands for it; %NULL if
 * none was sent.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:setup:
 *
 * What the server was started with: the set-up, %NULL unless running.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:since:
 *
 * The time when the server was started: Unix time in seconds, 0 unless running.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:uptime-s:
 *
 * The time that the server has been running for: seconds, 0 unless running.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:connected-clients:
 *
 * The number of sessions: sessions.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:max-clients:
 *
 * The largest number of sessions that the server takes: sessions, 0 unless running.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:needs-restart:
 *
 * The keys of the settings that have changed in the profile since the start, and that [method@Server.reload_async]
 * cannot apply: keys, none unless running.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:last-error:
 *
 * The message of the last failure: a message in English, %NULL without a failure since the last start.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:aead:
 *
 * The library that encrypts what goes through the tunnel: "libcrypto" or "libsodium", %NULL unless running, and
 * with a worker of an older version.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerStatus:last-reason:
 *
 * Why the state has changed last: a code such as `user`; %NULL if it has not changed since the machine has booted.
 *
 * Since: 0.1
 */

static const SvpnField server_status_fields[] = {
  { "state", SVPN_FIELD_ENUM, smartvpn_server_state_get_type },
  { "state-word", SVPN_FIELD_WORD },
  { "setup", SVPN_FIELD_PART, smartvpn_server_setup_get_type, "interface" },
  { "since", SVPN_FIELD_UINT64 },
  { "uptime-s", SVPN_FIELD_UINT64 },
  { "connected-clients", SVPN_FIELD_UINT },
  { "max-clients", SVPN_FIELD_UINT },
  { "needs-restart", SVPN_FIELD_STRINGS },
  { "last-error", SVPN_FIELD_STRING },
  { "last-reason", SVPN_FIELD_STRING },
  { "aead", SVPN_FIELD_STRING },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnServerStatus, smartvpn_server_status, server_status_fields)

SmartvpnServerState
smartvpn_server_status_get_state (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), SMARTVPN_SERVER_STATE_UNKNOWN);
  return svpn_record_get_enum (self, "state", SMARTVPN_TYPE_SERVER_STATE);
}

const char *
smartvpn_server_status_get_state_word (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_string (self, "state");
}

SmartvpnServerSetup *
smartvpn_server_status_get_setup (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_part (self, "interface", SMARTVPN_TYPE_SERVER_SETUP);
}

guint64
smartvpn_server_status_get_since (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), 0);
  return svpn_record_get_uint64 (self, "since");
}

guint64
smartvpn_server_status_get_uptime_s (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), 0);
  return svpn_record_get_uint64 (self, "uptime-s");
}

guint
smartvpn_server_status_get_connected_clients (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), 0);
  return svpn_record_get_uint (self, "connected-clients");
}

guint
smartvpn_server_status_get_max_clients (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), 0);
  return svpn_record_get_uint (self, "max-clients");
}

const char *const *
smartvpn_server_status_get_needs_restart (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_strings (self, "needs-restart");
}

const char *
smartvpn_server_status_get_last_error (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_string (self, "last-error");
}

const char *
smartvpn_server_status_get_last_reason (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_string (self, "last-reason");
}

const char *
smartvpn_server_status_get_aead (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_string (self, "aead");
}

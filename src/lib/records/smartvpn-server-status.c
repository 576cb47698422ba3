/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a server. */
#include "smartvpn-server-status.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnServerStatus, smartvpn_server_status)

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
smartvpn_server_status_get_aead (SmartvpnServerStatus *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_STATUS (self), NULL);
  return svpn_record_get_string (self, "aead");
}

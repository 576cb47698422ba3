/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The state of a client and of its connection. */
#include "smartvpn-client-status.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnClientStatus, smartvpn_client_status)

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server has assigned to a client. */
#include "smartvpn-connection.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnConnection, smartvpn_connection)

const char *
smartvpn_connection_get_assigned_ip (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "assigned-ip");
}

const char *
smartvpn_connection_get_assigned_ipv6 (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "assigned-ipv6");
}

guint
smartvpn_connection_get_prefix (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), 0);
  return svpn_record_get_uint (self, "prefix");
}

guint
smartvpn_connection_get_prefix6 (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), 0);
  return svpn_record_get_uint (self, "prefix6");
}

const char *
smartvpn_connection_get_gateway (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "gateway");
}

const char *
smartvpn_connection_get_gateway6 (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "gateway6");
}

guint
smartvpn_connection_get_mtu (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), 0);
  return svpn_record_get_uint (self, "mtu");
}

const char *const *
smartvpn_connection_get_dns (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_strings (self, "dns");
}

const char *const *
smartvpn_connection_get_routes (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_strings (self, "routes");
}

const char *
smartvpn_connection_get_interface (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "interface");
}

const char *
smartvpn_connection_get_client_id (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "client-id");
}

const char *
smartvpn_connection_get_server_url (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "server-url");
}

const char *
smartvpn_connection_get_dns_mode (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_string (self, "dns-mode");
}

const char *const *
smartvpn_connection_get_warnings (SmartvpnConnection *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CONNECTION (self), NULL);
  return svpn_record_get_strings (self, "warnings");
}

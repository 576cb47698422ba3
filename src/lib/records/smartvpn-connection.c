/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server has assigned to a client. */
#include "smartvpn-connection.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnConnection:assigned-ip:
 *
 * The client's IPv4 address inside the tunnel: the address, %NULL if the server has assigned none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:assigned-ipv6:
 *
 * The client's IPv6 address inside the tunnel: the address, %NULL if the server has assigned none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:prefix:
 *
 * The prefix length of the IPv4 network inside the tunnel: bits, 0 to 32; 0 without an IPv4 address.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:prefix6:
 *
 * The prefix length of the IPv6 network inside the tunnel: bits, 0 to 128; 0 without an IPv6 address.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:gateway:
 *
 * The server's IPv4 address inside the tunnel: the address, %NULL if there is none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:gateway6:
 *
 * The server's IPv6 address inside the tunnel: the address, %NULL if there is none.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:mtu:
 *
 * The MTU of the tunnel: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:dns:
 *
 * The name servers that the client uses: IP addresses.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:routes:
 *
 * The networks that the client reaches through the tunnel: prefixes in CIDR notation.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:interface:
 *
 * The TUN device: its name.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:client-id:
 *
 * The id that the server has given to the session: the id, as [method@Session.get_id] returns it.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:server-url:
 *
 * The URL of the server: a `wss:` or `ws:` URL.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:dns-mode:
 *
 * How the name servers were set: `resolved`, `resolvconf`, `file` or `none`.
 *
 * Since: 0.1
 */

/**
 * SmartvpnConnection:warnings:
 *
 * What differs from what one expects of the tunnel: messages in English, each with a code and a colon before it, such
 * as `route-left-out`.
 *
 * Since: 0.1
 */

static const SvpnField connection_fields[] = {
  { "assigned-ip", SVPN_FIELD_STRING },
  { "assigned-ipv6", SVPN_FIELD_STRING },
  { "prefix", SVPN_FIELD_UINT },
  { "prefix6", SVPN_FIELD_UINT },
  { "gateway", SVPN_FIELD_STRING },
  { "gateway6", SVPN_FIELD_STRING },
  { "mtu", SVPN_FIELD_UINT },
  { "dns", SVPN_FIELD_STRINGS },
  { "routes", SVPN_FIELD_STRINGS },
  { "interface", SVPN_FIELD_STRING },
  { "client-id", SVPN_FIELD_STRING },
  { "server-url", SVPN_FIELD_STRING },
  { "dns-mode", SVPN_FIELD_STRING },
  { "warnings", SVPN_FIELD_STRINGS },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnConnection, smartvpn_connection, connection_fields)

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

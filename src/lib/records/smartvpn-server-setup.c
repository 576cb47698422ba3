/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server was started with. */
#include "smartvpn-server-setup.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnServerSetup:public-key:
 *
 * The public key, the setting `server-public-key` of clients: 32 bytes in base64.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerSetup:listen:
 *
 * The addresses that the server listens on, with the real port where the setting says 0: IP addresses and ports.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerSetup:subnet:
 *
 * The address pools, IPv4 first: prefixes in CIDR notation.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerSetup:interface:
 *
 * The TUN device: its name.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerSetup:mtu:
 *
 * The MTU of the tunnel: bytes.
 *
 * Since: 0.1
 */

/**
 * SmartvpnServerSetup:warnings:
 *
 * What differs from what one expects of the server: messages in English, each with a code and a colon before it, such
 * as `no-ipv6`.
 *
 * Since: 0.1
 */

static const SvpnField server_setup_fields[] = {
  { "public-key", SVPN_FIELD_STRING },
  { "listen", SVPN_FIELD_STRINGS },
  { "subnet", SVPN_FIELD_STRINGS },
  { "interface", SVPN_FIELD_STRING },
  { "mtu", SVPN_FIELD_UINT },
  { "warnings", SVPN_FIELD_STRINGS },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnServerSetup, smartvpn_server_setup, server_setup_fields)

const char *
smartvpn_server_setup_get_public_key (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), NULL);
  return svpn_record_get_string (self, "public-key");
}

const char *const *
smartvpn_server_setup_get_listen (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), NULL);
  return svpn_record_get_strings (self, "listen");
}

const char *const *
smartvpn_server_setup_get_subnet (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), NULL);
  return svpn_record_get_strings (self, "subnet");
}

const char *
smartvpn_server_setup_get_interface (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), NULL);
  return svpn_record_get_string (self, "interface");
}

guint
smartvpn_server_setup_get_mtu (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), 0);
  return svpn_record_get_uint (self, "mtu");
}

const char *const *
smartvpn_server_setup_get_warnings (SmartvpnServerSetup *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER_SETUP (self), NULL);
  return svpn_record_get_strings (self, "warnings");
}

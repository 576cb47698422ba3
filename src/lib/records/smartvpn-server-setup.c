/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server was started with. */
#include "smartvpn-server-setup.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnServerSetup, smartvpn_server_setup)

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

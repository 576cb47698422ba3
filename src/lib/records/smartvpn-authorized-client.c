/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that a server lets in. */
#include "smartvpn-authorized-client.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnAuthorizedClient, smartvpn_authorized_client)

#define GETTER(KIND, name) SVPN_##KIND (SmartvpnAuthorizedClient, smartvpn_authorized_client, name)
GETTER (STRING, name)
GETTER (STRING, public_key)
GETTER (STRING, ipv4)
GETTER (STRING, ipv6)
GETTER (UINT64, rate_limit_bytes_per_s)
GETTER (UINT64, rate_limit_burst_bytes)
GETTER (UINT64, expires)
GETTER (BOOLEAN, expired)
#undef GETTER

static void
set_string (SmartvpnAuthorizedClient *self, const char *name, const char *value)
{
  g_return_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self));
  svpn_record_set (SMARTVPN_RECORD (self), name, value != NULL ? g_variant_new_string (value) : NULL);
}

static void
set_number (SmartvpnAuthorizedClient *self, const char *name, guint64 value)
{
  g_return_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self));
  svpn_record_set (SMARTVPN_RECORD (self), name, value != 0 ? g_variant_new_uint64 (value) : NULL);
}

SmartvpnAuthorizedClient *
smartvpn_authorized_client_new (const char *name, const char *public_key)
{
  SmartvpnAuthorizedClient *self = g_object_new (SMARTVPN_TYPE_AUTHORIZED_CLIENT, NULL);

  set_string (self, "name", name);
  set_string (self, "public_key", public_key);
  return self;
}

void
smartvpn_authorized_client_set_ipv4 (SmartvpnAuthorizedClient *self, const char *ipv4)
{
  set_string (self, "ipv4", ipv4);
}

void
smartvpn_authorized_client_set_ipv6 (SmartvpnAuthorizedClient *self, const char *ipv6)
{
  set_string (self, "ipv6", ipv6);
}

void
smartvpn_authorized_client_set_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self,
                                                       guint64 rate_limit_bytes_per_s)
{
  set_number (self, "rate_limit_bytes_per_s", rate_limit_bytes_per_s);
}

void
smartvpn_authorized_client_set_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self,
                                                       guint64 rate_limit_burst_bytes)
{
  set_number (self, "rate_limit_burst_bytes", rate_limit_burst_bytes);
}

void
smartvpn_authorized_client_set_expires (SmartvpnAuthorizedClient *self, guint64 expires)
{
  set_number (self, "expires", expires);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that a server has authorized. */
#include "smartvpn-authorized-client.h"
#include "smartvpn-record-private.h"

SVPN_DEFINE_RECORD (SmartvpnAuthorizedClient, smartvpn_authorized_client)

const char *
smartvpn_authorized_client_get_name (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), NULL);
  return svpn_record_get_string (self, "name");
}

const char *
smartvpn_authorized_client_get_public_key (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), NULL);
  return svpn_record_get_string (self, "public-key");
}

const char *
smartvpn_authorized_client_get_ipv4 (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), NULL);
  return svpn_record_get_string (self, "ipv4");
}

const char *
smartvpn_authorized_client_get_ipv6 (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), NULL);
  return svpn_record_get_string (self, "ipv6");
}

guint64
smartvpn_authorized_client_get_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit-bytes-per-s");
}

guint64
smartvpn_authorized_client_get_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), 0);
  return svpn_record_get_uint64 (self, "rate-limit-burst-bytes");
}

guint64
smartvpn_authorized_client_get_expires (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), 0);
  return svpn_record_get_uint64 (self, "expires");
}

gboolean
smartvpn_authorized_client_get_expired (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), FALSE);
  return svpn_record_get_boolean (self, "expired");
}

static void
set_string (SmartvpnAuthorizedClient *self, const char *key, const char *value)
{
  g_return_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self));
  svpn_record_set (self, key, value != NULL ? g_variant_new_string (value) : NULL);
}

static void
set_number (SmartvpnAuthorizedClient *self, const char *key, guint64 value)
{
  g_return_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self));
  svpn_record_set (self, key, value != 0 ? g_variant_new_uint64 (value) : NULL);
}

SmartvpnAuthorizedClient *
smartvpn_authorized_client_new (const char *name, const char *public_key)
{
  SmartvpnAuthorizedClient *self = g_object_new (SMARTVPN_TYPE_AUTHORIZED_CLIENT, NULL);

  set_string (self, "name", name);
  set_string (self, "public-key", public_key);
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
  set_number (self, "rate-limit-bytes-per-s", rate_limit_bytes_per_s);
}

void
smartvpn_authorized_client_set_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self,
                                                       guint64 rate_limit_burst_bytes)
{
  set_number (self, "rate-limit-burst-bytes", rate_limit_burst_bytes);
}

const char *const *
smartvpn_authorized_client_get_unset (SmartvpnAuthorizedClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self), NULL);
  return svpn_record_get_strings (self, "unset");
}

void
smartvpn_authorized_client_set_unset (SmartvpnAuthorizedClient *self, const char *const *keys)
{
  g_return_if_fail (SMARTVPN_IS_AUTHORIZED_CLIENT (self));
  svpn_record_set (self, "unset", keys != NULL && *keys != NULL ? g_variant_new_strv (keys, -1) : NULL);
}

void
smartvpn_authorized_client_set_expires (SmartvpnAuthorizedClient *self, guint64 expires)
{
  set_number (self, "expires", expires);
}

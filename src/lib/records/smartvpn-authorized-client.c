/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that a server has authorized. */
#include "smartvpn-authorized-client.h"
#include "smartvpn-record-private.h"

/**
 * SmartvpnAuthorizedClient:name:
 *
 * The name of the client: 1 to 64 printable characters.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:public-key:
 *
 * The public key of the client's `private-key`: 32 bytes in base64.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:ipv4:
 *
 * The fixed IPv4 address: the address, %NULL if the server assigns any free one.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:ipv6:
 *
 * The fixed IPv6 address: the address, %NULL if the server assigns any free one.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:rate-limit-bytes-per-s:
 *
 * The client's own rate limit, which holds for each direction on its own and replaces the server's: bytes per second, 0
 * if the server's limit applies.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:rate-limit-burst-bytes:
 *
 * The burst size of the rate limit: the bytes that a direction may send at once after a pause: bytes, 0 if the server's
 * burst size applies.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:expires:
 *
 * The time from which the server refuses the client: Unix time in seconds, 0 for never.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:expired:
 *
 * Whether that time has come; as smartvpnd has told it, never set by a setter.
 *
 * Since: 0.1
 */

/**
 * SmartvpnAuthorizedClient:unset:
 *
 * Which entries [method@Server.authorize_client_async] takes away: keys, as [method@AuthorizedClient.set_unset] has set
 * them.
 *
 * Since: 0.1
 */

static const SvpnField authorized_client_fields[] = {
  { "name", SVPN_FIELD_STRING },
  { "public-key", SVPN_FIELD_STRING },
  { "ipv4", SVPN_FIELD_STRING },
  { "ipv6", SVPN_FIELD_STRING },
  { "rate-limit-bytes-per-s", SVPN_FIELD_UINT64 },
  { "rate-limit-burst-bytes", SVPN_FIELD_UINT64 },
  { "expires", SVPN_FIELD_UINT64 },
  { "expired", SVPN_FIELD_BOOLEAN },
  { "unset", SVPN_FIELD_STRINGS },
  { NULL },
};

SVPN_DEFINE_RECORD (SmartvpnAuthorizedClient, smartvpn_authorized_client, authorized_client_fields)

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

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that a server lets in. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_AUTHORIZED_CLIENT (smartvpn_authorized_client_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnAuthorizedClient, smartvpn_authorized_client, SMARTVPN, AUTHORIZED_CLIENT, SmartvpnRecord)

/**
 * SmartvpnAuthorizedClient:
 *
 * A client that a server lets in: what [method@Server.authorize_client_async] takes and
 * [method@Server.list_authorized_clients_async] returns.
 *
 * Values are checked by smartvpnd alone, when the client is authorized.
 */

/**
 * smartvpn_authorized_client_new:
 * @name: who this is: 1 to 64 printable characters, once in the list
 * @public_key: the public key that belongs to the client's `private-key`: 32 bytes in base64
 *
 * Makes a client without a fixed address, a limit or an expiry.
 *
 * Returns: (transfer full): the client
 */
SmartvpnAuthorizedClient *smartvpn_authorized_client_new (const char *name, const char *public_key);

/**
 * smartvpn_authorized_client_get_name:
 * @self: a client
 *
 * Who this is.
 *
 * Returns: (nullable): 1 to 64 printable characters, once in the list
 */
const char *smartvpn_authorized_client_get_name (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_public_key:
 * @self: a client
 *
 * The public key that belongs to the client's `private-key`.
 *
 * Returns: (nullable): 32 bytes in base64, once in the list
 */
const char *smartvpn_authorized_client_get_public_key (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_ipv4:
 * @self: a client
 *
 * The fixed IPv4 address.
 *
 * Returns: (nullable): the address, %NULL if any will do
 */
const char *smartvpn_authorized_client_get_ipv4 (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_ipv6:
 * @self: a client
 *
 * The fixed IPv6 address.
 *
 * Returns: (nullable): the address, %NULL if any will do
 */
const char *smartvpn_authorized_client_get_ipv6 (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_rate_limit_bytes_per_s:
 * @self: a client
 *
 * The rate limit, of each direction on its own, in place of the server's.
 *
 * Returns: bytes a second, 0 if the server's counts
 */
guint64 smartvpn_authorized_client_get_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_rate_limit_burst_bytes:
 * @self: a client
 *
 * How far a direction may get ahead of the rate.
 *
 * Returns: bytes, 0 if the server's counts
 */
guint64 smartvpn_authorized_client_get_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_expires:
 * @self: a client
 *
 * From when on the client is refused.
 *
 * Returns: Unix time in seconds, 0 for never
 */
guint64 smartvpn_authorized_client_get_expires (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_expired:
 * @self: a client
 *
 * Whether that time is over.
 *
 * Returns: %TRUE if the client is refused
 */
gboolean smartvpn_authorized_client_get_expired (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_set_ipv4:
 * @self: a client
 * @ipv4: (nullable): the address, %NULL if any will do
 *
 * Sets a fixed address, of the server's `ipv4-pool`. An address in one pool takes the same host number of the other
 * along.
 */
void smartvpn_authorized_client_set_ipv4 (SmartvpnAuthorizedClient *self, const char *ipv4);

/**
 * smartvpn_authorized_client_set_ipv6:
 * @self: a client
 * @ipv6: (nullable): the address, %NULL if any will do
 *
 * Sets a fixed address, of the server's `ipv6-pool`, with the same host number as the IPv4 address if both are given.
 */
void smartvpn_authorized_client_set_ipv6 (SmartvpnAuthorizedClient *self, const char *ipv6);

/**
 * smartvpn_authorized_client_set_rate_limit_bytes_per_s:
 * @self: a client
 * @rate_limit_bytes_per_s: bytes a second, 1000 to 100000000000; 0 if the server's counts
 *
 * Sets a rate limit.
 */
void smartvpn_authorized_client_set_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self,
                                                            guint64 rate_limit_bytes_per_s);

/**
 * smartvpn_authorized_client_set_rate_limit_burst_bytes:
 * @self: a client
 * @rate_limit_burst_bytes: bytes, 1500 to 1000000000; 0 if the server's counts
 *
 * Sets how far a direction may get ahead of the rate.
 */
void smartvpn_authorized_client_set_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self,
                                                            guint64 rate_limit_burst_bytes);

/**
 * smartvpn_authorized_client_set_expires:
 * @self: a client
 * @expires: Unix time in seconds, in the future; 0 for never
 *
 * Sets the time from which on the client is refused.
 */
void smartvpn_authorized_client_set_expires (SmartvpnAuthorizedClient *self, guint64 expires);

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that a server has authorized. */
#pragma once

#include "smartvpn-record.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_AUTHORIZED_CLIENT (smartvpn_authorized_client_get_type ())
G_DECLARE_FINAL_TYPE (SmartvpnAuthorizedClient, smartvpn_authorized_client, SMARTVPN, AUTHORIZED_CLIENT,
                      SmartvpnRecord)

/**
 * SmartvpnAuthorizedClient:
 *
 * A client that a server has authorized: the argument of [method@Server.authorize_client_async], and an entry of
 * [method@Server.list_authorized_clients_async].
 *
 * This is the only record that programs make and change themselves. A setter takes any value; smartvpnd checks it when
 * the client is authorized. A text that a getter has returned is valid until the next setter is called.
 *
 * Since: 0.1
 */

/**
 * smartvpn_authorized_client_new:
 * @name: a name that no other client of the list has, 1 to 64 printable characters
 * @public_key: (nullable): the public key of the client's `private-key`, 32 bytes in base64; %NULL to change a client
 *   that is authorized already, and keep its key
 *
 * Makes a client without a fixed address, a limit or an expiry. If the server has authorized a client of this name, what
 * is not set here stays as it is there.
 *
 * Returns: (transfer full): the client
 *
 * Since: 0.1
 */
SmartvpnAuthorizedClient *smartvpn_authorized_client_new (const char *name,
                                                          const char *public_key) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_authorized_client_get_name:
 * @self: a client
 *
 * Gets the name of the client.
 *
 * Returns: (nullable): 1 to 64 printable characters
 *
 * Since: 0.1
 */
const char *smartvpn_authorized_client_get_name (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_public_key:
 * @self: a client
 *
 * Gets the public key of the client's `private-key`.
 *
 * Returns: (nullable): 32 bytes in base64
 *
 * Since: 0.1
 */
const char *smartvpn_authorized_client_get_public_key (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_ipv4:
 * @self: a client
 *
 * Gets the fixed IPv4 address.
 *
 * Returns: (nullable): the address, %NULL if the server assigns any free one
 *
 * Since: 0.1
 */
const char *smartvpn_authorized_client_get_ipv4 (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_ipv6:
 * @self: a client
 *
 * Gets the fixed IPv6 address.
 *
 * Returns: (nullable): the address, %NULL if the server assigns any free one
 *
 * Since: 0.1
 */
const char *smartvpn_authorized_client_get_ipv6 (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_rate_limit_bytes_per_s:
 * @self: a client
 *
 * Gets the client's own rate limit, which holds for each direction on its own and replaces the server's.
 *
 * Returns: bytes per second, 0 if the server's limit applies
 *
 * Since: 0.1
 */
guint64 smartvpn_authorized_client_get_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_rate_limit_burst_bytes:
 * @self: a client
 *
 * Gets the burst size of the rate limit: the bytes that a direction may send at once after a pause.
 *
 * Returns: bytes, 0 if the server's burst size applies
 *
 * Since: 0.1
 */
guint64 smartvpn_authorized_client_get_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_expires:
 * @self: a client
 *
 * Gets the time from which the server refuses the client.
 *
 * Returns: Unix time in seconds, 0 for never
 *
 * Since: 0.1
 */
guint64 smartvpn_authorized_client_get_expires (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_get_expired:
 * @self: a client
 *
 * Tells whether that time has come; as smartvpnd has told it, never set by a setter.
 *
 * Returns: %TRUE if the server refuses the client
 *
 * Since: 0.1
 */
gboolean smartvpn_authorized_client_get_expired (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_set_ipv4:
 * @self: a client
 * @ipv4: (nullable): an address of the server's `ipv4-pool`, %NULL to leave it as it is
 *
 * Sets the fixed IPv4 address. With an address in one pool only, the client gets the same host number in the other
 * pool.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_ipv4 (SmartvpnAuthorizedClient *self, const char *ipv4);

/**
 * smartvpn_authorized_client_set_ipv6:
 * @self: a client
 * @ipv6: (nullable): an address of the server's `ipv6-pool`, %NULL to leave it as it is
 *
 * Sets the fixed IPv6 address. If both addresses are fixed, they must have the same host number in their pools.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_ipv6 (SmartvpnAuthorizedClient *self, const char *ipv6);

/**
 * smartvpn_authorized_client_set_rate_limit_bytes_per_s:
 * @self: a client
 * @rate_limit_bytes_per_s: bytes per second, 1000 to 100000000000; 0 to leave it as it is
 *
 * Sets the client's own rate limit, which holds for each direction on its own.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_rate_limit_bytes_per_s (SmartvpnAuthorizedClient *self,
                                                            guint64 rate_limit_bytes_per_s);

/**
 * smartvpn_authorized_client_set_rate_limit_burst_bytes:
 * @self: a client
 * @rate_limit_burst_bytes: bytes, 1500 to 1000000000; 0 to leave it as it is
 *
 * Sets the burst size of the client's own rate limit: the bytes that a direction may send at once after a pause.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_rate_limit_burst_bytes (SmartvpnAuthorizedClient *self,
                                                            guint64 rate_limit_burst_bytes);

/**
 * smartvpn_authorized_client_set_expires:
 * @self: a client
 * @expires: Unix time in seconds, in the future; 0 to leave it as it is
 *
 * Sets the time from which the server refuses the client.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_expires (SmartvpnAuthorizedClient *self, guint64 expires);

/**
 * smartvpn_authorized_client_get_unset:
 * @self: a client
 *
 * Gets which entries [method@Server.authorize_client_async] takes away.
 *
 * Returns: (transfer none) (array zero-terminated=1): keys, as [method@AuthorizedClient.set_unset] has set them
 *
 * Since: 0.1
 */
const char *const *smartvpn_authorized_client_get_unset (SmartvpnAuthorizedClient *self);

/**
 * smartvpn_authorized_client_set_unset:
 * @self: a client
 * @keys: (nullable) (array zero-terminated=1): of `ipv4`, `ipv6`, `rate-limit-bytes-per-s`, `rate-limit-burst-bytes` and
 *   `expires`
 *
 * Sets which entries to take away from a client that the server has authorized already. Without a fixed address it gets
 * any free one, without a limit that of the server's settings, and without an expiry it never expires. A rate that goes
 * takes its burst size along.
 *
 * Since: 0.1
 */
void smartvpn_authorized_client_set_unset (SmartvpnAuthorizedClient *self, const char *const *keys);

G_END_DECLS

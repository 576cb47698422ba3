/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The arithmetic of address pools: host number <-> address. Host 1 is the server; nobody has the broadcast address. */
#pragma once

#include "address.h"

#define SVPN_POOL_SERVER_HOST 1
#define SVPN_POOL_FIRST_HOST 2

/* Address number @host of @pool, with the pool's prefix length. */
SvpnPrefix svpn_pool_address (const SvpnPrefix *pool, guint32 host);

/* Hosts for clients, from SVPN_POOL_FIRST_HOST on, that both pools have (@ipv6 family 0: @ipv4 alone). */
guint32 svpn_pool_capacity (const SvpnPrefix *ipv4, const SvpnPrefix *ipv6);

/* Whether @address (4 or 16 bytes, by the family of @pool) lies in @pool. *@host: its host number, 0 if that does not fit
 * into 32 bits. */
gboolean svpn_pool_find (const SvpnPrefix *pool, const uint8_t *address, guint32 *host);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The arithmetic of address pools. */
#include "pool.h"

#include <string.h>

static guint
address_size (const SvpnPrefix *pool)
{
  return pool->family == AF_INET ? 4 : 16;
}

/* The last four bytes of an address as a number. */
static guint32
low_bits (const uint8_t *address, guint size)
{
  const uint8_t *low = address + size - 4;

  return (guint32) low[0] << 24 | (guint32) low[1] << 16 | (guint32) low[2] << 8 | low[3];
}

SvpnPrefix
svpn_pool_address (const SvpnPrefix *pool, guint32 host)
{
  SvpnPrefix address = *pool;
  guint size = address_size (pool);
  guint32 low = low_bits (pool->bytes, size) + host;

  for (guint i = 0; i < 4; i++)
    address.bytes[size - 1 - i] = (uint8_t) (low >> (8 * i));
  return address;
}

/* Highest host number that a client may have. */
static guint64
last_host (const SvpnPrefix *pool)
{
  guint host_bits = address_size (pool) * 8 - pool->prefix;

  return (1ULL << MIN (host_bits, 31)) - 2;
}

guint32
svpn_pool_capacity (const SvpnPrefix *ipv4, const SvpnPrefix *ipv6)
{
  guint64 last = last_host (ipv4);

  if (ipv6->family != 0)
    last = MIN (last, last_host (ipv6));
  return last >= SVPN_POOL_FIRST_HOST ? (guint32) (last - SVPN_POOL_FIRST_HOST + 1) : 0;
}

gboolean
svpn_pool_find (const SvpnPrefix *pool, const uint8_t *address, guint32 *host)
{
  guint size = address_size (pool);
  SvpnPrefix candidate = { .family = pool->family };

  memcpy (candidate.bytes, address, size);
  if (pool->family == 0 || !svpn_prefix_contains (pool, &candidate))
    return FALSE;
  *host = memcmp (address, pool->bytes, size - 4) == 0
              ? low_bits (address, size) - low_bits (pool->bytes, size)
              : 0;
  return TRUE;
}

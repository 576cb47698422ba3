/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients that a server knows by their static keys. */
#include "authorized.h"
#include "error.h"
#include "key-hash.h"
#include "pool.h"

#include <sodium.h>
#include <string.h>

static void
authorized_free (SvpnAuthorized *client)
{
  g_free (client->name);
  g_free (client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnAuthorized, authorized_free)

static gboolean
reject_entry (GError **error, const char *key, const char *flaw)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "authorized client: %s: %s", key, flaw);
  return FALSE;
}

static gboolean
read_key (GVariant *entry, uint8_t key[32])
{
  const char *text;
  size_t size;

  return g_variant_lookup (entry, "public-key", "&s", &text)
         && sodium_base642bin (key, 32, text, strlen (text), NULL, &size, NULL,
                               sodium_base64_VARIANT_ORIGINAL)
                == 0
         && size == 32;
}

/* The host number of entry @key, if there is one: both families must name the same. */
static gboolean
read_host (GVariant *entry, const char *key, const SvpnPrefix *pool, guint32 capacity, guint32 *host,
           GError **error)
{
  const char *text;
  SvpnPrefix address;
  guint32 found;

  if (!g_variant_lookup (entry, key, "&s", &text))
    return TRUE;
  if (!svpn_address_parse (text, &address) || address.family != pool->family
      || !svpn_pool_find (pool, address.bytes, &found) || found < SVPN_POOL_FIRST_HOST
      || found - SVPN_POOL_FIRST_HOST >= capacity)
    return reject_entry (error, key, "not the address of a client in the pool");
  if (*host != 0 && *host != found)
    return reject_entry (error, key, "not the same host of its pool as ipv4");
  *host = found;
  return TRUE;
}

static SvpnAuthorized *
parse_entry (GVariant *entry, const SvpnPrefix *ipv4_pool, const SvpnPrefix *ipv6_pool, GError **error)
{
  g_autoptr (SvpnAuthorized) client = g_new0 (SvpnAuthorized, 1);
  guint32 capacity = svpn_pool_capacity (ipv4_pool, ipv6_pool);
  guint64 expires = 0;

  if (!read_key (entry, client->key)) {
    reject_entry (error, "public-key", "missing, or not 32 bytes in base64");
    return NULL;
  }
  if (!g_variant_lookup (entry, "name", "s", &client->name))
    client->name = g_strdup ("");
  g_variant_lookup (entry, "rate-limit-bytes-per-s", "t", &client->rate_bytes_per_s);
  g_variant_lookup (entry, "rate-limit-burst-bytes", "t", &client->burst_bytes);
  g_variant_lookup (entry, "expires", "t", &expires);
  client->expires = (gint64) MIN (expires, (guint64) G_MAXINT64);
  if (!read_host (entry, "ipv4", ipv4_pool, capacity, &client->host, error)
      || !read_host (entry, "ipv6", ipv6_pool, capacity, &client->host, error))
    return NULL;
  return g_steal_pointer (&client);
}

GHashTable *
svpn_authorized_parse (GVariant *clients, const SvpnPrefix *ipv4_pool, const SvpnPrefix *ipv6_pool,
                       GError **error)
{
  g_autoptr (GHashTable) table
      = g_hash_table_new_full (svpn_key_hash, svpn_key_equal, NULL, (GDestroyNotify) authorized_free);
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, clients);
  while (g_variant_iter_loop (&iter, "@a{sv}", &entry)) {
    SvpnAuthorized *client = parse_entry (entry, ipv4_pool, ipv6_pool, error);

    if (client == NULL) {
      g_variant_unref (entry);
      return NULL;
    }
    g_hash_table_replace (table, client->key, client);
  }
  return g_steal_pointer (&table);
}

const SvpnAuthorized *
svpn_authorized_find (GHashTable *clients, const uint8_t key[32], gint64 unix_s)
{
  const SvpnAuthorized *client = g_hash_table_lookup (clients, key);

  if (client != NULL && client->expires != 0 && client->expires <= unix_s)
    return NULL;
  return client;
}

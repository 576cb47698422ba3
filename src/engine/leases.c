/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who has which address. */
#include "leases.h"

#include <sodium.h>
#include <string.h>

struct _SvpnLeases {
  guint32 next, end;    /* host numbers never given out yet */
  GHashTable *by_token; /* owns the leases; the key lies in the lease */
  GHashTable *by_key;   /* static key -> lease */
  GQueue idle;          /* longest unused first */
};

static guint
key_hash (gconstpointer key)
{
  guint hash;

  memcpy (&hash, key, sizeof hash);
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return sodium_memcmp (a, b, 32) == 0;
}

static void
lease_free (SvpnLease *lease)
{
  sodium_memzero (lease->token, sizeof lease->token);
  g_free (lease);
}

SvpnLeases *
svpn_leases_new (guint32 first, guint32 count)
{
  SvpnLeases *leases = g_new0 (SvpnLeases, 1);

  leases->next = first;
  leases->end = first + count;
  leases->by_token = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) lease_free);
  leases->by_key = g_hash_table_new (key_hash, key_equal);
  g_queue_init (&leases->idle);
  return leases;
}

void
svpn_leases_free (SvpnLeases *leases)
{
  g_hash_table_unref (leases->by_key);
  g_hash_table_unref (leases->by_token);
  g_free (leases);
}

static SvpnLease *
find (SvpnLeases *leases, const char *token, const uint8_t *static_key)
{
  SvpnLease *lease = static_key != NULL ? g_hash_table_lookup (leases->by_key, static_key) : NULL;

  if (lease != NULL || token == NULL)
    return lease;
  lease = g_hash_table_lookup (leases->by_token, token);
  /* A proven key owns its lease: its token alone does not open it to others. */
  return lease != NULL && lease->has_static_key ? NULL : lease;
}

/* Forgets the lease that was unused the longest; its host number, or 0 if all are in use. */
static guint32
recycle (SvpnLeases *leases)
{
  GList *link = g_queue_pop_head_link (&leases->idle);
  SvpnLease *lease = link != NULL ? link->data : NULL;
  guint32 host;

  if (lease == NULL)
    return 0;
  host = lease->host;
  if (lease->has_static_key)
    g_hash_table_remove (leases->by_key, lease->static_key);
  g_hash_table_remove (leases->by_token, lease->token);
  return host;
}

static SvpnLease *
create (SvpnLeases *leases, const uint8_t *static_key, const char *token)
{
  guint32 host = leases->next < leases->end ? leases->next++ : recycle (leases);
  SvpnLease *lease;

  if (host == 0)
    return NULL;
  lease = g_new0 (SvpnLease, 1);
  lease->host = host;
  lease->idle_link.data = lease;
  memcpy (lease->token, token, SVPN_LEASE_TOKEN_SIZE + 1);
  g_hash_table_insert (leases->by_token, lease->token, lease);
  if (static_key != NULL) {
    memcpy (lease->static_key, static_key, 32);
    lease->has_static_key = TRUE;
    g_hash_table_insert (leases->by_key, lease->static_key, lease);
  }
  return lease;
}

SvpnLease *
svpn_leases_take (SvpnLeases *leases, const char *token, const uint8_t *static_key,
                  const char fresh_token[SVPN_LEASE_TOKEN_SIZE + 1])
{
  SvpnLease *lease = find (leases, token, static_key);

  if (lease == NULL)
    lease = create (leases, static_key, fresh_token);
  else if (lease->users == 0)
    g_queue_unlink (&leases->idle, &lease->idle_link);
  if (lease != NULL)
    lease->users++;
  return lease;
}

void
svpn_leases_release (SvpnLeases *leases, SvpnLease *lease)
{
  g_assert (lease->users > 0);
  if (--lease->users == 0)
    g_queue_push_tail_link (&leases->idle, &lease->idle_link);
}

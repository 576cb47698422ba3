/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which client has which address. */
#include "leases.h"
#include "key-hash.h"

#include <sodium.h>
#include <string.h>

struct _SvpnLeases {
  guint32 first, next, end; /* host numbers; from next on they were never given out */
  GHashTable *by_token;     /* owns the leases; the key lies in the lease */
  GHashTable *by_key;       /* static key -> lease */
  GHashTable *by_host;      /* host -> lease */
  GHashTable *reserved;     /* host -> static key; NULL: none */
  GQueue idle;              /* longest unused first */
};

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

  leases->first = leases->next = first;
  leases->end = first + count;
  leases->by_token = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) lease_free);
  leases->by_key = g_hash_table_new (svpn_key_hash, svpn_key_equal);
  leases->by_host = g_hash_table_new (NULL, NULL);
  g_queue_init (&leases->idle);
  return leases;
}

void
svpn_leases_free (SvpnLeases *leases)
{
  g_clear_pointer (&leases->reserved, g_hash_table_unref);
  g_hash_table_unref (leases->by_host);
  g_hash_table_unref (leases->by_key);
  g_hash_table_unref (leases->by_token);
  g_free (leases);
}

/* Whether @host is reserved for another client than the one with @static_key (NULL: without a key). */
static gboolean
is_reserved_for_other (SvpnLeases *leases, guint32 host, const uint8_t *static_key)
{
  const uint8_t *key
      = leases->reserved != NULL ? g_hash_table_lookup (leases->reserved, GUINT_TO_POINTER (host)) : NULL;

  return key != NULL && (static_key == NULL || !svpn_key_equal (key, static_key));
}

/* The host number reserved for @static_key, 0 if there is none. */
static guint32
reserved_host (SvpnLeases *leases, const uint8_t *static_key)
{
  GHashTableIter iter;
  gpointer host, key;

  if (leases->reserved == NULL || static_key == NULL)
    return 0;
  g_hash_table_iter_init (&iter, leases->reserved);
  while (g_hash_table_iter_next (&iter, &host, &key))
    if (svpn_key_equal (key, static_key))
      return GPOINTER_TO_UINT (host);
  return 0;
}

/* Forgets a lease without users. */
static void
forget_lease (SvpnLeases *leases, SvpnLease *lease)
{
  g_queue_unlink (&leases->idle, &lease->idle_link);
  if (lease->has_static_key && g_hash_table_lookup (leases->by_key, lease->static_key) == lease)
    g_hash_table_remove (leases->by_key, lease->static_key);
  g_hash_table_remove (leases->by_host, GUINT_TO_POINTER (lease->host));
  g_hash_table_remove (leases->by_token, lease->token);
}

void
svpn_leases_reserve (SvpnLeases *leases, GHashTable *hosts)
{
  GList *next;

  g_clear_pointer (&leases->reserved, g_hash_table_unref);
  leases->reserved = g_hash_table_ref (hosts);
  for (GList *link = leases->idle.head; link != NULL; link = next) {
    SvpnLease *lease = link->data;

    next = link->next;
    if (is_reserved_for_other (leases, lease->host, lease->has_static_key ? lease->static_key : NULL))
      forget_lease (leases, lease);
  }
}

static SvpnLease *
find_claimed (SvpnLeases *leases, const char *token, const uint8_t *static_key)
{
  SvpnLease *lease = static_key != NULL ? g_hash_table_lookup (leases->by_key, static_key) : NULL;
  guint32 fixed = reserved_host (leases, static_key);

  if (lease == NULL && token != NULL && fixed == 0) {
    lease = g_hash_table_lookup (leases->by_token, token);
    /* A proven key owns its lease: its token alone does not open it to others. */
    if (lease != NULL && lease->has_static_key)
      return NULL;
  }
  if (lease == NULL || (fixed != 0 && lease->host != fixed)
      || is_reserved_for_other (leases, lease->host, static_key))
    return NULL;
  return lease;
}

static gboolean
is_free (SvpnLeases *leases, guint32 host)
{
  return !g_hash_table_contains (leases->by_host, GUINT_TO_POINTER (host))
         && !is_reserved_for_other (leases, host, NULL);
}

/* A host number that was reserved before and no longer is; 0 if there is none. */
static guint32
find_free (SvpnLeases *leases)
{
  for (guint32 host = leases->first; host < leases->end; host++)
    if (is_free (leases, host))
      return host;
  return 0;
}

/* A host number for a new lease; 0 if there is none. */
static guint32
choose_host (SvpnLeases *leases, const uint8_t *static_key)
{
  guint32 fixed = reserved_host (leases, static_key), host;
  SvpnLease *lease;

  if (fixed != 0) {
    lease = g_hash_table_lookup (leases->by_host, GUINT_TO_POINTER (fixed));
    if (lease != NULL && lease->users > 0)
      return 0;
    if (lease != NULL)
      forget_lease (leases, lease);
    return fixed;
  }
  while (leases->next < leases->end)
    if (is_free (leases, leases->next++))
      return leases->next - 1;
  /* The one that is unused for the longest time; svpn_leases_reserve() has removed those that are reserved. */
  lease = g_queue_peek_head (&leases->idle);
  if (lease == NULL)
    return find_free (leases);
  host = lease->host;
  forget_lease (leases, lease);
  return host;
}

static SvpnLease *
create_lease (SvpnLeases *leases, const uint8_t *static_key, const char *token)
{
  guint32 host = choose_host (leases, static_key);
  SvpnLease *lease;

  if (host == 0)
    return NULL;
  lease = g_new0 (SvpnLease, 1);
  lease->host = host;
  lease->idle_link.data = lease;
  memcpy (lease->token, token, SVPN_LEASE_TOKEN_SIZE + 1);
  g_hash_table_insert (leases->by_token, lease->token, lease);
  g_hash_table_insert (leases->by_host, GUINT_TO_POINTER (host), lease);
  if (static_key != NULL) {
    memcpy (lease->static_key, static_key, 32);
    lease->has_static_key = TRUE;
    g_hash_table_replace (leases->by_key, lease->static_key, lease);
  }
  return lease;
}

SvpnLease *
svpn_leases_take (SvpnLeases *leases, const char *token, const uint8_t *static_key,
                  const char fresh_token[SVPN_LEASE_TOKEN_SIZE + 1])
{
  SvpnLease *lease = find_claimed (leases, token, static_key);

  if (lease == NULL)
    lease = create_lease (leases, static_key, fresh_token);
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
  if (--lease->users > 0)
    return;
  g_queue_push_tail_link (&leases->idle, &lease->idle_link);
  if (is_reserved_for_other (leases, lease->host, lease->has_static_key ? lease->static_key : NULL))
    forget_lease (leases, lease);
}

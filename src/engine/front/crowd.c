/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Those who hold something of ours before we know them.
 *
 * How it works: each source has its members in the order of their arrival, and all sources lie in a balanced tree, the
 * greediest last. A member that comes or goes moves its source there: O(log n) for n sources. Strangers choose their
 * addresses, so the hash of sources is a keyed one. */
#include "crowd.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  guint8 family;
  guint8 bytes[16];
} Key;

typedef struct {
  SvpnCrowd *crowd;
  Key key;
  GQueue members; /* SvpnCrowdMember, the oldest first */
  GSequenceIter *place;
} Source;

struct _SvpnCrowd {
  guint max, max_per_source, size;
  guint64 n_arrivals;
  GHashTable *by_key;  /* Source, owned */
  GSequence *by_greed; /* Source */
  guint8 hash_key[crypto_shorthash_KEYBYTES];
};

/* --- sources --- */

static Key
key_of (const SvpnPrefix *address)
{
  Key key = { .family = (guint8) address->family };

  memcpy (key.bytes, address->bytes, address->family == AF_INET6 ? 8 : address->family == AF_INET ? 4 : 0);
  return key;
}

/* Sources are their own keys: each leads to the crowd's hash key. */
static guint
hash_source (gconstpointer data)
{
  const Source *source = data;
  guint8 hash[crypto_shorthash_BYTES];
  guint result;

  crypto_shorthash (hash, (const guint8 *) &source->key, sizeof source->key, source->crowd->hash_key);
  memcpy (&result, hash, sizeof result);
  return result;
}

static gboolean
is_same_source (gconstpointer a, gconstpointer b)
{
  return memcmp (&((const Source *) a)->key, &((const Source *) b)->key, sizeof (Key)) == 0;
}

static guint64
oldest_arrival (const Source *source)
{
  const SvpnCrowdMember *oldest = g_queue_peek_head ((GQueue *) &source->members);

  return oldest != NULL ? oldest->arrival : G_MAXUINT64;
}

static gint
compare_greed (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Source *first = a, *second = b;
  guint64 first_arrival, second_arrival;

  if (first->members.length != second->members.length)
    return first->members.length < second->members.length ? -1 : 1;
  first_arrival = oldest_arrival (first);
  second_arrival = oldest_arrival (second);
  return first_arrival == second_arrival ? 0 : first_arrival > second_arrival ? -1 : 1;
}

static Source *
get_source (SvpnCrowd *crowd, const SvpnPrefix *address)
{
  Source wanted = { .crowd = crowd, .key = key_of (address) };
  Source *source = g_hash_table_lookup (crowd->by_key, &wanted);

  if (source != NULL)
    return source;
  source = g_new (Source, 1);
  *source = wanted;
  g_queue_init (&source->members);
  source->place = g_sequence_insert_sorted (crowd->by_greed, source, compare_greed, NULL);
  g_hash_table_add (crowd->by_key, source);
  return source;
}

static void
update_source (SvpnCrowd *crowd, Source *source)
{
  if (source->members.length > 0) {
    g_sequence_sort_changed (source->place, compare_greed, NULL);
    return;
  }
  g_sequence_remove (source->place);
  g_hash_table_remove (crowd->by_key, source);
}

/* --- members --- */

SvpnCrowdMember *
svpn_crowd_join (SvpnCrowd *crowd, SvpnCrowdMember *member, const SvpnPrefix *address)
{
  Source *source = get_source (crowd, address);

  *member = (SvpnCrowdMember){ .source = source, .link = { .data = member } };
  member->arrival = crowd->n_arrivals++;
  g_queue_push_tail_link (&source->members, &member->link);
  update_source (crowd, source);
  crowd->size++;
  if (source->members.length > crowd->max_per_source)
    return g_queue_peek_head (&source->members);
  return crowd->size > crowd->max ? svpn_crowd_greediest (crowd) : NULL;
}

void
svpn_crowd_leave (SvpnCrowd *crowd, SvpnCrowdMember *member)
{
  Source *source = member->source;

  if (source == NULL)
    return;
  g_queue_unlink (&source->members, &member->link);
  *member = (SvpnCrowdMember){ .source = NULL };
  update_source (crowd, source);
  crowd->size--;
}

SvpnCrowdMember *
svpn_crowd_greediest (SvpnCrowd *crowd)
{
  Source *greediest;

  if (crowd->size == 0)
    return NULL;
  greediest = g_sequence_get (g_sequence_iter_prev (g_sequence_get_end_iter (crowd->by_greed)));
  return g_queue_peek_head (&greediest->members);
}

void
svpn_crowd_set_max (SvpnCrowd *crowd, guint max, guint max_per_source)
{
  crowd->max = max;
  crowd->max_per_source = max_per_source;
}

guint
svpn_crowd_size (const SvpnCrowd *crowd)
{
  return crowd->size;
}

SvpnCrowd *
svpn_crowd_new (guint max, guint max_per_source)
{
  SvpnCrowd *crowd = g_new0 (SvpnCrowd, 1);

  crowd->max = max;
  crowd->max_per_source = max_per_source;
  crowd->by_key = g_hash_table_new_full (hash_source, is_same_source, g_free, NULL);
  crowd->by_greed = g_sequence_new (NULL);
  randombytes_buf (crowd->hash_key, sizeof crowd->hash_key);
  return crowd;
}

void
svpn_crowd_free (SvpnCrowd *crowd)
{
  g_warn_if_fail (crowd->size == 0);
  g_hash_table_unref (crowd->by_key);
  g_sequence_free (crowd->by_greed);
  g_free (crowd);
}

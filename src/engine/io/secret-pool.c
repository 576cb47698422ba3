/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Locked memory for the keys of many sessions.
 *
 * How it works: slabs of sodium_malloc(), cut into places of one size. Free places are a list, each with the address of the
 * next. Slabs stay: the next sessions will need them. libsodium does not tell whether it could lock a slab, so we lock it
 * once more, which tells. */
#include "secret-pool.h"

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define PLACES 63 /* of a slab: with libsodium's canary it fills four pages */
#define SLAB_SIZE (PLACES * SVPN_SECRET_SIZE_MAX)
#define SLAB_LOCKED 16384

static void *free_places;
static bool has_slab;

static void
add_place (void *place)
{
  memcpy (place, &free_places, sizeof free_places);
  free_places = place;
}

/* Where locking is not allowed at all, as in some containers, and for the first slab, a tunnel without locked memory is better
 * than none. Beyond that, the limit of locked memory bounds the sessions. */
static void
add_slab (void)
{
  unsigned char *slab = sodium_malloc (SLAB_SIZE);
  bool is_locked = slab != NULL && mlock (slab, SLAB_SIZE) == 0;

  if (slab == NULL)
    return;
  if (!is_locked && has_slab && errno != EPERM) {
    sodium_free (slab);
    return;
  }
  if (!is_locked && !has_slab)
    g_message ("keys may be written to swap space: their memory cannot be locked: %s", g_strerror (errno));
  has_slab = true;
  for (size_t i = 0; i < PLACES; i++)
    add_place (slab + i * SVPN_SECRET_SIZE_MAX);
}

void *
svpn_secret_new (size_t size)
{
  void *place;

  assert (size <= SVPN_SECRET_SIZE_MAX);
  if (free_places == NULL)
    add_slab ();
  place = free_places;
  if (place == NULL)
    return NULL;
  memcpy (&free_places, place, sizeof free_places);
  memset (place, 0, SVPN_SECRET_SIZE_MAX);
  return place;
}

void
svpn_secret_free (void *secret)
{
  if (secret == NULL)
    return;
  sodium_memzero (secret, SVPN_SECRET_SIZE_MAX);
  add_place (secret);
}

size_t
svpn_secret_locked_bytes (size_t n)
{
  return (n + PLACES - 1) / PLACES * SLAB_LOCKED;
}

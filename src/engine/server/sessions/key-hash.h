/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Static keys as keys of a GHashTable. */
#pragma once

#include "wire.h"
#include <glib.h>
#include <string.h>

/* A key that somebody has proved, or that an administrator gave, is as good as random: its first bytes are a hash. */
static inline guint
svpn_key_hash (gconstpointer key)
{
  guint hash;

  memcpy (&hash, key, sizeof hash);
  return hash;
}

/* Not constant-time: public keys only. */
static inline gboolean
svpn_key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SVPN_KEY_SIZE) == 0;
}

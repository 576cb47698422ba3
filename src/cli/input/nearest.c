/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Suggestions for mistyped words. */
#include "nearest.h"

#include <glib.h>
#include <string.h>

/* The Levenshtein distance. */
static guint
edit_distance (const char *a, const char *b)
{
  gsize length = strlen (b);
  g_autofree guint *row = g_new (guint, length + 1);

  for (gsize j = 0; j <= length; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++) {
    guint diagonal = row[0];

    row[0] = i + 1;
    for (gsize j = 0; j < length; j++) {
      guint substituted = diagonal + (a[i] != b[j]);

      diagonal = row[j + 1];
      row[j + 1] = MIN (substituted, MIN (row[j], diagonal) + 1);
    }
  }
  return row[length];
}

const char *
svpn_nearest (const char *word, const char *const *candidates)
{
  guint best = MIN (strlen (word), 256) / 3 + 1;
  const char *nearest = NULL;

  if (strlen (word) > 256)
    return NULL;
  for (; *candidates != NULL; candidates++) {
    guint found = edit_distance (word, *candidates);

    if (found < best || (found == best && nearest == NULL)) {
      best = found;
      nearest = *candidates;
    }
  }
  return nearest;
}

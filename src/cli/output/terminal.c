/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a stream can show. */
#include "terminal.h"

#include <unistd.h>

gboolean
svpn_is_terminal (FILE *stream)
{
  return isatty (fileno (stream)) == 1;
}

gboolean
svpn_has_colours (FILE *stream)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return svpn_is_terminal (stream) && (no_color == NULL || *no_color == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

const char *
svpn_word_colour (const char *word)
{
  static const struct {
    const char *word, *colour;
  } colours[] = {
    { "connected", "\033[32m" },  { "running", "\033[32m" },       { "healthy", "\033[32m" },
    { "connecting", "\033[33m" }, { "reconnecting", "\033[33m" },  { "starting", "\033[33m" },
    { "stopping", "\033[33m" },   { "disconnecting", "\033[33m" }, { "degraded", "\033[33m" },
    { "critical", "\033[1;31m" }, { "failed", "\033[1;31m" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_str_equal (word, colours[i].word))
      return colours[i].colour;
  return "";
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a stream can show. */
#include "terminal.h"
#include "i18n.h"

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

gboolean
svpn_has_blocks (void)
{
  return g_get_charset (NULL);
}

const char *
svpn_word (const char *word)
{
  return *word != '\0' && !g_str_equal (word, "none") ? _ (word) : NULL;
}

const char *
svpn_word_colour (const char *word)
{
  static const struct {
    const char *word, *colour;
  } colours[] = {
    { N_ ("connected"), "\033[32m" },
    { N_ ("running"), "\033[32m" },
    { N_ ("healthy"), "\033[32m" },
    { N_ ("connecting"), "\033[33m" },
    { N_ ("reconnecting"), "\033[33m" },
    { N_ ("starting"), "\033[33m" },
    { N_ ("stopping"), "\033[33m" },
    { N_ ("disconnecting"), "\033[33m" },
    { N_ ("degraded"), "\033[33m" },
    { N_ ("critical"), "\033[1;31m" },
    { N_ ("failed"), "\033[1;31m" },
    { N_ ("disconnected"), "" },
    { N_ ("stopped"), "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_str_equal (word, _ (colours[i].word)))
      return colours[i].colour;
  return "";
}

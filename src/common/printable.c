/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Foreign text made fit for one line of a log or a terminal. */
#include "printable.h"

/* GLib counts the separators of lines and paragraphs among the printable ones. */
static gboolean
fits_into_line (gunichar character)
{
  return g_unichar_isprint (character) && character != 0x2028 && character != 0x2029;
}

char *
svpn_printable (const char *text, gsize max)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && max > 0; p = g_utf8_next_char (p), max--) {
    gunichar character = g_utf8_get_char (p);

    g_string_append_unichar (printable, fits_into_line (character) ? character : '?');
  }
  return g_string_free (printable, FALSE);
}

gboolean
svpn_is_printable (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    if (!fits_into_line (g_utf8_get_char (text)))
      return FALSE;
  }
  return TRUE;
}

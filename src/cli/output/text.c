/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text that a terminal can show: safe, as wide as the screen, in the character set of the locale. */
#include "text.h"

#include <string.h>

char *
svpn_text_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (printable, g_unichar_isprint (c) ? c : '?');
  }
  return g_string_free (printable, FALSE);
}

/* ---- Width ---- */

static guint
char_width (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

/* The end of the escape sequence that @text begins with. */
static const char *
after_colour (const char *text)
{
  text += strcspn (text, "m");
  return *text != '\0' ? text + 1 : text;
}

guint
svpn_text_width (const char *text)
{
  guint width = 0;

  while (*text != '\0')
    if (*text == '\033')
      text = after_colour (text);
    else {
      width += char_width (g_utf8_get_char (text));
      text = g_utf8_next_char (text);
    }
  return width;
}

/* ---- Lines ---- */

#define LINE_MIN 10 /* columns; less cannot be read */
#define BELOW 8     /* blanks before the second column of a table, where it is below the first one */

/* Appends @word, and splits it if it is wider than @room. Returns the columns that are taken of the last line. */
static guint
append_word_parts (GString *wrapped, const char *word, guint room, guint indent)
{
  guint used = 0;

  for (const char *next; *word != '\0'; word = next) {
    guint width = *word == '\033' ? 0 : char_width (g_utf8_get_char (word));

    next = *word == '\033' ? after_colour (word) : g_utf8_next_char (word);
    if (used + width > room) {
      g_string_append_printf (wrapped, "\n%*s", (int) indent, "");
      used = 0;
    }
    g_string_append_len (wrapped, word, next - word);
    used += width;
  }
  return used;
}

char *
svpn_text_wrap (const char *text, guint columns, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint room = columns > indent + LINE_MIN ? columns - indent : LINE_MIN, used = 0;
  GString *wrapped = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++) {
    if (used > 0 && used + 1 + svpn_text_width (*word) > room) {
      g_string_append_printf (wrapped, "\n%*s", (int) indent, "");
      used = 0;
    } else if (word != words) {
      g_string_append_c (wrapped, ' ');
      used++;
    }
    used += append_word_parts (wrapped, *word, room, indent);
  }
  return g_string_free (wrapped, FALSE);
}

/* The place in @line where the second column of a table begins: behind two blanks or more. Without such a column, where
 * the text begins. */
static const char *
find_second_column (const char *line)
{
  const char *text = line + strspn (line, " ");
  const char *gap = strstr (text, "  ");

  return gap != NULL ? gap + strspn (gap, " ") : text;
}

static void
append_wrapped_line (GString *wrapped, const char *line, guint columns)
{
  const char *second = find_second_column (line);
  g_autofree char *first = g_strndup (line, (gsize) (second - line));
  guint indent = svpn_text_width (first);
  g_autofree char *rest = NULL;

  if (indent > columns / 2) {
    indent = BELOW;
    g_string_append_printf (wrapped, "%s\n%*s", g_strchomp (first), BELOW, "");
  } else
    g_string_append (wrapped, first);
  rest = svpn_text_wrap (second, columns, indent);
  g_string_append (wrapped, rest);
}

char *
svpn_text_wrap_lines (const char *text, guint columns)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *wrapped = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++) {
    append_wrapped_line (wrapped, *line, columns);
    if (line[1] != NULL)
      g_string_append_c (wrapped, '\n');
  }
  return g_string_free (wrapped, FALSE);
}

/* ---- Character sets ---- */

/* NULL for a character that has no counterpart. */
static const char *
ascii_for (gunichar c)
{
  static const struct {
    gunichar c;
    const char *ascii;
  } pairs[] = {
    { 0xa0, " " },     { 0x202f, " " }, /* no-break spaces of GLib's amounts */
    { 0x2026, "..." },                  /* of GLib's help */
    { 0xd7, "x" },                      /* a lost answer in a graph */
    { 0x2581, "_" },   { 0x2582, "." }, { 0x2583, ":" }, { 0x2584, "-" }, /* the blocks of graphs */
    { 0x2585, "=" },   { 0x2586, "+" }, { 0x2587, "*" }, { 0x2588, "#" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].c == c)
      return pairs[i].ascii;
  return NULL;
}

char *
svpn_text_for_locale (const char *text)
{
  const char *charset;
  g_autoptr (GString) simple = NULL;
  char *converted;

  if (g_get_charset (&charset))
    return g_strdup (text);
  simple = g_string_new (NULL);
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);
    const char *ascii = ascii_for (c);

    if (ascii != NULL)
      g_string_append (simple, ascii);
    else
      g_string_append_unichar (simple, c);
  }
  converted = g_convert_with_fallback (simple->str, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  return converted != NULL ? converted : g_str_to_ascii (simple->str, "C");
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tables of text, and text that is safe to print. */
#include "table.h"

#include <string.h>

#define GAP "  "

struct _SvpnTable {
  const char *columns;
  guint n_columns;
  gboolean has_header;
  GPtrArray *rows; /* of strv */
};

SvpnTable *
svpn_table_new (const char *columns)
{
  SvpnTable *table = g_new0 (SvpnTable, 1);

  table->columns = columns;
  table->n_columns = strlen (columns);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return table;
}

void
svpn_table_free (SvpnTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}

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

guint
svpn_text_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

void
svpn_table_add_cells (SvpnTable *table, const char *const *cells)
{
  char **row = g_new0 (char *, table->n_columns + 1);

  for (guint i = 0; i < table->n_columns; i++)
    row[i] = svpn_text_printable (cells[i] != NULL && *cells[i] != '\0' ? cells[i] : "-");
  g_ptr_array_add (table->rows, row);
}

void
svpn_table_set_header_cells (SvpnTable *table, const char *const *cells)
{
  g_return_if_fail (table->rows->len == 0);
  table->has_header = TRUE;
  svpn_table_add_cells (table, cells);
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

static guint *
measure (SvpnTable *table)
{
  guint *widths = g_new0 (guint, table->n_columns);

  for (guint i = 0; i < table->rows->len; i++)
    for (guint column = 0; column < table->n_columns; column++)
      widths[column] = MAX (widths[column], svpn_text_width (((char **) table->rows->pdata[i])[column]));
  return widths;
}

static void
append_cell (GString *text, const char *cell, guint padding, gboolean right, const char *colour)
{
  if (right)
    g_string_append_printf (text, "%*s", (int) padding, "");
  g_string_append_printf (text, "%s%s%s", colour, cell, *colour != '\0' ? "\033[0m" : "");
  if (!right)
    g_string_append_printf (text, "%*s", (int) padding, "");
}

char *
svpn_table_to_text (SvpnTable *table, gboolean colours)
{
  g_autofree guint *widths = measure (table);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < table->rows->len; i++) {
    char **row = table->rows->pdata[i];
    gboolean is_header = i == 0 && table->has_header;

    for (guint column = 0; column < table->n_columns; column++) {
      gboolean is_last = column == table->n_columns - 1, right = table->columns[column] == 'r';
      guint padding = is_last && !right ? 0 : widths[column] - svpn_text_width (row[column]);
      const char *colour = !colours ? "" : is_header ? "\033[1m" : svpn_word_colour (row[column]);

      append_cell (text, row[column], padding, right, colour);
      g_string_append (text, is_last ? "\n" : GAP);
    }
  }
  return g_string_free (text, FALSE);
}

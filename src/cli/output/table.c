/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tables of text. */
#include "table.h"
#include "terminal.h"
#include "text.h"

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

guint
svpn_table_get_n_columns (SvpnTable *table)
{
  return table->n_columns;
}

static guint *
measure_columns (SvpnTable *table)
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
  g_autofree guint *widths = measure_columns (table);
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

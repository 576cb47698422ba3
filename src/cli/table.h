/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tables of text, and text that is safe to print. */
#pragma once

#include <glib.h>

typedef struct _SvpnTable SvpnTable;

/* A table with a column for each character of @columns: 'l' aligned left, 'r' right. */
SvpnTable *svpn_table_new (const char *columns);
void svpn_table_free (SvpnTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTable, svpn_table_free)

/* Adds a row, a cell for each column; NULL is shown as "-". A header is emphasised, if there are colours. */
void svpn_table_add_cells (SvpnTable *table, const char *const *cells);
void svpn_table_set_header_cells (SvpnTable *table, const char *const *cells);
#define svpn_table_add(table, ...) svpn_table_add_cells (table, (const char *const[]){ __VA_ARGS__ })
#define svpn_table_set_header(table, ...)                                                                    \
  svpn_table_set_header_cells (table, (const char *const[]){ __VA_ARGS__ })

/* The table as lines. With @colours, cells that are the word of a state or a health have theirs. */
char *svpn_table_to_text (SvpnTable *table, gboolean colours);

/* The escape sequence of the colour for the word of a state or a health; "" for others. */
const char *svpn_word_colour (const char *word);

/* Columns that @text takes in a terminal. */
guint svpn_text_width (const char *text);

/* @text without what a terminal would obey: names and reasons may come from the other side. */
char *svpn_text_printable (const char *text);

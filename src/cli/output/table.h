/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tables of text. */
#pragma once

#include <glib.h>

typedef struct _SvpnTable SvpnTable;

/* A table with a column for each character of @columns: 'l' aligned left, 'r' right. */
SvpnTable *svpn_table_new (const char *columns) G_GNUC_WARN_UNUSED_RESULT;
void svpn_table_free (SvpnTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTable, svpn_table_free)

/* Adds a row with a cell for each column; NULL and "" are shown as "-". A header is bold, if there are colours. */
void svpn_table_add_cells (SvpnTable *table, const char *const *cells);
void svpn_table_set_header_cells (SvpnTable *table, const char *const *cells);
#define svpn_table_add(table, ...) svpn_table_add_cells (table, (const char *const[]){ __VA_ARGS__ })
#define svpn_table_set_header(table, ...)                                                                    \
  svpn_table_set_header_cells (table, (const char *const[]){ __VA_ARGS__ })

/* The number of columns. */
guint svpn_table_get_n_columns (SvpnTable *table);

/* The table as lines. With @colours, words of states and healths are coloured. */
char *svpn_table_to_text (SvpnTable *table, gboolean colours) G_GNUC_WARN_UNUSED_RESULT;

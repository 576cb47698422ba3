/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests from a table: one a row. */
#pragma once

#include <glib.h>

/* Adds a test for each row of @table, which is called @prefix and the row's name; @function gets the row's number. */
#define ADD_TABLE(prefix, table, function)                                                                   \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {                                                         \
    g_autofree char *path = g_strconcat (prefix, table[i].name, NULL);                                       \
                                                                                                             \
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), function);                                             \
  }

/* The same where rows have no names: they are called by their numbers, from 0 on. */
#define ADD_ROWS(prefix, table, function)                                                                    \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {                                                         \
    g_autofree char *path = g_strdup_printf ("%s%" G_GSIZE_FORMAT, prefix, i);                               \
                                                                                                             \
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), function);                                             \
  }

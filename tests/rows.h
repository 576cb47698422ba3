/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Checks for loops over a table. A check that fails names its row and fails the test, but the rows after it still run. */
#pragma once

#include <glib.h>

static inline void G_GNUC_PRINTF (2, 3) row_failed (const char *row, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("row '%s': %s", row, text);
  g_test_fail ();
}

static inline void
row_check_string (const char *row, const char *what, const char *got, const char *expected)
{
  if (g_strcmp0 (got, expected) != 0)
    row_failed (row, "%s is '%s', not '%s'", what, got != NULL ? got : "NULL",
                expected != NULL ? expected : "NULL");
}

#define ROW_CHECK(row, condition)                                                                            \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    if (!(condition))                                                                                        \
      row_failed (row, "%s:%d: not true: %s", __FILE__, __LINE__, #condition);                               \
  }                                                                                                          \
  G_STMT_END
#define ROW_CHECK_STRING(row, got, expected) row_check_string (row, #got, got, expected)
#define ROW_CHECK_UINT(row, got, expected)                                                                   \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    const guint64 got_ = (got), expected_ = (expected);                                                      \
                                                                                                             \
    if (got_ != expected_)                                                                                   \
      row_failed (row, "%s is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, #got, got_, expected_);        \
  }                                                                                                          \
  G_STMT_END

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For tests that expect warnings of the code under test. */
#include "warnings.h"

#include <string.h>

static GString *warnings;

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & G_LOG_LEVEL_MASK) == G_LOG_LEVEL_WARNING)
    for (gsize i = 0; i < n_fields; i++)
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        g_string_append_printf (warnings, "%s\n", (const char *) fields[i].value);
  return g_log_writer_default (level, fields, n_fields, data);
}

void
warnings_test_init (int *argc, char ***argv)
{
  warnings = g_string_new (NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_init (argc, argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
}

void
assert_no_warning (void)
{
  g_assert_cmpstr (warnings->str, ==, "");
  g_string_truncate (warnings, 0);
}

void
assert_warning (const char *part)
{
  g_auto (GStrv) lines = g_strsplit (warnings->str, "\n", -1);

  g_assert_cmpuint (warnings->len, >, 0);
  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    g_test_message ("each warning contains '%s': %s", part, *line);
    g_assert_nonnull (strstr (*line, part));
  }
  g_string_truncate (warnings, 0);
}

void
assert_warnings (guint n, const char *part)
{
  g_auto (GStrv) lines = g_strsplit (warnings->str, "\n", -1);
  guint found = 0;

  for (char **line = lines; *line != NULL; line++)
    found += strstr (*line, part) != NULL;
  g_test_message ("%u warnings contain '%s', and there are no others: %s", n, part, warnings->str);
  g_assert_cmpuint (found, ==, n);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  g_string_truncate (warnings, 0);
}

void
forget_warnings (void)
{
  g_string_truncate (warnings, 0);
}

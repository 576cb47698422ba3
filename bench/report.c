/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON as benchmarks print it. */
#include "report.h"

#include <math.h>
#include <string.h>

static void
add_name (Report *report, const char *name)
{
  if (report->str[report->len - 1] != '{')
    g_string_append_c (report, ',');
  g_string_append_printf (report, "\n\"%s\": ", name);
}

static void
add_value (Report *report, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (report,
                   g_ascii_formatd (text, sizeof text, value == floor (value) ? "%.0f" : "%.3f", value));
}

Report *
report_new (void)
{
  return g_string_new ("{");
}

void
report_print (Report *report)
{
  report_end (report);
  g_print ("%s\n", report->str);
  g_string_free (report, TRUE);
}

void
report_begin (Report *report, const char *name)
{
  add_name (report, name);
  g_string_append_c (report, '{');
}

void
report_end (Report *report)
{
  g_string_append_c (report, '}');
}

void
report_number (Report *report, const char *name, double value)
{
  add_name (report, name);
  add_value (report, value);
}

void
report_numbers (Report *report, const char *name, const guint *values, guint n)
{
  add_name (report, name);
  g_string_append_c (report, '[');
  for (guint i = 0; i < n; i++)
    g_string_append_printf (report, "%s%u", i > 0 ? ", " : "", values[i]);
  g_string_append_c (report, ']');
}

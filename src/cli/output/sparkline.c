/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Small graphs of one line. */
#include "sparkline.h"

char *
svpn_sparkline (const double *values, guint n_values, guint width)
{
  static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  guint n_shown = MIN (n_values, width);
  GString *line = g_string_new (NULL);
  double max = 0;

  values += n_values - n_shown;
  for (guint i = 0; i < n_shown; i++)
    max = MAX (max, values[i]);
  g_string_append_printf (line, "%*s", (int) (width - n_shown), "");
  for (guint i = 0; i < n_shown; i++)
    if (values[i] < 0)
      g_string_append (line, "×");
    else
      g_string_append (line,
                       blocks[max > 0 ? (guint) (values[i] / max * (G_N_ELEMENTS (blocks) - 1) + 0.5) : 0]);
  return g_string_free (line, FALSE);
}

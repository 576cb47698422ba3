/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Amounts and times for people. */
#include "format.h"
#include "i18n.h"

#include <inttypes.h>

char *
svpn_format_rate (double bytes_per_s)
{
  g_autofree char *size = g_format_size ((guint64) bytes_per_s);

  return g_strdup_printf ("%s/s", size);
}

char *
svpn_format_limit (guint64 bytes_per_s)
{
  static const struct {
    guint64 bits;
    const char *name;
  } units[] = { { 1000000000, "Gbit" }, { 1000000, "Mbit" }, { 1000, "kbit" }, { 1, "bit" } };
  guint64 bits_per_s = MIN (bytes_per_s, G_MAXUINT64 / 8) * 8;
  gsize i = 0;

  while (bits_per_s % units[i].bits != 0)
    i++;
  return g_strdup_printf ("%" PRIu64 "%s", bits_per_s / units[i].bits, units[i].name);
}

char *
svpn_format_duration (guint64 seconds)
{
  guint64 days = seconds / 86400;
  guint hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;

  if (days == 0)
    return g_strdup_printf ("%u:%02u:%02u", hours, minutes, (guint) (seconds % 60));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u day %u:%02u:%02u", "%u days %u:%02u:%02u", days),
                          (guint) days, hours, minutes, (guint) (seconds % 60));
}

char *
svpn_format_time (guint64 unix_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local ((gint64) MIN (unix_s, G_MAXINT64));

  return time != NULL ? g_date_time_format (time, "%F %T") : g_strdup ("");
}

char *
svpn_format_ms (double ms)
{
  return ms > 0 ? g_strdup_printf (ms < 10 ? "%.2f ms" : "%.0f ms", ms) : g_strdup ("");
}

char *
svpn_format_list (const char *const *strings)
{
  return strings != NULL && *strings != NULL ? g_strjoinv (", ", (char **) strings) : NULL;
}

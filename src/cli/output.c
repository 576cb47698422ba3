/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the commands print. */
#include "output.h"
#include "i18n.h"

#include <string.h>
#include <unistd.h>

gboolean
svpn_is_terminal (FILE *stream)
{
  return isatty (fileno (stream)) == 1;
}

gboolean
svpn_has_colours (FILE *stream)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return svpn_is_terminal (stream) && (no_color == NULL || *no_color == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

gboolean
svpn_wants_json (SvpnInvocation *invocation)
{
  return svpn_invocation_has (invocation, "json");
}

void
svpn_print_table (SvpnTable *table)
{
  g_autofree char *text = svpn_table_to_text (table, svpn_has_colours (stdout));

  fputs (text, stdout);
}

void
svpn_print_node (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, TRUE);

  puts (text);
  json_node_unref (node);
}

void
svpn_print_dictionary (GVariant *dictionary)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (dictionary);

  svpn_print_node (json_gvariant_serialize (owned));
}

void
svpn_print_array (JsonArray *array)
{
  svpn_print_node (json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
}

void
svpn_array_add_dictionary (JsonArray *array, GVariant *dictionary)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (dictionary);

  json_array_add_element (array, json_gvariant_serialize (owned));
}

GVariant *
svpn_with_name (GVariant *dictionary, const char *name)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (dictionary);
  GVariantDict dict;

  g_variant_dict_init (&dict, owned);
  g_variant_dict_insert (&dict, "name", "s", name);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

void
svpn_say (const char *format, ...)
{
  g_autofree char *text = NULL, *printable = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printable = svpn_text_printable (text);
  fflush (stdout);
  fprintf (stderr, "smartvpnctl: %s\n", printable);
}

char *
svpn_format_rate (double bytes_per_s)
{
  g_autofree char *size = g_format_size ((guint64) bytes_per_s);

  return g_strdup_printf ("%s/s", size);
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
svpn_join (const char *const *strings)
{
  return strings != NULL && *strings != NULL ? g_strjoinv (", ", (char **) strings) : NULL;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is printed: tables and messages for people, JSON for programs. */
#include "print.h"
#include "screen.h"
#include "terminal.h"
#include "text.h"

#include <stdio.h>

void
svpn_print_text (const char *text)
{
  g_autofree char *converted = svpn_text_for_locale (text);

  fputs (converted, stdout);
}

void
svpn_print_help (FILE *stream, const char *text)
{
  g_autofree char *wrapped = NULL, *converted = NULL;
  guint columns, rows;

  svpn_screen_get_size (&columns, &rows);
  wrapped = svpn_is_terminal (stream) ? svpn_text_wrap_lines (text, columns) : g_strdup (text);
  converted = svpn_text_for_locale (wrapped);
  fputs (converted, stream);
}

void
svpn_print_table (SvpnTable *table)
{
  g_autofree char *text = svpn_table_to_text (table, svpn_has_colours (stdout));

  if (svpn_table_get_n_columns (table) == 2)
    svpn_print_help (stdout, text);
  else
    svpn_print_text (text);
}

void
svpn_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  svpn_print_text (text);
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
svpn_ask (const char *question)
{
  g_autofree char *converted = svpn_text_for_locale (question);

  fputs (converted, stderr);
}

void
svpn_say (const char *format, ...)
{
  g_autofree char *text = NULL, *printable = NULL, *converted = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printable = svpn_text_printable (text);
  converted = svpn_text_for_locale (printable);
  fflush (stdout);
  fprintf (stderr, "smartvpnctl: %s\n", converted);
}

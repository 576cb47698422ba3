/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON for programs. */
#include "json-text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INDENT 2

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (json, "\\%c", *text);
    else if ((guchar) *text < ' ' || *text == 0x7f)
      g_string_append_printf (json, "\\u%04x", (guint) *text);
    else
      g_string_append_c (json, *text);
  g_string_append_c (json, '"');
}

/* The shortest text that reads as the same number. */
static void
append_double (GString *json, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number)) {
    g_string_append (json, "null");
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    char format[] = "%.17g";

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, number);
    if (memcmp (&number, &(double){ g_ascii_strtod (text, NULL) }, sizeof number) == 0)
      break;
  }
  g_string_append (json, text);
}

static void append_value (GString *json, GVariant *value, int indent);

static void
append_break (GString *json, int indent)
{
  if (indent >= 0)
    g_string_append_printf (json, "\n%*s", indent, "");
}

static int
deeper (int indent)
{
  return indent >= 0 ? indent + INDENT : indent;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const GVariant *const *left = a, *const *right = b;
  const char *left_key, *right_key;

  g_variant_get_child ((GVariant *) *left, 0, "&s", &left_key);
  g_variant_get_child ((GVariant *) *right, 0, "&s", &right_key);
  return strcmp (left_key, right_key);
}

static void
append_object (GString *json, GVariant *dictionary, int indent)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (dictionary); i++)
    g_ptr_array_add (entries, g_variant_get_child_value (dictionary, i));
  g_ptr_array_sort (entries, compare_keys);
  g_string_append_c (json, '{');
  for (guint i = 0; i < entries->len; i++) {
    g_autoptr (GVariant) key = g_variant_get_child_value (entries->pdata[i], 0);
    g_autoptr (GVariant) value = g_variant_get_child_value (entries->pdata[i], 1);

    g_string_append (json, i > 0 ? "," : "");
    append_break (json, deeper (indent));
    append_string (json, g_variant_get_string (key, NULL));
    g_string_append (json, ": ");
    append_value (json, value, deeper (indent));
  }
  if (entries->len > 0)
    append_break (json, indent);
  g_string_append_c (json, '}');
}

static void
append_array (GString *json, GVariant *array, int indent)
{
  gsize n = g_variant_n_children (array);

  g_string_append_c (json, '[');
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) element = g_variant_get_child_value (array, i);

    g_string_append (json, i > 0 ? "," : "");
    append_break (json, deeper (indent));
    append_value (json, element, deeper (indent));
  }
  if (n > 0)
    append_break (json, indent);
  g_string_append_c (json, ']');
}

static void
append_inside (GString *json, GVariant *container, int indent)
{
  g_autoptr (GVariant) inside
      = g_variant_n_children (container) > 0 ? g_variant_get_child_value (container, 0) : NULL;

  if (inside != NULL)
    append_value (json, inside, indent);
  else
    g_string_append (json, "null");
}

static void
append_value (GString *json, GVariant *value, int indent)
{
  switch (g_variant_classify (value)) {
  case G_VARIANT_CLASS_BOOLEAN:
    g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
    return;
  case G_VARIANT_CLASS_BYTE:
  case G_VARIANT_CLASS_INT16:
  case G_VARIANT_CLASS_UINT16:
  case G_VARIANT_CLASS_INT32:
  case G_VARIANT_CLASS_UINT32:
  case G_VARIANT_CLASS_INT64:
  case G_VARIANT_CLASS_UINT64:
  case G_VARIANT_CLASS_HANDLE: {
    g_autofree char *number = g_variant_print (value, FALSE);

    g_string_append (json, number);
    return;
  }
  case G_VARIANT_CLASS_DOUBLE:
    append_double (json, g_variant_get_double (value));
    return;
  case G_VARIANT_CLASS_STRING:
  case G_VARIANT_CLASS_OBJECT_PATH:
  case G_VARIANT_CLASS_SIGNATURE:
    if (*g_variant_get_string (value, NULL) == '\0')
      g_string_append (json, "null");
    else
      append_string (json, g_variant_get_string (value, NULL));
    return;
  case G_VARIANT_CLASS_VARIANT:
  case G_VARIANT_CLASS_MAYBE:
    append_inside (json, value, indent);
    return;
  case G_VARIANT_CLASS_ARRAY:
    if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")))
      append_object (json, value, indent);
    else
      append_array (json, value, indent);
    return;
  case G_VARIANT_CLASS_TUPLE:
  case G_VARIANT_CLASS_DICT_ENTRY:
    append_array (json, value, indent);
    return;
  }
}

char *
svpn_json_text (GVariant *value, SvpnJsonForm form)
{
  GString *json = g_string_new (NULL);

  append_value (json, value, form == SVPN_JSON_INDENTED ? 0 : -1);
  return g_string_free (json, FALSE);
}

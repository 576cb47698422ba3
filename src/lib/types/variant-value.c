/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Values on D-Bus, for readers that a later smartvpnd does not surprise. */
#include "variant-value.h"
#include "enum-word.h"

gboolean
svpn_variant_get_double (GVariant *variant, double *number)
{
  *number = 0;
  switch ((int) g_variant_classify (variant)) { /* an int: most classes are not numbers */
  case G_VARIANT_CLASS_BYTE:
    *number = g_variant_get_byte (variant);
    return TRUE;
  case G_VARIANT_CLASS_DOUBLE:
    *number = g_variant_get_double (variant);
    return TRUE;
  case G_VARIANT_CLASS_INT16:
    *number = g_variant_get_int16 (variant);
    return TRUE;
  case G_VARIANT_CLASS_UINT16:
    *number = g_variant_get_uint16 (variant);
    return TRUE;
  case G_VARIANT_CLASS_INT32:
    *number = g_variant_get_int32 (variant);
    return TRUE;
  case G_VARIANT_CLASS_UINT32:
    *number = g_variant_get_uint32 (variant);
    return TRUE;
  case G_VARIANT_CLASS_INT64:
    *number = (double) g_variant_get_int64 (variant);
    return TRUE;
  case G_VARIANT_CLASS_UINT64:
    *number = (double) g_variant_get_uint64 (variant);
    return TRUE;
  }
  return FALSE;
}

gboolean
svpn_variant_get_uint64 (GVariant *variant, guint64 *number)
{
  double approximate;
  gboolean is_number = svpn_variant_get_double (variant, &approximate);

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_UINT64))
    *number = g_variant_get_uint64 (variant); /* exact also where a double is not */
  else
    *number = approximate > 0 ? (guint64) MIN (approximate, 0x1p63) : 0; /* also for NaN */
  return is_number;
}

static gboolean
string_to_value (GVariant *variant, GValue *value)
{
  const char *text = g_variant_get_string (variant, NULL);

  if (G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (value, svpn_enum_from_word (G_VALUE_TYPE (value), text));
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *text != '\0' ? text : NULL);
  else
    return FALSE;
  return TRUE;
}

static gboolean
number_to_value (GVariant *variant, GValue *value)
{
  guint64 number;

  if (!svpn_variant_get_uint64 (variant, &number))
    return FALSE;
  if (G_VALUE_HOLDS_UINT64 (value))
    g_value_set_uint64 (value, number);
  else if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, (guint) MIN (number, G_MAXUINT));
  else
    return FALSE;
  return TRUE;
}

gboolean
svpn_variant_to_value (GVariant *variant, GValue *value)
{
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    return string_to_value (variant, value);
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING_ARRAY) && G_VALUE_HOLDS (value, G_TYPE_STRV))
    g_value_take_boxed (value, g_variant_dup_strv (variant, NULL));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_BOOLEAN) && G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, g_variant_get_boolean (variant));
  else
    return number_to_value (variant, value);
  return TRUE;
}

/* Whether this is the first time that @what is warned of. */
static gboolean
is_first_warning (const char *what)
{
  static GMutex mutex;
  static GHashTable *warned = NULL;
  gboolean is_first;

  g_mutex_lock (&mutex);
  if (warned == NULL)
    warned = g_hash_table_new (g_str_hash, g_str_equal);
  is_first = g_hash_table_add (warned, (gpointer) g_intern_string (what));
  g_mutex_unlock (&mutex);
  return is_first;
}

void
svpn_variant_warn (gpointer object, const char *key, GVariant *variant, const char *expected)
{
  g_autofree char *what = g_strdup_printf ("%s: %s", G_OBJECT_TYPE_NAME (object), key);

  if (is_first_warning (what)) /* g_log(): programs can handle it, unlike g_warning() of structured logging */
    g_log (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING,
           "%s of smartvpnd has the type %s instead of %s, and cannot be read; update libsmartvpn", what,
           g_variant_get_type_string (variant), expected);
}

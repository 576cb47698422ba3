/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Names and words on D-Bus. */
#include "words.h"

#include <string.h>

int
svpn_enum_from_word (GType type, const char *word)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *value = g_enum_get_value_by_nick (klass, word);

  return value != NULL ? value->value : 0;
}

char *
svpn_kebab_case (const char *name)
{
  GString *text = g_string_new (NULL);

  if (strchr (name, '-') != NULL)
    return g_string_free (g_string_append (text, name), FALSE);
  for (const char *p = name; *p != '\0'; p++) {
    if (g_ascii_isupper (*p) && p > name)
      g_string_append_c (text, '-');
    g_string_append_c (text, g_ascii_tolower (*p));
  }
  return g_string_free (text, FALSE);
}

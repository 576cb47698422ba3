/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Words on D-Bus as values of enumerations. */
#include "enum-word.h"

int
svpn_enum_from_word (GType type, const char *word)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *value = g_enum_get_value_by_nick (klass, *word != '\0' ? word : "none");

  return value != NULL ? value->value : 0;
}

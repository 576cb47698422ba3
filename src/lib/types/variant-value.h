/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Values on D-Bus, for readers that a later smartvpnd does not surprise. */
#pragma once

#include <glib-object.h>

/* The number in @variant, converted from any type of numbers and clamped to the range of the result; FALSE, and 0, if it holds
 * none. */
gboolean svpn_variant_get_double (GVariant *variant, double *number);
gboolean svpn_variant_get_uint64 (GVariant *variant, guint64 *number);

/* Sets @value to what @variant holds: "" becomes NULL, and a word the value of an enumeration. FALSE if the types do not fit;
 * @value stays as it was. */
gboolean svpn_variant_to_value (GVariant *variant, GValue *value);

/* Warns, once for each @key of a type of objects, that @variant is not of the type @expected. */
void svpn_variant_warn (gpointer object, const char *key, GVariant *variant, const char *expected);

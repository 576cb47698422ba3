/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Helpers for the types of records. @self is a record of any type, @key a key as on D-Bus, such as "rtt-ms". */
#pragma once

#include "smartvpn-record.h"

/* Defines a type of records, which has no fields of its own. */
#define SVPN_DEFINE_RECORD(Type, prefix)                                                                     \
  struct _##Type {                                                                                           \
    SmartvpnRecord parent_instance;                                                                          \
  };                                                                                                         \
  G_DEFINE_FINAL_TYPE (Type, prefix, SMARTVPN_TYPE_RECORD)                                                   \
  static void prefix##_init (Type *self)                                                                     \
  {                                                                                                          \
  }                                                                                                          \
  static void prefix##_class_init (Type##Class *klass)                                                       \
  {                                                                                                          \
  }

/* A record of @type that holds @values (a{sv}, taken if floating). */
gpointer svpn_record_new (GType type, GVariant *values) G_GNUC_WARN_UNUSED_RESULT;

/* The record in a @reply of type (a{sv}), the records in one of type (aa{sv}). Take @reply; NULL yields NULL. */
gpointer svpn_record_from_reply (GVariant *reply, GType type) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *svpn_records_from_reply (GVariant *reply, GType type) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the value of a key; NULL removes the key. */
void svpn_record_set (gpointer self, const char *key, GVariant *value);

/* The value of a key if it is of @type (NULL: of any), else NULL, after a warning. Full reference. */
GVariant *svpn_record_lookup (gpointer self, const char *key,
                              const GVariantType *type) G_GNUC_WARN_UNUSED_RESULT;

/* The value of a key, owned by the record. A missing key yields NULL, an empty list, 0 or FALSE, and so does a value of another
 * type, after a warning. Numbers are converted from any type of numbers and clamped to the range of the result; "" yields NULL. */
const char *svpn_record_get_string (gpointer self, const char *key);
const char *const *svpn_record_get_strings (gpointer self, const char *key);
double svpn_record_get_double (gpointer self, const char *key);
const double *svpn_record_get_doubles (gpointer self, const char *key, gsize *n);
guint64 svpn_record_get_uint64 (gpointer self, const char *key);
guint svpn_record_get_uint (gpointer self, const char *key);
gboolean svpn_record_get_boolean (gpointer self, const char *key);
int svpn_record_get_enum (gpointer self, const char *key, GType type);

/* The same dictionary as a record of another type, owned by @self; NULL if it lacks @needed_key (NULL: needs none). */
gpointer svpn_record_get_part (gpointer self, const char *needed_key, GType type);

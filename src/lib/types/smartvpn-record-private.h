/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Helpers for the types of records. @self is a record of any type, @key a key as on D-Bus, such as "rtt-ms". */
#pragma once

#include "smartvpn-record.h"

typedef enum {
  SVPN_FIELD_STRING,
  SVPN_FIELD_TEXT, /* in the user's language */
  SVPN_FIELD_STRINGS,
  SVPN_FIELD_BOOLEAN,
  SVPN_FIELD_UINT,
  SVPN_FIELD_UINT64,
  SVPN_FIELD_DOUBLE,
  SVPN_FIELD_VARIANT,
  SVPN_FIELD_ENUM, /* of the type @type */
  SVPN_FIELD_WORD, /* "state-word": the word of the key "state" */
  SVPN_FIELD_PART, /* the dictionary as a record of @type; NULL if it lacks the key @needed_key (NULL: needs none) */
} SvpnFieldKind;

/* A property of a type of records, which reads the key of its name. */
typedef struct {
  const char *name;
  SvpnFieldKind kind;
  GType (*type) (void);
  const char *needed_key;
} SvpnField;

/* The public class is opaque: nobody derives from it outside of the library. */
struct _SmartvpnRecord {
  GObject parent_instance;
};

struct _SmartvpnRecordClass {
  GObjectClass parent_class;
};

/* Defines a type of records, which has no members of its own, with the properties @fields (ended by one without a name). */
#define SVPN_DEFINE_RECORD(Type, prefix, fields)                                                             \
  struct _##Type {                                                                                           \
    SmartvpnRecord parent_instance;                                                                          \
  };                                                                                                         \
  struct _##Type##Class {                                                                                    \
    SmartvpnRecordClass parent_class;                                                                        \
  };                                                                                                         \
  G_DEFINE_FINAL_TYPE (Type, prefix, SMARTVPN_TYPE_RECORD)                                                   \
  static void prefix##_init (Type *self)                                                                     \
  {                                                                                                          \
  }                                                                                                          \
  static void prefix##_class_init (Type##Class *klass)                                                       \
  {                                                                                                          \
    svpn_record_install_fields (G_OBJECT_CLASS (klass), fields);                                             \
  }

/* Gives a class of records its properties; @fields is static. */
void svpn_record_install_fields (GObjectClass *klass, const SvpnField *fields);

/* A record of @type that holds @values (a{sv}, taken if floating). */
gpointer svpn_record_new (GType type, GVariant *values) G_GNUC_WARN_UNUSED_RESULT;

/* The record in a @reply of type (a{sv}), the records in one of type (aa{sv}). Take @reply; NULL yields NULL. */
gpointer svpn_record_from_reply (GVariant *reply, GType type) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *svpn_records_from_reply (GVariant *reply, GType type) G_GNUC_WARN_UNUSED_RESULT;

/* Takes @values (a{sv}) in place of those that @self has, and notifies of each property that has changed. */
void svpn_record_update (gpointer self, GVariant *values);

/* Sets the value of a key, and notifies of its property; NULL removes the key. */
void svpn_record_set (gpointer self, const char *key, GVariant *value);

/* The value of a key if it is of @type (NULL: of any), else NULL, after a warning. Full reference. */
GVariant *svpn_record_lookup (gpointer self, const char *key,
                              const GVariantType *type) G_GNUC_WARN_UNUSED_RESULT;

/* The value of a key, owned by the record. A missing key yields NULL, an empty list, 0 or FALSE, and so does a value of another
 * type, after a warning. Numbers are converted from any type of numbers and clamped to the range of the result; "" yields NULL. */
const char *svpn_record_get_string (gpointer self, const char *key);
const char *svpn_record_get_text (gpointer self, const char *key); /* a string, in the user's language */
const char *const *svpn_record_get_strings (gpointer self, const char *key);
double svpn_record_get_double (gpointer self, const char *key);
const double *svpn_record_get_doubles (gpointer self, const char *key, gsize *n);
guint64 svpn_record_get_uint64 (gpointer self, const char *key);
guint svpn_record_get_uint (gpointer self, const char *key);
gboolean svpn_record_get_boolean (gpointer self, const char *key);
int svpn_record_get_enum (gpointer self, const char *key, GType type);

/* The same dictionary as a record of another type, owned by @self; NULL if it lacks @needed_key (NULL: needs none). */
gpointer svpn_record_get_part (gpointer self, const char *needed_key, GType type);

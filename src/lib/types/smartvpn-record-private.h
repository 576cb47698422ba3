/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How records are made: a type is a line, and so is a getter. The key that a getter reads is its name, with dashes. */
#pragma once

#include "smartvpn-record.h"

/* A record of @type around @values (a{sv}). */
gpointer svpn_record_new (GType type, GVariant *values);

/* What the replies of methods are turned into. They take @reply; NULL yields NULL. */
gpointer svpn_reply_record (GVariant *reply, GType type);    /* of (a{sv}) */
GPtrArray *svpn_reply_records (GVariant *reply, GType type); /* of (aa{sv}) */

/* Sets or, with NULL, removes an entry. */
void svpn_record_set (SmartvpnRecord *self, const char *name, GVariant *value);

/* The value of @type under @name, or NULL. Full reference. */
GVariant *svpn_record_lookup (SmartvpnRecord *self, const char *name, const GVariantType *type);

/* The readers. Numbers are taken in any type; text that is "" is NULL; all that is returned belongs to the record. */
const char *svpn_record_get_string (SmartvpnRecord *self, const char *name);
const char *const *svpn_record_get_strings (SmartvpnRecord *self, const char *name);
double svpn_record_get_double (SmartvpnRecord *self, const char *name);
guint64 svpn_record_get_uint64 (SmartvpnRecord *self, const char *name);
guint svpn_record_get_uint (SmartvpnRecord *self, const char *name);
gboolean svpn_record_get_boolean (SmartvpnRecord *self, const char *name);
int svpn_record_get_enum (SmartvpnRecord *self, const char *name, GType type);

/* The same dictionary as a record of another type; NULL if it has no entry @condition (NULL: no condition). */
gpointer svpn_record_get_part (SmartvpnRecord *self, const char *condition, GType type);

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

#define SVPN_GETTER(Type, prefix, Result, getter, reading)                                                   \
  Result prefix##_get_##getter (Type *self)                                                                  \
  {                                                                                                          \
    SmartvpnRecord *record = (SmartvpnRecord *) self;                                                        \
                                                                                                             \
    g_return_val_if_fail (G_TYPE_CHECK_INSTANCE_TYPE (self, prefix##_get_type ()), (Result) 0);              \
    return reading;                                                                                          \
  }
#define SVPN_STRING(Type, prefix, name)                                                                      \
  SVPN_GETTER (Type, prefix, const char *, name, svpn_record_get_string (record, #name))
#define SVPN_STRINGS(Type, prefix, name)                                                                     \
  SVPN_GETTER (Type, prefix, const char *const *, name, svpn_record_get_strings (record, #name))
#define SVPN_DOUBLE(Type, prefix, name)                                                                      \
  SVPN_GETTER (Type, prefix, double, name, svpn_record_get_double (record, #name))
#define SVPN_UINT64(Type, prefix, name)                                                                      \
  SVPN_GETTER (Type, prefix, guint64, name, svpn_record_get_uint64 (record, #name))
#define SVPN_UINT(Type, prefix, name)                                                                        \
  SVPN_GETTER (Type, prefix, guint, name, svpn_record_get_uint (record, #name))
#define SVPN_BOOLEAN(Type, prefix, name)                                                                     \
  SVPN_GETTER (Type, prefix, gboolean, name, svpn_record_get_boolean (record, #name))
#define SVPN_ENUM(Type, prefix, Result, name, type)                                                          \
  SVPN_GETTER (Type, prefix, Result, name, svpn_record_get_enum (record, #name, type))
#define SVPN_PART(Type, prefix, Result, name, condition, type)                                               \
  SVPN_GETTER (Type, prefix, Result *, name, svpn_record_get_part (record, condition, type))

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A dictionary that smartvpnd has sent. A key that is missing, or has another type, reads as 0 or NULL. */
#include "smartvpn-record.h"
#include "smartvpn-record-private.h"
#include "enum-word.h"

typedef struct {
  GVariant *values; /* a{sv} */
} SmartvpnRecordPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SmartvpnRecord, smartvpn_record, G_TYPE_OBJECT)

#define VALUES(self) (((SmartvpnRecordPrivate *) smartvpn_record_get_instance_private (self))->values)

static void
smartvpn_record_finalize (GObject *object)
{
  g_clear_pointer (&VALUES (SMARTVPN_RECORD (object)), g_variant_unref);
  G_OBJECT_CLASS (smartvpn_record_parent_class)->finalize (object);
}

static void
smartvpn_record_class_init (SmartvpnRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smartvpn_record_finalize;
}

static void
smartvpn_record_init (SmartvpnRecord *self)
{
  VALUES (self) = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

static void
take_values (SmartvpnRecord *self, GVariant *values)
{
  g_variant_unref (VALUES (self));
  VALUES (self) = g_variant_ref_sink (values);
  g_variant_get_data (values); /* serialises it, so that texts of its children live as long as it does */
}

gpointer
svpn_record_new (GType type, GVariant *values)
{
  SmartvpnRecord *self = g_object_new (type, NULL);

  take_values (self, values);
  return self;
}

GVariant *
smartvpn_record_to_variant (SmartvpnRecord *self)
{
  g_return_val_if_fail (SMARTVPN_IS_RECORD (self), NULL);
  return g_variant_ref (VALUES (self));
}

void
svpn_record_set (gpointer self, const char *key, GVariant *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, VALUES (self));
  if (value != NULL)
    g_variant_dict_insert_value (&dict, key, value);
  else
    g_variant_dict_remove (&dict, key);
  take_values (self, g_variant_dict_end (&dict));
}

GVariant *
svpn_record_lookup (gpointer self, const char *key, const GVariantType *type)
{
  return g_variant_lookup_value (VALUES (self), key, type);
}

const char *
svpn_record_get_string (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, G_VARIANT_TYPE_STRING);
  const char *text = value != NULL ? g_variant_get_string (value, NULL) : "";

  return *text != '\0' ? text : NULL;
}

const char *const *
svpn_record_get_strings (gpointer self, const char *key)
{
  char **strings = g_object_get_data (self, key);

  if (strings == NULL) {
    g_autoptr (GVariant) value = svpn_record_lookup (self, key, G_VARIANT_TYPE_STRING_ARRAY);

    strings = value != NULL ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1);
    g_object_set_data_full (self, key, strings, (GDestroyNotify) g_strfreev);
  }
  return (const char *const *) strings;
}

static double
number_of (GVariant *value)
{
  switch ((int) g_variant_classify (value)) { /* an int: most classes are not numbers */
  case G_VARIANT_CLASS_DOUBLE:
    return g_variant_get_double (value);
  case G_VARIANT_CLASS_INT32:
    return g_variant_get_int32 (value);
  case G_VARIANT_CLASS_UINT32:
    return g_variant_get_uint32 (value);
  case G_VARIANT_CLASS_INT64:
    return (double) g_variant_get_int64 (value);
  case G_VARIANT_CLASS_UINT64:
    return (double) g_variant_get_uint64 (value);
  }
  return 0;
}

double
svpn_record_get_double (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, NULL);

  return value != NULL ? number_of (value) : 0;
}

const double *
svpn_record_get_doubles (gpointer self, const char *key, gsize *n)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, G_VARIANT_TYPE ("ad"));

  *n = 0;
  return value != NULL ? g_variant_get_fixed_array (value, n, sizeof (double)) : NULL;
}

guint64
svpn_record_get_uint64 (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, NULL);
  double number;

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return g_variant_get_uint64 (value); /* exact also where a double is not */
  number = value != NULL ? number_of (value) : 0;
  return number > 0 ? (guint64) MIN (number, 0x1p63) : 0; /* also for NaN */
}

guint
svpn_record_get_uint (gpointer self, const char *key)
{
  return (guint) MIN (svpn_record_get_uint64 (self, key), G_MAXUINT);
}

gboolean
svpn_record_get_boolean (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, G_VARIANT_TYPE_BOOLEAN);

  return value != NULL && g_variant_get_boolean (value);
}

int
svpn_record_get_enum (gpointer self, const char *key, GType type)
{
  const char *word = svpn_record_get_string (self, key);

  return word != NULL ? svpn_enum_from_word (type, word) : 0;
}

static gboolean
has_value (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, NULL);

  return value != NULL;
}

gpointer
svpn_record_get_part (gpointer self, const char *needed_key, GType type)
{
  const char *name = g_type_name (type);
  SmartvpnRecord *part = g_object_get_data (self, name);

  if (needed_key != NULL && !has_value (self, needed_key))
    return NULL;
  if (part == NULL) {
    part = svpn_record_new (type, VALUES (self));
    g_object_set_data_full (self, name, part, g_object_unref);
  }
  return part;
}

gpointer
svpn_record_from_reply (GVariant *reply, GType type)
{
  g_autoptr (GVariant) owned = reply;
  g_autoptr (GVariant) values = owned != NULL ? g_variant_get_child_value (owned, 0) : NULL;

  return values != NULL ? svpn_record_new (type, values) : NULL;
}

GPtrArray *
svpn_records_from_reply (GVariant *reply, GType type)
{
  g_autoptr (GVariant) owned = reply;
  GPtrArray *records;
  GVariantIter *iter;
  GVariant *values;

  if (owned == NULL)
    return NULL;
  records = g_ptr_array_new_with_free_func (g_object_unref);
  g_variant_get (owned, "(aa{sv})", &iter);
  while (g_variant_iter_loop (iter, "@a{sv}", &values))
    g_ptr_array_add (records, svpn_record_new (type, values));
  g_variant_iter_free (iter);
  return records;
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A dictionary that smartvpnd has sent. A key that is missing reads as 0 or NULL; one of another type does so with a warning. */
#include "smartvpn-record.h"
#include "smartvpn-record-private.h"
#include "enum-word.h"
#include "variant-value.h"

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
  g_autoptr (GVariant) value = g_variant_lookup_value (VALUES (self), key, NULL);

  if (value == NULL || type == NULL || g_variant_is_of_type (value, type))
    return g_steal_pointer (&value);
  svpn_variant_warn (self, key, value, g_variant_type_peek_string (type));
  return NULL;
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

double
svpn_record_get_double (gpointer self, const char *key)
{
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, NULL);
  double number = 0;

  if (value != NULL && !svpn_variant_get_double (value, &number))
    svpn_variant_warn (self, key, value, "d");
  return number;
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
  guint64 number = 0;

  if (value != NULL && !svpn_variant_get_uint64 (value, &number))
    svpn_variant_warn (self, key, value, "t");
  return number;
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
  g_autoptr (GVariant) value = svpn_record_lookup (self, key, G_VARIANT_TYPE_STRING);

  return value != NULL ? svpn_enum_from_word (type, g_variant_get_string (value, NULL)) : 0;
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

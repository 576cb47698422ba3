/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A dictionary that smartvpnd has sent. A key that is missing reads as 0 or NULL; one of another type does so with a warning. */
#include "smartvpn-record.h"
#include "smartvpn-record-private.h"
#include "enum-word.h"
#include "i18n.h"
#include "variant-value.h"

#include <string.h>

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

/* ---- Properties ---- */

static GQuark
field_quark (void)
{
  return g_quark_from_static_string ("smartvpn-record-field");
}

static const SvpnField *
field_of (GParamSpec *spec)
{
  return g_param_spec_get_qdata (spec, field_quark ());
}

/* The key that a property reads: "state" for "state-word". */
static char *
key_of_field (const SvpnField *field)
{
  return g_strndup (field->name,
                    strlen (field->name) - (field->kind == SVPN_FIELD_WORD ? strlen ("-word") : 0));
}

static void
smartvpn_record_get_property (GObject *self, guint id, GValue *value, GParamSpec *spec)
{
  const SvpnField *field = field_of (spec);
  g_autofree char *key = key_of_field (field);

  switch (field->kind) {
  case SVPN_FIELD_STRING:
  case SVPN_FIELD_WORD:
    g_value_set_string (value, svpn_record_get_string (self, key));
    break;
  case SVPN_FIELD_TEXT:
    g_value_set_string (value, svpn_record_get_text (self, key));
    break;
  case SVPN_FIELD_STRINGS:
    g_value_set_boxed (value, svpn_record_get_strings (self, field->name));
    break;
  case SVPN_FIELD_BOOLEAN:
    g_value_set_boolean (value, svpn_record_get_boolean (self, key));
    break;
  case SVPN_FIELD_UINT:
    g_value_set_uint (value, svpn_record_get_uint (self, key));
    break;
  case SVPN_FIELD_UINT64:
    g_value_set_uint64 (value, svpn_record_get_uint64 (self, key));
    break;
  case SVPN_FIELD_DOUBLE:
    g_value_set_double (value, svpn_record_get_double (self, key));
    break;
  case SVPN_FIELD_VARIANT:
    g_value_take_variant (value, svpn_record_lookup (self, key, NULL));
    break;
  case SVPN_FIELD_ENUM:
    g_value_set_enum (value, svpn_record_get_enum (self, key, field->type ()));
    break;
  case SVPN_FIELD_PART:
    g_value_set_object (value, svpn_record_get_part (self, field->needed_key, field->type ()));
    break;
  }
}

static GParamSpec *
spec_of_field (const SvpnField *field)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  switch (field->kind) {
  case SVPN_FIELD_STRING:
  case SVPN_FIELD_TEXT:
  case SVPN_FIELD_WORD:
    return g_param_spec_string (field->name, NULL, NULL, NULL, flags);
  case SVPN_FIELD_STRINGS:
    return g_param_spec_boxed (field->name, NULL, NULL, G_TYPE_STRV, flags);
  case SVPN_FIELD_BOOLEAN:
    return g_param_spec_boolean (field->name, NULL, NULL, FALSE, flags);
  case SVPN_FIELD_UINT:
    return g_param_spec_uint (field->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  case SVPN_FIELD_UINT64:
    return g_param_spec_uint64 (field->name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
  case SVPN_FIELD_DOUBLE:
    return g_param_spec_double (field->name, NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  case SVPN_FIELD_VARIANT:
    return g_param_spec_variant (field->name, NULL, NULL, G_VARIANT_TYPE_ANY, NULL, flags);
  case SVPN_FIELD_ENUM:
    return g_param_spec_enum (field->name, NULL, NULL, field->type (), 0, flags);
  case SVPN_FIELD_PART:
    return g_param_spec_object (field->name, NULL, NULL, field->type (), flags);
  }
  g_return_val_if_reached (NULL);
}

void
svpn_record_install_fields (GObjectClass *klass, const SvpnField *fields)
{
  klass->get_property = smartvpn_record_get_property; /* classes do not inherit it */
  for (guint id = 1; fields->name != NULL; fields++, id++) {
    GParamSpec *spec = spec_of_field (fields);

    g_param_spec_set_qdata (spec, field_quark (), (gpointer) fields);
    g_object_class_install_property (klass, id, spec);
  }
}

static void
smartvpn_record_class_init (SmartvpnRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smartvpn_record_finalize;
}

/* ---- Values ---- */

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

static gboolean
has_changed (GVariant *before, GVariant *after, const char *key)
{
  g_autoptr (GVariant) old = g_variant_lookup_value (before, key, NULL);
  g_autoptr (GVariant) new = g_variant_lookup_value (after, key, NULL);

  return old == NULL || new == NULL ? old != new : !g_variant_equal (old, new);
}

/* What the getters have kept of the key of @field: a list is made again, a part takes the values. Returns whether the part is
 * now another one, or none. */
static gboolean
renew_kept (gpointer self, const SvpnField *field, GVariant *before)
{
  SmartvpnRecord *part;

  if (field->kind == SVPN_FIELD_STRINGS && has_changed (before, VALUES (self), field->name))
    g_object_set_data (self, field->name, NULL);
  if (field->kind != SVPN_FIELD_PART)
    return FALSE;
  part = g_object_get_data (self, g_type_name (field->type ()));
  if (part != NULL)
    svpn_record_update (part, VALUES (self));
  return field->needed_key != NULL && has_changed (before, VALUES (self), field->needed_key);
}

void
svpn_record_update (gpointer self, GVariant *values)
{
  g_autoptr (GVariant) before = g_variant_ref (VALUES (self));
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  take_values (self, values);
  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n_specs);
  g_object_freeze_notify (self);
  for (guint i = 0; i < n_specs; i++) {
    const SvpnField *field = field_of (specs[i]);
    g_autofree char *key = key_of_field (field);

    if (renew_kept (self, field, before)
        || (field->kind != SVPN_FIELD_PART && has_changed (before, VALUES (self), key)))
      g_object_notify_by_pspec (self, specs[i]);
  }
  g_object_thaw_notify (self);
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
  svpn_record_update (self, g_variant_dict_end (&dict));
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

const char *
svpn_record_get_text (gpointer self, const char *key)
{
  const char *text = svpn_record_get_string (self, key);

  return text != NULL ? svpn_i18n_translate (text) : NULL;
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

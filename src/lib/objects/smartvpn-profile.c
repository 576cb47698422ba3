/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What clients and servers have in common: properties and signals that mirror those on D-Bus. */
#include "smartvpn-profile.h"
#include "call.h"
#include "smartvpn-profile-private.h"
#include "settings.h"
#include "variant-value.h"

typedef struct {
  const SvpnProfileKind *kind;
  GHashTable *values; /* GParamSpec -> GValue */
} SmartvpnProfilePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SmartvpnProfile, smartvpn_profile, G_TYPE_OBJECT)

#define PRIVATE(self) ((SmartvpnProfilePrivate *) smartvpn_profile_get_instance_private (self))

enum {
  PROP_NAME = 1,
  PROP_TITLE,
  PROP_OBJECT_PATH,
  PROP_INTERFACE,
  PROP_LAST_ERROR,
  PROP_LAST_REASON,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];
static guint exited_signal, network_restored_signal;

/* ---- Values ---- */

static void
value_free (gpointer data)
{
  GValue *value = data;

  g_value_unset (value);
  g_free (value);
}

static GValue *
value_new (GParamSpec *spec)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, G_PARAM_SPEC_VALUE_TYPE (spec));
  g_param_value_set_default (spec, value);
  return value;
}

/* The value of a property; the default until smartvpnd has sent one. */
static GValue *
get_property_value (SmartvpnProfile *self, GParamSpec *spec)
{
  GHashTable *values = PRIVATE (self)->values;
  GValue *value = g_hash_table_lookup (values, spec);

  if (value == NULL) {
    value = value_new (spec);
    g_hash_table_insert (values, spec, value);
  }
  return value;
}

static gboolean
values_are_equal (GParamSpec *spec, const GValue *a, const GValue *b)
{
  if (G_VALUE_HOLDS (a, G_TYPE_STRV) && g_value_get_boxed (a) != NULL && g_value_get_boxed (b) != NULL)
    return g_strv_equal (g_value_get_boxed (a), g_value_get_boxed (b));
  return g_param_values_cmp (spec, a, b) == 0;
}

/* Takes what D-Bus has sent as the property @name, and adds it to @changed with the value before if it has changed. Of another
 * type it reads as the default. Unknown properties are ignored. */
static void
change_property (SmartvpnProfile *self, const char *name, GVariant *variant, GHashTable *changed)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), name);
  GValue *value, *before;

  if (spec == NULL || spec == properties[PROP_OBJECT_PATH])
    return;
  value = value_new (spec);
  before = get_property_value (self, spec);
  if (!svpn_variant_to_value (variant, value))
    svpn_variant_warn (self, name, variant, g_type_name (spec->value_type));
  if (values_are_equal (spec, value, before)) {
    value_free (value);
    return;
  }
  g_hash_table_steal (PRIVATE (self)->values, spec);
  g_hash_table_insert (PRIVATE (self)->values, spec, value);
  g_object_notify_by_pspec (G_OBJECT (self), spec);
  g_hash_table_replace (changed, spec, before);
}

/* Takes properties. Returns those that have changed, GParamSpec -> GValue before. All are set when the first is
 * notified. */
static GHashTable *
change_properties (SmartvpnProfile *self, GVariant *dbus_properties)
{
  GHashTable *changed = g_hash_table_new_full (NULL, NULL, NULL, value_free);
  GVariantIter iter;
  const char *dbus_name;
  GVariant *variant;

  g_object_freeze_notify (G_OBJECT (self));
  g_variant_iter_init (&iter, dbus_properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &dbus_name, &variant)) {
    g_autofree char *name = svpn_kebab_case (dbus_name), *word = g_strconcat (name, "-word", NULL);

    change_property (self, name, variant, changed);
    change_property (self, word, variant, changed);
  }
  g_object_thaw_notify (G_OBJECT (self));
  return changed;
}

void
svpn_profile_apply (SmartvpnProfile *self, GVariant *dbus_properties)
{
  g_hash_table_unref (change_properties (self, dbus_properties));
}

void
svpn_profile_catch_up (SmartvpnProfile *self, GVariant *dbus_properties)
{
  g_autoptr (SmartvpnProfile) alive = g_object_ref (self);
  g_autoptr (GHashTable) changed = change_properties (self, dbus_properties);
  GHashTableIter iter;
  gpointer spec, before;

  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, &spec, &before))
    PRIVATE (self)->kind->caught_up (self, ((GParamSpec *) spec)->name, before);
}

const GValue *
svpn_profile_get (gpointer self, const char *property)
{
  return get_property_value (self, g_object_class_find_property (G_OBJECT_GET_CLASS (self), property));
}

/* ---- Signals ---- */

static void
on_dbus_exited (gpointer self, GVariant *arguments)
{
  gint32 status;

  g_variant_get (arguments, "(i)", &status);
  g_signal_emit (self, exited_signal, 0, status);
}

static void
on_dbus_network_restored (gpointer self, GVariant *arguments)
{
  g_autofree const char **what = NULL;

  g_variant_get (arguments, "(^a&s)", &what);
  g_signal_emit (self, network_restored_signal, 0, what);
}

void
svpn_profile_take_signal (SmartvpnProfile *self, const char *name, GVariant *arguments)
{
  static const SvpnProfileSignal common[] = { { "Exited", "(i)", on_dbus_exited },
                                              { "NetworkRestored", "(as)", on_dbus_network_restored },
                                              { NULL } };
  const SvpnProfileSignal *const tables[] = { common, PRIVATE (self)->kind->signals };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const SvpnProfileSignal *signal = tables[i]; signal->name != NULL; signal++) {
      if (!g_str_equal (signal->name, name))
        continue;
      if (g_variant_is_of_type (arguments, G_VARIANT_TYPE (signal->type)))
        signal->handle (self, arguments);
      else
        svpn_variant_warn (self, name, arguments, signal->type);
    }
}

void
svpn_profile_emit_caught_up (gpointer self, guint signal, const GValue *before)
{
  g_autoptr (GVariant) details = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  g_signal_emit (self, signal, 0, g_value_get_enum (svpn_profile_get (self, "state")),
                 g_value_get_enum (before), "", details);
}

/* ---- The object ---- */

gpointer
svpn_profile_new (GType type, const SvpnProfileKind *kind, gpointer manager, const char *path,
                  GVariant *dbus_properties)
{
  SmartvpnProfile *self = g_object_new (type, NULL);

  PRIVATE (self)->kind = kind;
  g_value_set_string (get_property_value (self, properties[PROP_OBJECT_PATH]), path);
  svpn_call_set_target_beside (self, manager, path, kind->interface);
  svpn_profile_apply (self, dbus_properties);
  return self;
}

void
svpn_profile_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_copy (get_property_value (SMARTVPN_PROFILE (object), spec), value);
}

static void
smartvpn_profile_finalize (GObject *object)
{
  g_hash_table_unref (PRIVATE (SMARTVPN_PROFILE (object))->values);
  G_OBJECT_CLASS (smartvpn_profile_parent_class)->finalize (object);
}

static void
smartvpn_profile_class_init (SmartvpnProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = svpn_profile_get_property;
  object_class->finalize = smartvpn_profile_finalize;

  /**
   * SmartvpnProfile:name:
   *
   * The name of the profile, which never changes.
   *
   * Since: 0.1
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnProfile:title:
   *
   * The name of the profile for people, its setting `title`; %NULL without one.
   *
   * Since: 0.1
   */
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnProfile:object-path:
   *
   * The path of the object on D-Bus, which never changes.
   *
   * Since: 0.1
   */
  properties[PROP_OBJECT_PATH] = g_param_spec_string ("object-path", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnProfile:interface:
   *
   * The name of the TUN device, %NULL while there is none.
   *
   * Since: 0.1
   */
  properties[PROP_INTERFACE] = g_param_spec_string ("interface", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnProfile:last-error:
   *
   * The message of the last failure, in English; %NULL without a failure since the last attempt to connect or start.
   * While the profile is not in use and its file cannot be read, it names file, line and reason.
   *
   * Since: 0.1
   */
  properties[PROP_LAST_ERROR] = g_param_spec_string ("last-error", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnProfile:last-reason:
   *
   * Why the state has changed last, as a code; %NULL if it has not since the machine has booted. While the profile is not
   * in use, it tells how the last connection or run has ended. smartvpn_reason_to_string() says it to a person.
   *
   * Since: 0.1
   */
  properties[PROP_LAST_REASON] = g_param_spec_string ("last-reason", NULL, NULL, NULL, SVPN_PROFILE_READABLE);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SmartvpnProfile::exited:
   * @self: the profile
   * @status: the exit code, 0 if the worker ended in order; 128 plus the signal that killed it; -1 if unknown, because
   *   smartvpnd was restarted since the worker was started
   *
   * The worker process of the profile has ended.
   *
   * Since: 0.1
   */
  exited_signal = g_signal_new ("exited", SMARTVPN_TYPE_PROFILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT);

  /**
   * SmartvpnProfile::network-restored:
   * @self: the profile
   * @what: what it was, in English, such as `route 10.20.0.0/16`
   *
   * Another program had changed what the tunnel needs of the network, and smartvpnd has restored it.
   *
   * Since: 0.1
   */
  network_restored_signal = g_signal_new ("network-restored", SMARTVPN_TYPE_PROFILE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
}

static void
smartvpn_profile_init (SmartvpnProfile *self)
{
  PRIVATE (self)->values = g_hash_table_new_full (NULL, NULL, NULL, value_free);
}

const char *
smartvpn_profile_get_name (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_NAME]));
}

const char *
smartvpn_profile_get_title (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_TITLE]));
}

const char *
smartvpn_profile_get_object_path (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_OBJECT_PATH]));
}

const char *
smartvpn_profile_get_interface (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_INTERFACE]));
}

const char *
smartvpn_profile_get_last_error (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_LAST_ERROR]));
}

const char *
smartvpn_profile_get_last_reason (SmartvpnProfile *self)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return g_value_get_string (get_property_value (self, properties[PROP_LAST_REASON]));
}

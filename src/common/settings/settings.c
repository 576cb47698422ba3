/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings checked against the table, merged, divided and read. */
#include "settings.h"

#include "amount.h"
#include "error.h"
#include "printable.h"

#include <string.h>

/* Characters of a refused value that a message shows. */
#define SHOWN_MAX 80

static const struct {
  const char *type, *words;
} type_names[] = {
  { "b", "boolean" },        { "u", "unsigned integer" },  { "t", "unsigned integer" },
  { "s", "string" },         { "as", "array of strings" }, { "x", "integer" },
  { "d", "floating point" }, { "av", "mixed array" },      { "mv", "null" },
  { "a{sv}", "dictionary" },
};

static char *
describe_type (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (g_str_equal (type_names[i].type, type))
      return g_strdup_printf ("%s (%s)", type, type_names[i].words);
  }
  return g_strdup (type);
}

const char *
svpn_setting_type (const SvpnSetting *setting)
{
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return "b";
  case SVPN_SETTING_UINT:
    return "u";
  case SVPN_SETTING_UINT64:
    return "t";
  case SVPN_SETTING_STRING:
    return "s";
  case SVPN_SETTING_STRINGS:
    return "as";
  }
  g_return_val_if_reached (NULL);
}

/* @value in quotes, for an error. The part before an '@' is left out: in a URL it may be a password. */
static char *
quote (const char *value)
{
  const char *at = strrchr (value, '@'), *shown = at != NULL ? at : value;
  g_autofree char *text = svpn_printable (shown, SHOWN_MAX);

  return g_strdup_printf ("'%s%s%s'", at != NULL ? "..." : "", text,
                          g_utf8_strlen (shown, -1) > SHOWN_MAX ? "..." : "");
}

static GVariant *
refuse_type (const SvpnSetting *setting, GVariant *value, GError **error)
{
  g_autofree char *expected = describe_type (svpn_setting_type (setting));
  g_autofree char *got = describe_type (g_variant_get_type_string (value));

  svpn_error_refuse (error, setting->key, "expected %s, got %s", expected, got);
  return NULL;
}

/* Of any integer type; a value beyond gint64 becomes the largest gint64. */
static gboolean
get_integer (GVariant *value, gint64 *number)
{
  switch ((int) g_variant_classify (value)) {
  case G_VARIANT_CLASS_BYTE:
    *number = g_variant_get_byte (value);
    break;
  case G_VARIANT_CLASS_INT16:
    *number = g_variant_get_int16 (value);
    break;
  case G_VARIANT_CLASS_UINT16:
    *number = g_variant_get_uint16 (value);
    break;
  case G_VARIANT_CLASS_INT32:
    *number = g_variant_get_int32 (value);
    break;
  case G_VARIANT_CLASS_UINT32:
    *number = g_variant_get_uint32 (value);
    break;
  case G_VARIANT_CLASS_INT64:
    *number = g_variant_get_int64 (value);
    break;
  case G_VARIANT_CLASS_UINT64:
    *number = (gint64) MIN (g_variant_get_uint64 (value), (guint64) G_MAXINT64);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_in_range (const SvpnSetting *setting, gint64 number)
{
  if (number == 0 && setting->flags & SVPN_SETTING_OR_ZERO)
    return TRUE;
  return number >= 0 && (guint64) number >= setting->min && (guint64) number <= setting->max;
}

/* The number of a text with a unit. */
static gboolean
get_amount (const SvpnSetting *setting, const char *text, gint64 *number, GError **error)
{
  gboolean is_rate = setting->flags & SVPN_SETTING_RATE;
  guint64 amount;

  if (is_rate ? svpn_amount_parse_rate (text, &amount) : svpn_amount_parse_size (text, &amount)) {
    *number = (gint64) amount;
    return TRUE;
  }
  g_autofree char *shown = quote (text);
  return svpn_error_refuse (error, setting->key, "%s is not %s", shown,
                            is_rate ? "a rate, such as 500k, 2M or 10Mbit"
                                    : "a number of bytes, such as 65536 or 64k");
}

static GVariant *
canonical_uint (const SvpnSetting *setting, GVariant *value, GError **error)
{
  gboolean has_unit = setting->flags & (SVPN_SETTING_RATE | SVPN_SETTING_SIZE)
                      && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);
  gint64 number = 0;

  if (has_unit && !get_amount (setting, g_variant_get_string (value, NULL), &number, error))
    return NULL;
  if (!has_unit && !get_integer (value, &number))
    return refuse_type (setting, value, error);
  if (!is_in_range (setting, number)) {
    svpn_error_refuse (
        error, setting->key,
        "%" G_GINT64_FORMAT " is out of range (%s%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ")", number,
        setting->flags & SVPN_SETTING_OR_ZERO ? "0, or " : "", setting->min, setting->max);
    return NULL;
  }
  return setting->type == SVPN_SETTING_UINT ? g_variant_new_uint32 ((guint32) number)
                                            : g_variant_new_uint64 ((guint64) number);
}

char *
svpn_setting_expects (const SvpnSetting *setting, const char *value)
{
  if (setting->choices == NULL)
    return g_strdup (setting->check != NULL ? setting->check (value) : NULL);
  if (g_strv_contains (setting->choices, value))
    return NULL;
  g_autofree char *words = g_strjoinv (", ", (char **) setting->choices);
  return g_strconcat ("one of ", words, NULL);
}

static gboolean
check_string (const SvpnSetting *setting, const char *text, GError **error)
{
  gboolean has_max = setting->type == SVPN_SETTING_STRING && setting->max > 0;
  gsize max = has_max ? setting->max : SVPN_SETTING_STRING_MAX;
  g_autofree char *shown = NULL;

  if (strlen (text) > max) {
    svpn_error_refuse (error, setting->key, "longer than %" G_GSIZE_FORMAT " bytes", max);
    return FALSE;
  }
  g_autofree char *expected = svpn_setting_expects (setting, text);
  if (expected == NULL)
    return TRUE;
  shown = setting->flags & SVPN_SETTING_SECRET ? g_strdup ("the value given") : quote (text);
  svpn_error_refuse (error, setting->key, "%s is not %s", shown, expected);
  return FALSE;
}

static GVariant *
canonical_string (const SvpnSetting *setting, GVariant *value, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return refuse_type (setting, value, error);
  if (!check_string (setting, g_variant_get_string (value, NULL), error))
    return NULL;
  return g_variant_ref (value);
}

/* Some bindings do not know the type of an empty array and send an array of variants. */
static GVariant *
canonical_strings (const SvpnSetting *setting, GVariant *value, GError **error)
{
  gboolean boxed = g_variant_is_of_type (value, G_VARIANT_TYPE ("av"));
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE_STRING_ARRAY);
  gsize n;

  if (!boxed && !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return refuse_type (setting, value, error);
  n = g_variant_n_children (value);
  if (n < setting->min || n > setting->max) {
    svpn_error_refuse (error, setting->key,
                       "%" G_GSIZE_FORMAT " elements are out of range (%" G_GUINT64_FORMAT
                       " to %" G_GUINT64_FORMAT ")",
                       n, setting->min, setting->max);
    return NULL;
  }
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
    g_autoptr (GVariant) element = boxed ? g_variant_get_variant (child) : g_variant_ref (child);

    if (!g_variant_is_of_type (element, G_VARIANT_TYPE_STRING))
      return refuse_type (setting, value, error);
    if (!check_string (setting, g_variant_get_string (element, NULL), error))
      return NULL;
    g_variant_builder_add_value (builder, element);
  }
  return g_variant_builder_end (builder);
}

static GVariant *
canonical_value (const SvpnSetting *setting, GVariant *value, GError **error)
{
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
      return refuse_type (setting, value, error);
    return g_variant_ref (value);
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    return canonical_uint (setting, value, error);
  case SVPN_SETTING_STRING:
    return canonical_string (setting, value, error);
  case SVPN_SETTING_STRINGS:
    return canonical_strings (setting, value, error);
  }
  g_return_val_if_reached (NULL);
}

/* A set of entries sorted by key, which takes ownership of @value. */
static void
entries_insert (GTree *entries, const char *key, GVariant *value)
{
  g_tree_replace (entries, g_strdup (key), g_variant_take_ref (value));
}

static int
compare_keys (const void *a, const void *b, void *data)
{
  return strcmp (a, b);
}

static GTree *
entries_new (void)
{
  return g_tree_new_full (compare_keys, NULL, g_free, (GDestroyNotify) g_variant_unref);
}

static GVariant *
entries_to_variant (GTree *entries)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);

  for (GTreeNode *node = g_tree_node_first (entries); node != NULL; node = g_tree_node_next (node))
    g_variant_builder_add (builder, "{sv}", g_tree_node_key (node), g_tree_node_value (node));
  return g_variant_ref_sink (g_variant_builder_end (builder));
}

static GVariant *
refuse_unknown (const char *key, GError **error)
{
  g_autofree char *shown = svpn_printable (key, SHOWN_MAX);

  g_set_error (error, SVPN_ERROR, SVPN_ERROR_UNKNOWN_SETTING, "%s: unknown setting", shown);
  return NULL;
}

GVariant *
svpn_settings_validate (SvpnScope scope, GVariant *input, GError **error)
{
  g_autoptr (GTree) entries = entries_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_return_val_if_fail (g_variant_is_of_type (input, G_VARIANT_TYPE_VARDICT), NULL);
  g_variant_iter_init (&iter, input);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) given = value;
    const SvpnSetting *setting = svpn_settings_find (scope, key);
    GVariant *canonical;

    if (setting == NULL)
      return refuse_unknown (key, error);
    if (g_tree_lookup (entries, key) != NULL) {
      svpn_error_refuse (error, key, "given twice");
      return NULL;
    }
    canonical = canonical_value (setting, given, error);
    if (canonical == NULL)
      return NULL;
    entries_insert (entries, key, canonical);
  }
  return entries_to_variant (entries);
}

GVariant *
svpn_settings_merge (GVariant *base, GVariant *overrides)
{
  g_autoptr (GTree) entries = entries_new ();
  GVariant *const sources[] = { base, overrides };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init (&iter, sources[i]);
    while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
      entries_insert (entries, key, value);
  }
  return entries_to_variant (entries);
}

GVariant *
svpn_settings_update (SvpnScope scope, GVariant *settings, GVariant *changes, const char *const *unset,
                      GError **error)
{
  g_autoptr (GVariant) canonical = svpn_settings_validate (scope, changes, error);
  GVariantDict dict;

  if (canonical == NULL)
    return NULL;
  for (const char *const *key = unset; *key != NULL; key++) {
    const SvpnSetting *setting = svpn_settings_find (scope, *key);
    g_autoptr (GVariant) given = g_variant_lookup_value (canonical, *key, NULL);
    const char *reason = given != NULL ? "both set and unset" : "an option of a call, not of a profile";

    if (setting == NULL)
      return refuse_unknown (*key, error);
    if (given != NULL || setting->flags & SVPN_SETTING_CALL_ONLY) {
      svpn_error_refuse (error, *key, "%s", reason);
      return NULL;
    }
  }
  g_variant_dict_init (&dict, settings);
  for (const char *const *key = unset; *key != NULL; key++)
    g_variant_dict_remove (&dict, *key);
  g_autoptr (GVariant) kept = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_settings_merge (kept, canonical);
}

static GVariant *
filter_secrets (SvpnScope scope, GVariant *settings, gboolean secrets)
{
  g_autoptr (GTree) entries = entries_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) owned = value;
    const SvpnSetting *setting = svpn_settings_find (scope, key);

    /* An entry that is not in the table counts as secret, so that nobody shows it. */
    if ((setting == NULL || (setting->flags & SVPN_SETTING_SECRET) != 0) == secrets)
      entries_insert (entries, key, g_steal_pointer (&owned));
  }
  return entries_to_variant (entries);
}

GVariant *
svpn_settings_without_secrets (SvpnScope scope, GVariant *settings)
{
  return filter_secrets (scope, settings, FALSE);
}

GVariant *
svpn_settings_only_secrets (SvpnScope scope, GVariant *settings)
{
  return filter_secrets (scope, settings, TRUE);
}

const SvpnSetting *
svpn_settings_find_flagged (SvpnScope scope, GVariant *settings, SvpnSettingFlags flags)
{
  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    g_autoptr (GVariant) value = g_variant_lookup_value (settings, setting->key, NULL);

    if (value != NULL && setting->flags & flags)
      return setting;
  }
  return NULL;
}

GVariant *
svpn_settings_get_value (SvpnScope scope, GVariant *settings, const char *key)
{
  const SvpnSetting *setting = svpn_settings_find (scope, key);
  const GVariantType *type;
  GVariant *value;

  g_return_val_if_fail (setting != NULL, NULL);
  type = G_VARIANT_TYPE (svpn_setting_type (setting));
  value = g_variant_lookup_value (settings, key, type);
  if (value == NULL && setting->default_value != NULL)
    value = g_variant_parse (type, setting->default_value, NULL, NULL, NULL);
  return value;
}

/* The value, if the key is in the table with this type. */
static GVariant *
get_value_of_type (SvpnScope scope, GVariant *settings, const char *key, SvpnSettingType type)
{
  const SvpnSetting *setting = svpn_settings_find (scope, key);

  g_return_val_if_fail (setting != NULL && setting->type == type, NULL);
  return svpn_settings_get_value (scope, settings, key);
}

const char *
svpn_settings_get_string (SvpnScope scope, GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = NULL;
  const char *text;

  /* Once serialised, @settings own the bytes of all their strings. */
  g_variant_get_data (settings);
  if (g_variant_lookup (settings, key, "&s", &text))
    return text;
  value = get_value_of_type (scope, settings, key, SVPN_SETTING_STRING);
  return value != NULL ? g_intern_string (g_variant_get_string (value, NULL)) : NULL;
}

char **
svpn_settings_get_strings (SvpnScope scope, GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = get_value_of_type (scope, settings, key, SVPN_SETTING_STRINGS);

  return value != NULL ? g_variant_dup_strv (value, NULL) : NULL;
}

guint
svpn_settings_get_uint (SvpnScope scope, GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = get_value_of_type (scope, settings, key, SVPN_SETTING_UINT);

  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

gboolean
svpn_settings_get_bool (SvpnScope scope, GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = get_value_of_type (scope, settings, key, SVPN_SETTING_BOOL);

  return value != NULL && g_variant_get_boolean (value);
}

char *
svpn_settings_hash (GVariant *settings)
{
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (settings);

  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as KEY=VALUE on the command line. */
#include "assignments.h"
#include "error.h"
#include "i18n.h"
#include "nearest.h"
#include "quantity.h"
#include "smartvpn.h"

#include <inttypes.h>
#include <string.h>

static const char *
nearest_key (SvpnScope scope, const char *key)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++)
    g_ptr_array_add (keys, (gpointer) setting->key);
  g_ptr_array_add (keys, NULL);
  return svpn_nearest (key, (const char *const *) keys->pdata);
}

static gboolean
check_fit (const SvpnSetting *setting, SvpnSettingFlags unfit, GError **error)
{
  SvpnSettingFlags wrong = setting->flags & unfit;

  if (wrong & SVPN_SETTING_CALL_ONLY)
    return svpn_error_refuse (error, setting->key, "%s",
                              _ ("an option of one connect or start, which no profile stores; use --set"));
  if (wrong & SVPN_SETTING_PROFILE_ONLY)
    return svpn_error_refuse (error, setting->key, "%s",
                              _ ("counts in a profile only; use \"smartvpnctl profile edit\""));
  return TRUE;
}

const SvpnSetting *
svpn_assignments_find (SvpnScope scope, const char *key, SvpnSettingFlags unfit, GError **error)
{
  const SvpnSetting *setting = svpn_settings_find (scope, key);
  const char *nearest;

  if (setting != NULL)
    return check_fit (setting, unfit, error) ? setting : NULL;
  nearest = nearest_key (scope, key);
  if (nearest != NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("unknown setting '%s'; did you mean '%s'?"), key, nearest);
  else
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("unknown setting '%s'; the document \"Settings\" lists all settings"), key);
  return NULL;
}

static GVariant *
parse_boolean_setting (const SvpnSetting *setting, const char *text, GError **error)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };

  if (g_strv_contains (yes, text) || g_strv_contains (no, text))
    return g_variant_new_boolean (g_strv_contains (yes, text));
  svpn_error_refuse (error, setting->key, "%s", _ ("neither true nor false"));
  return NULL;
}

/* With a unit; smartvpnd checks the range. */
static GVariant *
parse_amount_setting (const SvpnSetting *setting, const char *text, GError **error)
{
  guint64 amount;

  if (setting->flags & SVPN_SETTING_RATE ? svpn_parse_rate (text, &amount, error)
                                         : svpn_parse_size (text, &amount, error))
    return g_variant_new_uint64 (amount);
  g_prefix_error (error, "%s: ", setting->key);
  return NULL;
}

static GVariant *
parse_number_setting (const SvpnSetting *setting, const char *text, GError **error)
{
  guint64 number;

  if (setting->flags & (SVPN_SETTING_RATE | SVPN_SETTING_SIZE))
    return parse_amount_setting (setting, text, error);
  if (!g_ascii_string_to_unsigned (text, 10, setting->min, setting->max, &number, NULL)) {
    svpn_error_refuse (error, setting->key, _ ("not a number from %" PRIu64 " to %" PRIu64), setting->min,
                       setting->max);
    return NULL;
  }
  return setting->type == SVPN_SETTING_UINT ? g_variant_new_uint32 ((guint32) number)
                                            : g_variant_new_uint64 (number);
}

/* The elements between commas; no element for "". */
static GVariant *
parse_list_setting (const char *text)
{
  g_auto (GStrv) elements = g_strsplit (text, ",", -1);

  for (char **element = elements; *element != NULL; element++)
    g_strstrip (*element);
  return g_variant_new_strv ((const char *const *) elements, -1);
}

GVariant *
svpn_assignments_value (const SvpnSetting *setting, const char *text, GError **error)
{
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return parse_boolean_setting (setting, text, error);
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    return parse_number_setting (setting, text, error);
  case SVPN_SETTING_STRING:
    return g_variant_new_string (text);
  case SVPN_SETTING_STRINGS:
    return parse_list_setting (text);
  }
  g_return_val_if_reached (NULL);
}

char *
svpn_assignments_text (GVariant *value, const char *separator)
{
  g_autofree const char **elements = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_print (value, FALSE);
  elements = g_variant_get_strv (value, NULL);
  return g_strjoinv (separator, (char **) elements);
}

gboolean
svpn_assignments_add (GVariantDict *settings, SvpnScope scope, const char *text, SvpnSettingFlags unfit,
                      GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *key = equals != NULL ? g_strndup (text, equals - text) : NULL;
  const SvpnSetting *setting;
  GVariant *value;

  if (key == NULL) {
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("'%s' is not of the form KEY=VALUE, such as mtu=1400"), text);
    return FALSE;
  }
  setting = svpn_assignments_find (scope, key, unfit, error);
  if (setting == NULL)
    return FALSE;
  if (setting->flags & SVPN_SETTING_SECRET) {
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("%s: other users can see a secret on a command line; use --%s-file FILE"), key, key);
    return FALSE;
  }
  value = svpn_assignments_value (setting, equals + 1, error);
  if (value == NULL)
    return FALSE;
  if (g_variant_dict_contains (settings, key)) {
    g_variant_unref (g_variant_ref_sink (value));
    return svpn_error_refuse (error, key, "%s", _ ("given twice"));
  }
  g_variant_dict_insert_value (settings, key, value);
  return TRUE;
}

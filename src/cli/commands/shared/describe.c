/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients, servers and records as dictionaries for JSON. */
#include "describe.h"

static gboolean
has_key (GVariantDict *dict, const char *key)
{
  return g_variant_dict_contains (dict, key);
}

/* Adds nothing for each key of the record type @type that @dict lacks. The keys are the properties, and those of its parts;
 * "state-word" is another reading of "state". */
static void
add_absent (GVariantDict *dict, GType type)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  guint n_specs;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_specs);

  for (guint i = 0; i < n_specs; i++) {
    const char *key = specs[i]->name;

    if (G_IS_PARAM_SPEC_OBJECT (specs[i]))
      add_absent (dict, specs[i]->value_type);
    else if (!g_str_has_suffix (key, "-word") && !has_key (dict, key))
      g_variant_dict_insert_value (dict, key, g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
  }
}

static void
add_values (GVariantDict *dict, SmartvpnRecord *record)
{
  g_autoptr (GVariant) values = smartvpn_record_to_variant (record);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!has_key (dict, key))
      g_variant_dict_insert_value (dict, key, value);
}

static void
add_string (GVariantDict *dict, const char *key, const char *value)
{
  if (!has_key (dict, key) && value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

GVariant *
svpn_describe_record (SmartvpnRecord *record)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_values (&dict, record);
  add_absent (&dict, G_OBJECT_TYPE (record));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GVariant *
svpn_describe_record_of (SmartvpnProfile *profile, SmartvpnRecord *record)
{
  return svpn_with_name (svpn_describe_record (record), smartvpn_profile_get_name (profile));
}

static SmartvpnRecord *
get_status (SmartvpnProfile *profile, GError **error)
{
  if (SMARTVPN_IS_CLIENT (profile))
    return (SmartvpnRecord *) smartvpn_client_get_status_sync (SMARTVPN_CLIENT (profile), NULL, error);
  return (SmartvpnRecord *) smartvpn_server_get_status_sync (SMARTVPN_SERVER (profile), NULL, error);
}

/* What the status leaves out where properties have it. */
static void
add_client_properties (GVariantDict *dict, SmartvpnClient *client)
{
  add_string (dict, "kind", "client");
  add_string (dict, "state", smartvpn_client_get_state_word (client));
  add_string (dict, "health", smartvpn_client_get_health_word (client));
  add_string (dict, "server-url", smartvpn_client_get_server_url (client));
  add_string (dict, "last-error", smartvpn_profile_get_last_error (SMARTVPN_PROFILE (client)));
  if (!has_key (dict, "health"))
    g_variant_dict_insert_value (dict, "health", g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL));
}

static void
add_server_properties (GVariantDict *dict, SmartvpnServer *server)
{
  add_string (dict, "kind", "server");
  add_string (dict, "state", smartvpn_server_get_state_word (server));
  add_string (dict, "last-error", smartvpn_profile_get_last_error (SMARTVPN_PROFILE (server)));
}

GVariant *
svpn_describe_profile (SmartvpnProfile *profile, SmartvpnRecord *record, GError **error)
{
  g_autoptr (SmartvpnRecord) status = get_status (profile, error);
  GVariantDict dict;

  if (status == NULL)
    return NULL;
  while (g_main_context_iteration (NULL, FALSE))
    ; /* changes of properties that came before the answer */
  g_variant_dict_init (&dict, NULL);
  add_values (&dict, status);
  if (record != NULL)
    add_values (&dict, record);
  if (SMARTVPN_IS_CLIENT (profile))
    add_client_properties (&dict, SMARTVPN_CLIENT (profile));
  else
    add_server_properties (&dict, SMARTVPN_SERVER (profile));
  add_absent (&dict, G_OBJECT_TYPE (status));
  return svpn_with_name (g_variant_dict_end (&dict), smartvpn_profile_get_name (profile));
}

void
svpn_print_record (SmartvpnProfile *profile, SmartvpnRecord *record)
{
  svpn_print_json (svpn_describe_record_of (profile, record));
}

gboolean
svpn_print_profile (SmartvpnProfile *profile, SmartvpnRecord *record, GError **error)
{
  GVariant *description = svpn_describe_profile (profile, record, error);

  if (description == NULL)
    return FALSE;
  svpn_print_json (description);
  return TRUE;
}

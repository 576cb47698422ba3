/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The file of one tunnel. */
#include "tunnel-file.h"
#include "directory.h"
#include "json.h"
#include "state-file.h"

#include <string.h>

#define SUFFIX ".tunnel"
#define OLD_NETWORK_SUFFIX ".json"
#define OLD_RECORD_TYPE "(sa{sv}a{sv})"
#define TEXT_MAX (1024 * 1024)

static char *
file_path (const char *state_dir, const char *id, const char *suffix)
{
  g_autofree char *name = g_strconcat (id, suffix, NULL);

  return g_build_filename (state_dir, name, NULL);
}

/* ---- The two files of the version before ---- */

/* ID.tunnel was a GVariant in text format. NULL: it is absent, or of this version. */
static GVariant *
load_old_record (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || *text != '(')
    return NULL;
  value = g_variant_parse (G_VARIANT_TYPE (OLD_RECORD_TYPE), text, NULL, NULL, &error);
  if (value == NULL) {
    g_warning ("%s is ignored: %s", path, error->message);
    return NULL;
  }
  g_autoptr (GVariant) hash = g_variant_get_child_value (value, 0);
  g_autoptr (GVariant) settings = g_variant_get_child_value (value, 1);
  g_autoptr (GVariant) details = g_variant_get_child_value (value, 2);
  return g_variant_ref_sink (
      g_variant_new_parsed ("{'settings-hash': %v, 'settings': %v, 'details': %v}", hash, settings, details));
}

/* Its sections, in the loose types that JSON has; none if there are no such files. */
static GVariant *
load_old (const char *state_dir, const char *id)
{
  g_autofree char *record_path = file_path (state_dir, id, SUFFIX);
  g_autofree char *network_path = file_path (state_dir, id, OLD_NETWORK_SUFFIX);
  g_autoptr (GVariant) network = svpn_state_file_load (network_path);
  g_autoptr (GVariant) record = load_old_record (record_path);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (network != NULL)
    g_variant_dict_insert_value (&dict, "network", network);
  if (record != NULL)
    g_variant_dict_insert_value (&dict, "record", record);
  g_autoptr (GVariant) sections = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autofree char *json = svpn_json_print (sections);
  return svpn_json_parse (json, TEXT_MAX, NULL);
}

/* ---- The file ---- */

/* Whether ID.tunnel at @path is not of this version: a GVariant as text, or absent, with perhaps ID.json in its place. */
static gboolean
is_old (const char *path)
{
  g_autofree char *text = NULL;

  return !g_file_get_contents (path, &text, NULL, NULL) || *text == '(';
}

/* All sections as a{sv}; none: there is no file. Full reference. */
static GVariant *
load_all (const char *state_dir, const char *id)
{
  g_autofree char *path = file_path (state_dir, id, SUFFIX);
  GVariant *sections = is_old (path) ? load_old (state_dir, id) : svpn_state_file_load (path);

  return sections != NULL ? sections : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

GVariant *
svpn_tunnel_file_load (const char *state_dir, const char *id, const char *section)
{
  g_autoptr (GVariant) sections = load_all (state_dir, id);

  return g_variant_lookup_value (sections, section, G_VARIANT_TYPE_VARDICT);
}

/* Keeps @sections and nothing else of the tunnel. */
static gboolean
save_all (const char *state_dir, const char *id, GVariant *sections, GError **error)
{
  g_autofree char *path = file_path (state_dir, id, SUFFIX);
  g_autofree char *old_network_path = file_path (state_dir, id, OLD_NETWORK_SUFFIX);

  if (!svpn_state_file_save (path, sections, error))
    return FALSE;
  svpn_state_file_remove (old_network_path);
  return TRUE;
}

gboolean
svpn_tunnel_file_save (const char *state_dir, const char *id, const char *section, GVariant *value,
                       GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GVariant) sections = load_all (state_dir, id);
  GVariantDict dict;

  g_variant_dict_init (&dict, sections);
  g_variant_dict_insert_value (&dict, section, owned);
  return save_all (state_dir, id, g_variant_dict_end (&dict), error);
}

static void
remove_files (const char *state_dir, const char *id)
{
  static const char *const suffixes[] = { SUFFIX, OLD_NETWORK_SUFFIX };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = file_path (state_dir, id, suffixes[i]);

    svpn_state_file_remove (path);
  }
}

static gboolean
has_section (GVariant *sections)
{
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, sections);
  while (g_variant_iter_next (&iter, "{&sv}", NULL, &value)) {
    g_autoptr (GVariant) owned = value;

    if (g_variant_is_of_type (owned, G_VARIANT_TYPE_VARDICT))
      return TRUE;
  }
  return FALSE;
}

void
svpn_tunnel_file_remove (const char *state_dir, const char *id, const char *section)
{
  g_autoptr (GVariant) sections = load_all (state_dir, id);
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, sections);
  g_variant_dict_remove (&dict, section);
  g_autoptr (GVariant) rest = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (!has_section (rest))
    remove_files (state_dir, id);
  else if (!save_all (state_dir, id, rest, &error))
    g_warning ("%s", error->message);
}

char **
svpn_tunnel_file_list (const char *state_dir)
{
  static const char *const suffixes[] = { SUFFIX, OLD_NETWORK_SUFFIX };
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_auto (GStrv) names = svpn_directory_list (state_dir, suffixes[i]);

    for (char **name = names; *name != NULL; name++) {
      g_autofree char *id = g_strndup (*name, strlen (*name) - strlen (suffixes[i]));
      g_strv_builder_add (ids, id);
    }
  }
  return g_strv_builder_end (ids);
}

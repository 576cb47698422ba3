/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as a text that somebody brings. */
#include "document.h"
#include "i18n.h"
#include "link.h"
#include "smartvpn.h"

/* serverUrl -> server-url */
static char *
to_kebab_case (const char *key)
{
  GString *text = g_string_new (NULL);

  for (; *key != '\0'; key++) {
    if (g_ascii_isupper (*key))
      g_string_append_c (text, '-');
    g_string_append_c (text, g_ascii_tolower (*key));
  }
  return g_string_free (text, FALSE);
}

/* Floating. A key that is there in both spellings is there twice, which is refused later. */
static GVariant *
rename_keys (GVariant *settings)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autofree char *name = to_kebab_case (key);

    g_variant_builder_add (&builder, "{sv}", name, value);
  }
  return g_variant_builder_end (&builder);
}

GVariant *
svpn_document_parse (SvpnScope scope, const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autoptr (GVariant) loose = NULL, renamed = NULL;

  if (svpn_link_is (stripped)) {
    if (scope == SVPN_SCOPE_CLIENT)
      return svpn_link_parse (stripped, error);
    g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                         _ ("a link is for a client, not for a server"));
    return NULL;
  }
  loose = smartvpn_settings_from_json (text, error);
  if (loose == NULL)
    return NULL;
  renamed = g_variant_ref_sink (rename_keys (loose));
  return svpn_settings_validate (scope, renamed, error);
}

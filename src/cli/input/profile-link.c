/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as a link. */
#include "profile-link.h"
#include "assignments.h"
#include "i18n.h"
#include "smartvpn.h"

#include <string.h>

static const struct {
  const char *link, *url;
} schemes[] = { { "smartvpn://", "wss://" }, { "smartvpn+ws://", "ws://" } };

static gboolean
refuse_link (GError **error, const char *message)
{
  g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS, message);
  return FALSE;
}

gboolean
svpn_profile_link_is (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (text, schemes[i].link, strlen (schemes[i].link)) == 0)
      return TRUE;
  return FALSE;
}

/* The server-url: the part of @link before the parameters. */
static char *
server_url_of (const char *link)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    gsize length = strlen (schemes[i].link);

    if (g_ascii_strncasecmp (link, schemes[i].link, length) == 0)
      return g_strdup_printf ("%s%.*s", schemes[i].url, (int) strcspn (link + length, "?"), link + length);
  }
  return NULL;
}

/* Adds the setting that a @parameter, KEY=VALUE, assigns. */
static gboolean
take_parameter (GVariantDict *settings, const char *parameter, GError **error)
{
  const char *equals = strchr (parameter, '=');
  g_autofree char *key = equals != NULL ? g_uri_unescape_segment (parameter, equals, NULL) : NULL;
  g_autofree char *text = key != NULL ? g_uri_unescape_string (equals + 1, NULL) : NULL;
  const SvpnSetting *setting;
  GVariant *value;

  if (text == NULL || !g_utf8_validate (text, -1, NULL) || !g_utf8_validate (key, -1, NULL))
    return refuse_link (error, _ ("link: a parameter is not of the form KEY=VALUE; copy the whole link"));
  setting = svpn_assignments_find (SVPN_SCOPE_CLIENT, key, SVPN_SETTING_CALL_ONLY, error);
  if (setting == NULL)
    return FALSE;
  if (g_variant_dict_contains (settings, key)) {
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS, _ ("%s: given twice"), key);
    return FALSE;
  }
  value = svpn_assignments_value (setting, text, error);
  if (value != NULL)
    g_variant_dict_insert_value (settings, key, value);
  return value != NULL;
}

GVariant *
svpn_profile_link_parse (const char *link, GError **error)
{
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) parameters = NULL;
  g_autofree char *url = server_url_of (link);
  g_autoptr (GVariant) loose = NULL;
  const char *query = strchr (link, '?');

  if (url == NULL || !g_utf8_validate (link, -1, NULL)) {
    refuse_link (error, _ ("link: not a smartvpn:// link; copy the whole link"));
    return NULL;
  }
  if (strchr (link, '#') != NULL) {
    refuse_link (error, _ ("link: '#' is not allowed; copy the whole link"));
    return NULL;
  }
  g_variant_dict_insert (&settings, "server-url", "s", url);
  parameters = g_strsplit (query != NULL ? query + 1 : "", "&", -1);
  for (char **parameter = parameters; *parameter != NULL; parameter++)
    if (**parameter != '\0' && !take_parameter (&settings, *parameter, error))
      return NULL;
  loose = g_variant_ref_sink (g_variant_dict_end (&settings));
  return svpn_settings_validate (SVPN_SCOPE_CLIENT, loose, error);
}

static void
append_parameters (GString *link, GVariant *settings)
{
  char separator = '?';
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    g_autofree char *text = svpn_assignments_text (value, ",");
    g_autofree char *escaped = g_uri_escape_string (text, "/:,=@", FALSE);

    if (g_str_equal (key, "server-url"))
      continue;
    g_string_append_printf (link, "%c%s=%s", separator, key, escaped);
    separator = '&';
  }
}

char *
svpn_profile_link_format (GVariant *settings, GError **error)
{
  const char *url = svpn_settings_get_string (SVPN_SCOPE_CLIENT, settings, "server-url");

  if (url == NULL || strchr (url, '?') != NULL) {
    refuse_link (error, url == NULL ? _ ("no server-url is set, but a link needs one")
                                    : _ ("server-url: contains '?', which a link cannot carry"));
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_has_prefix (url, schemes[i].url)) {
      GString *link = g_string_new (schemes[i].link);

      g_string_append (link, url + strlen (schemes[i].url));
      append_parameters (link, settings);
      return g_string_free (link, FALSE);
    }
  refuse_link (error, _ ("server-url: a link needs a URL of ws:// or wss://"));
  return NULL;
}

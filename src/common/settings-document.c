/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The reference of the settings, written from the table. */
#include "settings.h"

static const char *
describe_type (const SvpnSetting *setting)
{
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return "b";
  case SVPN_SETTING_UINT:
    return "u";
  case SVPN_SETTING_UINT64:
    return "t";
  case SVPN_SETTING_STRING:
    return setting->flags & SVPN_SETTING_SECRET ? "s, secret" : "s";
  case SVPN_SETTING_STRINGS:
    return "as";
  }
  g_return_val_if_reached (NULL);
}

static char *
describe_range (const SvpnSetting *setting)
{
  const char *syntax = setting->check != NULL ? setting->check ("") : "";

  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return g_strdup ("true or false");
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                            setting->flags & SVPN_SETTING_OR_ZERO ? "0, or " : "", setting->min,
                            setting->max);
  case SVPN_SETTING_STRING:
    return g_strdup (syntax);
  case SVPN_SETTING_STRINGS:
    return g_strdup_printf ("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " elements, each %s", setting->min,
                            setting->max, syntax);
  }
  g_return_val_if_reached (NULL);
}

char *
svpn_settings_document (SvpnScope scope)
{
  GString *text = g_string_new ("| Key | Type | Default | Value | Meaning |\n|---|---|---|---|---|\n");

  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    g_autofree char *range = describe_range (setting);
    const char *default_value = setting->default_value;

    g_string_append_printf (
        text, "| `%s` | %s | %s%s%s | %s | %s%s%s |\n", setting->key, describe_type (setting),
        default_value != NULL ? "`" : "", default_value != NULL ? default_value : "none",
        default_value != NULL ? "`" : "", range, setting->doc,
        setting->flags & SVPN_SETTING_CALL_ONLY ? " Only in the call, not in a profile." : "",
        setting->flags & SVPN_SETTING_PROFILE_ONLY ? " Only in a profile, not in the call." : "");
  }
  return g_string_free (text, FALSE);
}

char *
svpn_settings_reference (void)
{
  static const struct {
    SvpnScope scope;
    const char *title, *text;
  } chapters[] = {
    { SVPN_SCOPE_CLIENT, "Clients",
      "What `AddClient()` stores in a profile, and `Connect()` takes over the profile's own. On disk: "
      "`clients/NAME.json` in the configuration directory, keys and values alike; private keys are apart in "
      "`secrets/`." },
    { SVPN_SCOPE_SERVER, "Servers",
      "What `AddServer()` stores in a profile, and `Start()` takes over the profile's own. On disk: "
      "`servers/NAME.json`, private keys in `secrets/`." },
    { SVPN_SCOPE_AUTHORIZED, "Authorized clients",
      "What `AuthorizeClient()` takes. `name` and `public-key` are needed. On disk: "
      "`authorized/SERVER.json`, an "
      "object with an object for each client, named like it, which holds the other keys; an edit by hand "
      "counts from "
      "the next call on." },
  };
  static const char files[]
      = "\n## Files\n\nProfiles and the lists of authorized clients are JSON files, to be edited by hand as "
        "well. A key may be "
        "written in "
        "camelCase instead, `serverUrl` for `server-url`, but not in both ways; smartvpnd writes it as it "
        "stands here. "
        "A file that is changed, added or removed is noticed at once; a tunnel that is up goes on, and the "
        "next "
        "`Connect()` or `Start()` takes what the file then says.\n\n"
        "A file that cannot be read disturbs no other. File, line and reason are in the log, in `LastError`, "
        "and in the "
        "error of every call that needs it. `Update()` does not touch it, and `Remove()` keeps it as "
        "`NAME.json.broken`.\n\n"
        "Private keys stand in `secrets/client-NAME.json` and `secrets/server-NAME.json` alone. Such a file "
        "has to belong "
        "to the user that smartvpnd runs as, with mode 0600, and must not be a link; else it is refused.\n";
  GString *text
      = g_string_new ("# Settings\n\n"
                      "Types are those of D-Bus; every integer type is taken for a number. An unknown key, a "
                      "wrong type or a value out of range is refused with a message that names the key. "
                      "`smartvpnd --print-settings` writes this page.\n");

  for (gsize i = 0; i < G_N_ELEMENTS (chapters); i++) {
    g_autofree char *table = svpn_settings_document (chapters[i].scope);

    g_string_append_printf (text, "\n## %s\n\n%s\n\n%s", chapters[i].title, chapters[i].text, table);
  }
  g_string_append (text, files);
  return g_string_free (text, FALSE);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The reference of the settings, from the table. */
#include "settings.h"

static char *
describe_range (const SvpnSetting *setting)
{
  g_autofree char *syntax = svpn_setting_expects (setting, "");

  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return g_strdup ("true or false");
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "%s",
                            setting->flags & SVPN_SETTING_OR_ZERO ? "0, or " : "", setting->min, setting->max,
                            setting->flags & SVPN_SETTING_RATE   ? ", or a text such as 10Mbit"
                            : setting->flags & SVPN_SETTING_SIZE ? ", or a text such as 64k"
                                                                 : "");
  case SVPN_SETTING_STRING:
    return g_steal_pointer (&syntax);
  case SVPN_SETTING_STRINGS:
    return g_strdup_printf ("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " elements, each %s", setting->min,
                            setting->max, syntax);
  }
  g_return_val_if_reached (NULL);
}

/* All settings of @scope as a Markdown table. */
static char *
make_table (SvpnScope scope)
{
  GString *text = g_string_new ("| Key | Type | Default | Value | Meaning |\n|---|---|---|---|---|\n");

  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    g_autofree char *range = describe_range (setting);
    const char *default_value = setting->default_value;

    g_string_append_printf (
        text, "| `%s` | %s%s | %s%s%s | %s | %s%s%s%s |\n", setting->key, svpn_setting_type (setting),
        setting->flags & SVPN_SETTING_SECRET ? ", secret" : "", default_value != NULL ? "`" : "",
        default_value != NULL ? default_value : "none", default_value != NULL ? "`" : "", range, setting->doc,
        setting->flags & SVPN_SETTING_CALL_ONLY ? " Only in the call, not in a profile." : "",
        setting->flags & SVPN_SETTING_PROFILE_ONLY ? " Only in a profile, not in the call." : "",
        setting->flags & SVPN_SETTING_LIVE && scope == SVPN_SCOPE_SERVER ? " `Reload()` applies it." : "");
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
      "The settings that `AddClient()` stores in a profile; options of `Connect()` override them. On disk: "
      "`clients/NAME.json` in the configuration directory, with the same keys and values; private keys are "
      "in "
      "`secrets/`." },
    { SVPN_SCOPE_SERVER, "Servers",
      "The settings that `AddServer()` stores in a profile; options of `Start()` override them. On disk: "
      "`servers/NAME.json`; private keys are in `secrets/`." },
    { SVPN_SCOPE_AUTHORIZED, "Authorized clients",
      "The argument of `AuthorizeClient()`; `name` and `public-key` are required. On disk: "
      "`authorized/SERVER.json`, an object with a member for each client, named like it, which holds the "
      "other "
      "keys; an edit by hand takes effect with the next call." },
  };
  static const char files[]
      = "\n## Files\n\nProfiles and the lists of authorized clients are JSON files, and may be edited by "
        "hand. A key may "
        "be written in camelCase, `serverUrl` for `server-url`, but not in both ways; smartvpnd writes it in "
        "kebab-case. smartvpnd notices at once when a file is changed, added or removed. A tunnel that is up "
        "stays "
        "as it is; the next `Connect()` or `Start()` uses the file.\n\n"
        "A file that cannot be read affects no other. File, line and reason are in the log, in `LastError`, "
        "and in "
        "the error of every call that needs the file. `Update()` does not touch it, and `Remove()` keeps it "
        "as "
        "`NAME.json.broken`.\n\n"
        "Private keys are only in `secrets/client-NAME.json` and `secrets/server-NAME.json`. Such a file "
        "must belong "
        "to the user that smartvpnd runs as, have mode 0600, and not be a symbolic link; otherwise smartvpnd "
        "refuses "
        "it.\n";
  GString *text = g_string_new (
      "# Settings\n\n"
      "Types are those of D-Bus; every integer type is accepted for a number. An unknown key, a wrong "
      "type or a value out of range is refused with an error that names the key. `smartvpnd "
      "--print-settings` prints this page.\n");

  for (gsize i = 0; i < G_N_ELEMENTS (chapters); i++) {
    g_autofree char *table = make_table (chapters[i].scope);

    g_string_append_printf (text, "\n## %s\n\n%s\n\n%s", chapters[i].title, chapters[i].text, table);
  }
  g_string_append (text, files);
  return g_string_free (text, FALSE);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The files by which a service manager and the bus know smartvpnd. */
#include "service-files.h"
#include "error.h"
#include "i18n.h"
#include "service-templates.h"

#include <string.h>

#define TEMPLATES "/org/smartvpn/templates/"
#define POLKIT_ACTIONS "/usr/share/polkit-1/actions/org.smartvpn.policy" /* polkit reads no other folder */

const SvpnServiceFile svpn_systemd_files[] = {
  { "systemd/smartvpnd.service.in", "/etc/systemd/system/smartvpnd.service", NULL, FALSE },
  { "systemd/smartvpn-worker@.service.in", "/etc/systemd/system/smartvpn-worker@.service", NULL, FALSE },
  { "systemd/smartvpn.sysusers.conf.in", "/etc/sysusers.d/smartvpn.conf", "/usr/lib/sysusers.d/smartvpn.conf",
    TRUE },
  { "dbus/org.smartvpn.conf", "/etc/dbus-1/system.d/org.smartvpn.conf",
    "/usr/share/dbus-1/system.d/org.smartvpn.conf", FALSE },
  { "dbus/org.smartvpn.service.in", "/usr/local/share/dbus-1/system-services/org.smartvpn.service",
    "/usr/share/dbus-1/system-services/org.smartvpn.service", FALSE },
  { "polkit/org.smartvpn.policy.in", POLKIT_ACTIONS, POLKIT_ACTIONS, FALSE },
  { NULL },
};

const SvpnServiceFile svpn_launchd_files[] = {
  { "launchd/org.smartvpn.daemon.plist.in", "/Library/LaunchDaemons/org.smartvpn.daemon.plist", NULL, FALSE },
  { NULL },
};

static gboolean
has_systemd (void)
{
  g_autofree char *systemctl = g_find_program_in_path ("systemctl");

  return systemctl != NULL || g_file_test ("/run/systemd/system", G_FILE_TEST_IS_DIR);
}

gboolean
svpn_platform_find (const char *name, SvpnPlatform *platform, GError **error)
{
  *platform = g_strcmp0 (name, "launchd") == 0 ? SVPN_PLATFORM_LAUNCHD : SVPN_PLATFORM_SYSTEMD;
  if (name == NULL && !has_systemd ())
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
                 _ ("This system has no systemd; name another system's platform with --platform"));
  else if (name != NULL && !g_str_equal (name, "systemd") && !g_str_equal (name, "launchd"))
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("--platform: '%s' is not systemd or launchd"), name);
  else
    return TRUE;
  return FALSE;
}

/* In a unit, blanks, quotes, '%', '$' and others have a meaning: refuse them all. */
static gboolean
check_unit_word (const char *option, const char *word, GError **error)
{
  static const char others[] = "/-._+=,@:~";

  for (const char *c = word; *c != '\0'; c++) {
    if (g_ascii_isalnum (*c) || strchr (others, *c) != NULL)
      continue;
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("%s: '%s' cannot be written into a unit; use only letters, digits and %s"), option, word,
                 others);
    return FALSE;
  }
  if (*word == '\0')
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, _ ("%s: it is empty"), option);
  return *word != '\0';
}

/* The part of @path below @folder; NULL if it is not there. */
static const char *
below (const char *path, const char *folder)
{
  return g_str_has_prefix (path, folder) && path[strlen (folder)] != '\0' ? path + strlen (folder) : NULL;
}

/* systemd makes directories below /etc and /run; ProtectSystem= must let another directory of the configuration through. */
static gboolean
add_systemd_values (GHashTable *values, const SvpnServiceConfig *config, GError **error)
{
  const char *config_name = below (config->config_dir, "/etc/");
  const char *runtime_name = below (config->runtime_dir, "/run/");

  if (!check_unit_word ("smartvpnd", config->smartvpnd, error)
      || !check_unit_word ("--worker", config->worker, error)
      || !check_unit_word ("--config-dir", config->config_dir, error)
      || !check_unit_word ("--runtime-dir", config->runtime_dir, error)
      || !check_unit_word ("--worker-user", config->worker_user, error))
    return FALSE;
  if (runtime_name == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, _ ("--runtime-dir: '%s' is not below /run"),
                 config->runtime_dir);
    return FALSE;
  }
  g_hash_table_insert (values, (char *) "runtime_name", g_strdup (runtime_name));
  g_hash_table_insert (values, (char *) "config_access",
                       config_name != NULL ? g_strconcat ("ConfigurationDirectory=", config_name, NULL)
                                           : g_strconcat ("ReadWritePaths=", config->config_dir, NULL));
  g_hash_table_insert (values, (char *) "options",
                       g_str_equal (config->worker_user, SVPN_WORKER_USER)
                           ? g_strdup ("")
                           : g_strconcat (" --worker-user ", config->worker_user, NULL));
  return TRUE;
}

/* Placeholder -> text, escaped as the platform's files need it. */
static GHashTable *
make_values (SvpnPlatform platform, const SvpnServiceConfig *config, GError **error)
{
  const struct {
    const char *name, *value;
  } plain[] = { { "smartvpnd", config->smartvpnd },
                { "worker", config->worker },
                { "config_dir", config->config_dir },
                { "runtime_dir", config->runtime_dir },
                { "worker_user", config->worker_user } };
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    g_hash_table_insert (values, (char *) plain[i].name,
                         platform == SVPN_PLATFORM_LAUNCHD ? g_markup_escape_text (plain[i].value, -1)
                                                           : g_strdup (plain[i].value));
  if (platform == SVPN_PLATFORM_SYSTEMD && !add_systemd_values (values, config, error))
    return NULL;
  return g_steal_pointer (&values);
}

static char *
fill (const char *template, GHashTable *values)
{
  GString *text = g_string_new (template);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *placeholder = g_strconcat ("@", name, "@", NULL);
    g_string_replace (text, placeholder, value, 0);
  }
  return g_string_free (text, FALSE);
}

char *
svpn_service_file_fill (const SvpnServiceFile *file, SvpnPlatform platform, const SvpnServiceConfig *config,
                        GError **error)
{
  g_autofree char *resource = g_strconcat (TEMPLATES, file->template, NULL);
  g_autoptr (GBytes) template = g_resource_lookup_data (svpn_templates_get_resource (), resource,
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autoptr (GHashTable) values = template != NULL ? make_values (platform, config, error) : NULL;

  return values != NULL ? fill (g_bytes_get_data (template, NULL), values) : NULL;
}

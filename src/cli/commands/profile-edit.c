/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * profile edit: by assignments, or in an editor. */
#include "assignments.h"
#include "commands.h"
#include "exit-status.h"
#include "i18n.h"
#include "print.h"
#include "profile-text.h"
#include "secret.h"
#include "stored-settings.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ---- In an editor ---- */

static char *
make_file (const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "smartvpn-XXXXXX.json", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  gboolean ok = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (ok)
    return g_steal_pointer (&path);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, g_strerror (code));
  if (fd >= 0)
    g_unlink (path);
  return NULL;
}

static gboolean
run_editor (const char *file, GError **error)
{
  const char *visual = g_getenv ("VISUAL"), *editor = g_getenv ("EDITOR");
  const char *chosen = visual != NULL && *visual != '\0'   ? visual
                       : editor != NULL && *editor != '\0' ? editor
                                                           : "editor";
  g_autofree char *script = g_strdup_printf ("exec %s \"$1\"", chosen);
  const char *argv[] = { "/bin/sh", "-c", script, "sh", file, NULL };
  int status;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL,
                     &status, error))
    return FALSE;
  if (g_spawn_check_wait_status (status, error))
    return TRUE;
  g_prefix_error (error, "%s: ", chosen);
  return FALSE;
}

/* Stores the settings in @file. Returns TRUE, FALSE, or -1 for an error that the user can correct in the editor. */
static int
take_file (SmartvpnProfile *profile, const char *file, GVariant *before, char **secrets, GError **error)
{
  g_autoptr (SvpnSecret) text = svpn_secret_read_text (file, error);
  g_autoptr (GVariant) after
      = text != NULL ? svpn_profile_text_parse (svpn_stored_settings_scope (profile), text, error) : NULL;

  if (text == NULL)
    return FALSE;
  if (after == NULL)
    return -1;
  if (g_variant_equal (before, after)) {
    svpn_say (_ ("no changes"));
    return TRUE;
  }
  if (svpn_stored_settings_replace (profile, after, (const char *const *) secrets, error))
    return TRUE;
  return svpn_exit_status_of (*error) == SVPN_EXIT_USAGE ? -1 : FALSE;
}

static gboolean
wants_to_go_on (const char *problem)
{
  char answer[16];

  svpn_say ("%s", problem);
  svpn_ask (_ ("Edit again? [Y/n] "));
  return fgets (answer, sizeof answer, stdin) != NULL && strchr ("\nYyJj", answer[0]) != NULL;
}

static gboolean
edit_file (SmartvpnProfile *profile, const char *file, GVariant *before, char **secrets, GError **error)
{
  int result;

  for (;;) {
    g_autoptr (GError) problem = NULL;

    if (!run_editor (file, error))
      return FALSE;
    result = take_file (profile, file, before, secrets, &problem);
    if (result == TRUE)
      return TRUE;
    if (result == FALSE || !wants_to_go_on (problem->message)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
}

static gboolean
edit_all_settings (SmartvpnProfile *profile, GError **error)
{
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) stored = NULL, before = NULL;
  g_autofree char *json = NULL, *file = NULL;
  gboolean ok;

  if (!svpn_is_terminal (stdin) || !svpn_is_terminal (stdout)) {
    g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                         _ ("an editor needs a terminal; give KEY=VALUE or --unset KEY"));
    return FALSE;
  }
  stored = svpn_stored_settings_get (profile, &secrets, error);
  before
      = stored != NULL ? svpn_settings_validate (svpn_stored_settings_scope (profile), stored, error) : NULL;
  json = before != NULL ? smartvpn_settings_to_json (before) : NULL;
  file = json != NULL ? make_file (json, error) : NULL;
  if (file == NULL)
    return FALSE;
  ok = edit_file (profile, file, before, secrets, error);
  g_unlink (file);
  return ok;
}

/* ---- By assignments ---- */

static gboolean
check_keys (SvpnScope scope, const char *const *keys, GError **error)
{
  for (; *keys != NULL; keys++)
    if (svpn_assignments_find (scope, *keys, SVPN_SETTING_CALL_ONLY, error) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
svpn_run_profile_edit (SvpnInvocation *invocation, GError **error)
{
  const SvpnScope scope = svpn_invocation_scope (invocation);
  const char *const *unset = svpn_invocation_values (invocation, "unset");
  g_autoptr (GVariant) settings = svpn_invocation_collect_settings (invocation, scope, 1, error);
  SmartvpnProfile *profile;

  if (settings == NULL || !check_keys (scope, unset, error))
    return FALSE;
  profile = svpn_lookup_profile (invocation, error);
  if (profile == NULL)
    return FALSE;
  if (g_variant_n_children (settings) == 0 && *unset == NULL)
    return edit_all_settings (profile, error);
  return smartvpn_profile_update_sync (profile, settings, unset, NULL, error);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd as a service of this system. */
#include "installer.h"
#include "durable.h"
#include "error.h"
#include "i18n.h"
#include "owned-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define UNIT "smartvpnd.service"
#define WORKERS "smartvpn-worker@*.service"
#define SYSUSERS_FILE "smartvpn.conf"

static char *
in_root (const SvpnInstallation *installation, const char *path)
{
  return installation->root != NULL ? g_build_filename (installation->root, path, NULL) : g_strdup (path);
}

/* ---- Checks ---- */

static gboolean
check_systemd (const SvpnInstallation *installation, GError **error)
{
  SvpnPlatform platform;
  /* We assume that another system has systemd. */
  const char *name
      = installation->root != NULL && installation->platform == NULL ? "systemd" : installation->platform;

  if (!svpn_platform_find (name, &platform, error))
    return FALSE;
  if (platform == SVPN_PLATFORM_LAUNCHD)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
                 _ ("smartvpnd runs on Linux and cannot be installed for launchd; --print-service prints the "
                    "property list"));
  else if (installation->root == NULL && geteuid () != 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NOT_AUTHORIZED,
                 _ ("Only root can install a service; --root DIR writes below another directory"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_programs (const SvpnInstallation *installation, GError **error)
{
  const char *const programs[] = { installation->config.smartvpnd, installation->config.worker };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autofree char *path = in_root (installation, programs[i]);
    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) || installation->root != NULL)
      continue;
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 _ ("There is no program %s; build and install it first"), path);
    return FALSE;
  }
  return TRUE;
}

/* ---- Steps ---- */

/* Runs @command, words with single blanks in between. For another root it gets --root=, or (@live) is not run. */
static gboolean
run_command (const SvpnInstallation *installation, gboolean live, const char *command, GError **error)
{
  g_auto (GStrv) words = g_strsplit (command, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *root
      = installation->root != NULL ? g_strconcat ("--root=", installation->root, NULL) : NULL;

  if (live && root != NULL)
    return TRUE;
  g_strv_builder_add (builder, words[0]);
  if (root != NULL)
    g_strv_builder_add (builder, root);
  g_strv_builder_addv (builder, (const char **) words + 1);
  g_auto (GStrv) argv = g_strv_builder_end (builder);
  g_autofree char *line = g_strjoinv (" ", argv);
  int status;

  if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, error)
      || !g_spawn_check_wait_status (status, error)) {
    g_prefix_error (error, "%s: ", line);
    return FALSE;
  }
  g_print (_ ("Ran %s\n"), line);
  return TRUE;
}

/* Whether a package has installed what @file is for. */
static gboolean
is_packaged (const SvpnInstallation *installation, const SvpnServiceFile *file, const char *text)
{
  g_autofree char *path = file->packaged != NULL ? in_root (installation, file->packaged) : NULL;
  g_autofree char *content = NULL;

  if (path == NULL || !g_file_get_contents (path, &content, NULL, NULL)
      || (file->same_text && !g_str_equal (content, text)) || svpn_owned_file_is_ours (path))
    return FALSE;
  g_print (_ ("%s is installed, so %s is not needed\n"), path, file->path);
  return TRUE;
}

static gboolean
write_file (const SvpnInstallation *installation, const SvpnServiceFile *file, GError **error)
{
  g_autofree char *path = in_root (installation, file->path);
  g_autofree char *text = svpn_service_file_fill (file, SVPN_PLATFORM_SYSTEMD, &installation->config, error);

  if (text == NULL)
    return FALSE;
  if (is_packaged (installation, file, text))
    return TRUE;
  return svpn_owned_file_write (path, text, installation->force, error);
}

/* The unit does not start without it, and systemd makes it only below /etc. */
static gboolean
make_config_dir (const SvpnInstallation *installation, GError **error)
{
  g_autofree char *path = in_root (installation, installation->config.config_dir);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!svpn_durable_make_folder (path, 0755, error))
    return FALSE;
  g_print (_ ("Made %s\n"), path);
  return TRUE;
}

gboolean
svpn_installer_install (const SvpnInstallation *installation, GError **error)
{
  if (!check_systemd (installation, error) || !check_programs (installation, error))
    return FALSE;
  for (const SvpnServiceFile *file = svpn_systemd_files; file->path != NULL; file++)
    if (!write_file (installation, file, error))
      return FALSE;
  if (!make_config_dir (installation, error)
      || !run_command (installation, FALSE, "systemd-sysusers " SYSUSERS_FILE, error)
      || !run_command (installation, TRUE, "systemctl daemon-reload", error)
      || !run_command (installation, FALSE, "systemctl enable " UNIT, error))
    return FALSE;
  if (installation->root == NULL)
    g_print (_ ("smartvpnd runs from the next boot on; now: systemctl start smartvpnd\n"));
  return TRUE;
}

/* A failure does not keep the other steps: the unit may be absent, or unknown to systemd. */
static void
run_if_possible (const SvpnInstallation *installation, gboolean live, const char *command)
{
  g_autoptr (GError) error = NULL;

  if (!run_command (installation, live, command, &error))
    g_print (_ ("Failed (ignored): %s\n"), error->message);
}

/* Only if it is empty: profiles and keys are not ours to delete. */
static void
remove_config_dir (const SvpnInstallation *installation)
{
  g_autofree char *path = in_root (installation, installation->config.config_dir);

  if (g_rmdir (path) == 0)
    g_print (_ ("Removed %s\n"), path);
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    g_print (_ ("%s stays: it holds profiles and keys\n"), path);
}

/* Workers end first, while smartvpnd runs and undoes their networks. */
gboolean
svpn_installer_uninstall (const SvpnInstallation *installation, GError **error)
{
  if (!check_systemd (installation, error))
    return FALSE;
  run_if_possible (installation, TRUE, "systemctl stop " WORKERS);
  run_if_possible (installation, TRUE, "systemctl stop " UNIT);
  run_if_possible (installation, FALSE, "systemctl disable " UNIT);
  for (const SvpnServiceFile *file = svpn_systemd_files; file->path != NULL; file++) {
    g_autofree char *path = in_root (installation, file->path);
    gboolean packaged = g_strcmp0 (file->packaged, file->path) == 0 && !svpn_owned_file_is_ours (path);
    if (!packaged && !svpn_owned_file_remove (path, installation->force, error))
      return FALSE;
  }
  run_if_possible (installation, TRUE, "systemctl daemon-reload");
  remove_config_dir (installation);
  g_print (_ ("The user %s stays, since it may own files\n"), installation->config.worker_user);
  return TRUE;
}

gboolean
svpn_installer_print (const SvpnInstallation *installation, GError **error)
{
  SvpnPlatform platform;

  if (!svpn_platform_find (installation->platform, &platform, error))
    return FALSE;
  const SvpnServiceFile *file = platform == SVPN_PLATFORM_SYSTEMD ? svpn_systemd_files : svpn_launchd_files;
  g_autofree char *text = svpn_service_file_fill (file, platform, &installation->config, error);
  if (text == NULL)
    return FALSE;
  g_print ("%s", text);
  return TRUE;
}

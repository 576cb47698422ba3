/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where this smartvpnd runs: its directories, its bus, and how it starts workers. */
#include "environment.h"
#include "error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

SvpnEnvironment *
svpn_environment_new (void)
{
  SvpnEnvironment *environment = g_new0 (SvpnEnvironment, 1);

  environment->lock_fd = -1;
  return environment;
}

static gboolean
find_worker_user (SvpnEnvironment *environment, const char *wanted, GError **error)
{
  const char *name = wanted != NULL ? wanted : SVPN_WORKER_USER;

  environment->worker_uid = geteuid ();
  environment->worker_gid = getegid ();
  if (geteuid () != 0 || *name == '\0')
    return TRUE;
  struct passwd *user = getpwnam (name);
  if (user == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "There is no user '%s' for the workers to run as; create it, or name another one with "
                 "--worker-user",
                 name);
    return FALSE;
  }
  environment->worker_user = g_strdup (name);
  environment->worker_uid = user->pw_uid;
  environment->worker_gid = user->pw_gid;
  return TRUE;
}

static gboolean
make_directory (const char *path, mode_t mode, GError **error)
{
  struct stat st;

  if (g_mkdir_with_parents (path, mode) < 0 || g_lstat (path, &st) < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot make %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (!S_ISDIR (st.st_mode) || st.st_uid != geteuid () || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "%s must be a directory that only its owner, user %u, can write to", path,
                 (unsigned int) geteuid ());
    return FALSE;
  }
  return TRUE;
}

gboolean
svpn_environment_prepare (SvpnEnvironment *environment, const char *worker_user, GError **error)
{
  g_free (environment->state_dir);
  environment->state_dir = g_build_filename (environment->runtime_dir, "daemon", NULL);
  if (!find_worker_user (environment, worker_user, error)
      || !make_directory (environment->runtime_dir, 0755, error)
      || !make_directory (environment->state_dir, 0700, error))
    return FALSE;

  environment->lock_fd = open (environment->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (environment->lock_fd < 0 || flock (environment->lock_fd, LOCK_EX | LOCK_NB) < 0) {
    const char *reason = errno == EWOULDBLOCK ? "another smartvpnd uses it" : g_strerror (errno);
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot use %s: %s", environment->runtime_dir, reason);
    return FALSE;
  }
  return TRUE;
}

void
svpn_environment_free (SvpnEnvironment *environment)
{
  g_free (environment->config_dir);
  g_free (environment->runtime_dir);
  g_free (environment->state_dir);
  g_free (environment->worker_program);
  g_free (environment->worker_user);
  g_clear_object (&environment->bus);
  if (environment->lock_fd >= 0)
    close (environment->lock_fd);
  g_free (environment);
}

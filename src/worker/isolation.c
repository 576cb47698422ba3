/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Gives up all privileges that parsing network bytes does not need.
 *
 * How it works: under systemd the unit has done most of this already, and it is repeated here to no effect. Spawned by
 * a smartvpnd that is root, the capability bounding set is emptied first (that needs CAP_SETPCAP), then the user is
 * changed, which clears the permitted and effective sets; no-new-privs makes sure that no exec brings anything back.
 * Then Landlock, where the kernel has it: the worker executes nothing and makes no file, and it can neither trace a
 * process outside of its own domain, which is every other one, nor read or write its memory through /proc.
 * Last comes the filter of system calls, which forbids much of what was needed to come so far. */
#include "isolation.h"
#include "error.h"
#ifdef HAVE_SECCOMP
#include "syscall-filter.h"
#endif

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static gboolean
isolation_error (GError **error, const char *what)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "isolation: %s: %s", what, g_strerror (errno));
  return FALSE;
}

static void
empty_bounding_set (void)
{
  for (int capability = 0; prctl (PR_CAPBSET_READ, capability) >= 0; capability++)
    prctl (PR_CAPBSET_DROP, capability);
}

static gboolean
become (const char *user, GError **error)
{
  const struct passwd *entry = getpwnam (user);

  if (entry == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "isolation: the user '%s' does not exist", user);
    return FALSE;
  }
  if (setgroups (0, NULL) < 0)
    return isolation_error (error, "setgroups");
  if (setresgid (entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0)
    return isolation_error (error, "setresgid");
  if (setresuid (entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0)
    return isolation_error (error, "setresuid");
  return TRUE;
}

static gboolean
drop_capabilities (GError **error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 }, ours[_LINUX_CAPABILITY_U32S_3];

  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (syscall (SYS_capget, &header, ours) == 0 && memcmp (ours, none, sizeof none) == 0)
    return TRUE; /* the unit lets nobody call capset() */
  return syscall (SYS_capset, &header, none) == 0 || isolation_error (error, "capset");
}

/* Kernels without Landlock go without. */
static void
restrict_files (void)
{
  struct landlock_ruleset_attr rules
      = { LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR
          | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO
          | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM };
  int fd = (int) syscall (SYS_landlock_create_ruleset, &rules, sizeof rules, 0);

  if (fd < 0)
    return;
  if (syscall (SYS_landlock_restrict_self, fd, 0) < 0)
    g_warning ("isolation: Landlock: %s", g_strerror (errno));
  close (fd);
}

gboolean
svpn_isolate (const char *user, GError **error)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit (RLIMIT_NOFILE, &files); /* one fd a session */
  }
  empty_bounding_set ();
  if (user != NULL && !become (user, error))
    return FALSE;
  if (!drop_capabilities (error))
    return FALSE;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return isolation_error (error, "no-new-privs");
  restrict_files ();
#ifdef HAVE_SECCOMP
  svpn_filter_syscalls ();
#endif
  return TRUE;
}

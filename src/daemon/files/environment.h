/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where this smartvpnd runs: its directories, its bus, and how its workers are started. Filled once at start-up. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

typedef struct {
  char *config_dir;
  char *runtime_dir;
  char *record_dir; /* RUNTIME-DIR/daemon, which only we can enter: records of tunnels and networks */
  char *worker_program;
  char *worker_user; /* NULL: workers run as we do */
  uid_t worker_uid;
  gid_t worker_gid;
  gboolean systemd; /* workers are units of systemd, else they are spawned */
  gboolean polkit;  /* decides who may do what */
  GDBusConnection *bus;
  int lock_fd;
} SvpnEnvironment;

SvpnEnvironment *svpn_environment_new (void);

/* Looks up the user, makes the runtime directories and takes the lock on them, so that no other smartvpnd touches our
 * workers. @worker_user: NULL for the built-in default. */
gboolean svpn_environment_prepare (SvpnEnvironment *environment, const char *worker_user, GError **error);

void svpn_environment_free (SvpnEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnEnvironment, svpn_environment_free)

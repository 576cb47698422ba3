/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where this smartvpnd runs: its directories, its bus, and how it starts workers. Filled once, at start-up. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

typedef struct {
  char *config_dir;
  char *runtime_dir;
  char *state_dir; /* RUNTIME-DIR/daemon, closed to others: what a later smartvpnd needs to know */
  char *worker_program;
  char *worker_user; /* NULL: workers run as our own user */
  uid_t worker_uid;
  gid_t worker_gid;
  gboolean systemd; /* workers are units of systemd; otherwise we spawn them */
  gboolean polkit;  /* polkit decides who may do what */
  GDBusConnection *bus;
  int lock_fd;
} SvpnEnvironment;

SvpnEnvironment *svpn_environment_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Looks up the workers' user, makes the directories below runtime_dir (set before) and locks them, so that no other
 * smartvpnd takes our workers over. @worker_user: NULL for the built-in default, "" for our own. Errors: Failed. */
gboolean svpn_environment_prepare (SvpnEnvironment *environment, const char *worker_user,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

void svpn_environment_free (SvpnEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnEnvironment, svpn_environment_free)

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For tests that change the network: a namespace of their own, with devices and packets in it. */
#pragma once

#include "warnings.h"

#include <gio/gio.h>

/* Ends the program with a clear message where it is not root. Calls warnings_test_init(). */
void netns_test_init (int *argc, char ***argv);

/* Enters a fresh network namespace (the one before ends with its last process) and sets lo up. */
void netns_enter (void);

/* Runs @command (printf style) in a shell, which must succeed, and returns what it printed. */
char *netns_run (const char *command, ...) G_GNUC_PRINTF (1, 2);
void netns_do (const char *command, ...) G_GNUC_PRINTF (1, 2);

/* All of the network that we might change, as text. */
char *netns_snapshot (void);

/* A TUN device of this name, up; packets that leave by it can be read from the fd. */
int netns_open_tun (const char *name);

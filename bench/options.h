/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What both load generators are told about the server. */
#pragma once

#include "tunnel.h"

typedef struct {
  char *address, *host, *path, *server_key;
  int port, sources, duration_s, server_pid;
  gboolean plain;
} Options;

extern Options options;

/* Parses @entries and the options of the server; ends the program if that fails. Raises the limit of descriptors. */
void options_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *summary);

/* Ends the program if the key is wrong; with @needs_key also if there is none. */
void options_target (TunnelTarget *target, gboolean needs_key);

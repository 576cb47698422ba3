/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The list of commands that --help prints. */
#pragma once

#include "command.h"

#include <stdio.h>

/* Whether the first word of @command is @group, and a second one follows. */
gboolean svpn_help_is_in_group (const SvpnCommand *command, const char *group);

/* Whether @word is the first of a command of two words. */
gboolean svpn_help_is_group (const char *word);

/* Prints all commands, or those whose first word is @group. */
void svpn_help_print (FILE *stream, const char *group);

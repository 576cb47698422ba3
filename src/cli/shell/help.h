/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The list of commands that --help prints. */
#pragma once

#include <glib.h>
#include <stdio.h>

/* Whether @word is the first of a command of two words. */
gboolean svpn_help_is_group (const char *word);

/* Prints all commands, or those whose first word is @group. */
void svpn_help_print (FILE *stream, const char *group);

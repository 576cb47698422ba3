/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The table of all commands. */
#pragma once

#include "command.h"

/* All commands, ended by one without a name. */
extern const SvpnCommand svpn_commands[];

/* The command that the first of @words name, and how many of them do; NULL if there is none. */
const SvpnCommand *svpn_command_find (const char *const *words, guint *n_words);

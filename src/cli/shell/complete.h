/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Candidates for the completion of shells. */
#pragma once

#include <glib.h>

/* The candidates for the last of @words, which follow the name of the program: lines of a candidate, a tab, and what it is.
 * The one line ":file" stands for file names. */
char *svpn_complete (const char *const *words);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Candidates for the completion in shells. */
#pragma once

#include <glib.h>

/* The candidates for the last of @words, which follow the name of the program. Each line has a candidate, a tab and a
 * description; the line ":file" stands for file names. */
char *svpn_complete (const char *const *words) G_GNUC_WARN_UNUSED_RESULT;

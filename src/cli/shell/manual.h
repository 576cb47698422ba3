/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The manual page, with the parts that come from the tables. */
#pragma once

/* Prints @file, with the commands and the exit statuses in place of the lines @COMMANDS@ and @EXIT_STATUS@. Returns the
 * exit status. */
int svpn_manual_print (const char *file);

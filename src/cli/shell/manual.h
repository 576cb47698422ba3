/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The parts of the manual page that the tables know. */
#pragma once

/* Prints @file, with the commands and the exit statuses put in where it has lines of @COMMANDS@ and @EXIT_STATUS@. */
int svpn_manual_print (const char *file);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The program. */
#pragma once

/* Runs the command line and returns the exit status. */
int svpn_cli_run (int argc, char **argv);

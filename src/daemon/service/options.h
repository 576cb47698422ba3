/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The command line of smartvpnd. */
#pragma once

#include "environment.h"

/* Reads the command line, connects to the bus and prepares the rest of the environment. NULL with *@exit_status set
 * when there is nothing left to do; what was wrong has been said. */
SvpnEnvironment *svpn_options_parse (int argc, char **argv, int *exit_status);

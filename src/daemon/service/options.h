/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The command line of smartvpnd. */
#pragma once

#include "environment.h"

/* Reads the command line, connects to the bus and prepares the environment. NULL if there is nothing to serve: an option was
 * carried out, or an error printed; then *@exit_status says which. */
SvpnEnvironment *svpn_options_parse (int argc, char **argv, int *exit_status) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A connection as rows of a table. */
#pragma once

#include "smartvpn.h"
#include "table.h"

/* Adds what the server has assigned, a row each. */
void svpn_add_connection (SvpnTable *table, SmartvpnConnection *connection);

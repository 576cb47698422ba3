/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the server has assigned to a client, as rows of a table. */
#pragma once

#include "smartvpn.h"
#include "table.h"

void svpn_add_connection (SvpnTable *table, SmartvpnConnection *connection);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients and servers, one a row. */
#pragma once

#include "print.h"
#include "smartvpn.h"

/* Print lists of SmartvpnClient, and of SmartvpnServer, as tables. */
void svpn_print_clients (GListModel *clients);
void svpn_print_servers (GListModel *servers);

/* Adds a JSON object for each profile of a list. */
void svpn_add_summaries (JsonArray *array, GListModel *profiles);

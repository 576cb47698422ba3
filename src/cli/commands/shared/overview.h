/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients and servers, one a row. */
#pragma once

#include "print.h"
#include "smartvpn.h"

/* The words for states and for a health as smartvpnd has sent them, which may be those of a later version. */
const char *svpn_client_state_word (SmartvpnClient *client);
const char *svpn_client_health_word (SmartvpnClient *client);
const char *svpn_server_state_word (SmartvpnServer *server);

/* The word for a @state that a signal of @client has told. */
const char *svpn_client_new_state_word (SmartvpnClient *client, SmartvpnClientState state);

/* Print lists of SmartvpnClient, and of SmartvpnServer, as tables. */
void svpn_print_clients (GListModel *clients);
void svpn_print_servers (GListModel *servers);

/* Adds a JSON object for each profile of a list. */
void svpn_add_summaries (JsonArray *array, GListModel *profiles);

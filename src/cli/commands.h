/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the commands do, and what they have in common. */
#pragma once

#include "command.h"
#include "output.h"

typedef gboolean SvpnRun (SvpnInvocation *invocation, GError **error);

SvpnRun svpn_run_connect, svpn_run_disconnect;           /* connect.c */
SvpnRun svpn_run_lockdown;                               /* lockdown.c */
SvpnRun svpn_run_status, svpn_run_quality, svpn_run_mtu; /* status.c */
SvpnRun svpn_run_monitor;                                /* monitor.c */
SvpnRun svpn_run_profile_list, svpn_run_profile_add, svpn_run_profile_show, svpn_run_profile_remove,
    svpn_run_profile_export, svpn_run_profile_import; /* profile.c */
SvpnRun svpn_run_profile_edit;                        /* profile-edit.c */
SvpnRun svpn_run_server_start, svpn_run_server_stop, svpn_run_server_status,
    svpn_run_server_reload;                                                      /* server.c */
SvpnRun svpn_run_server_clients, svpn_run_server_limit, svpn_run_server_kick;    /* sessions.c */
SvpnRun svpn_run_server_keys, svpn_run_server_authorize, svpn_run_server_revoke; /* authorize.c */
SvpnRun svpn_run_invite;                                                         /* invite.c */
SvpnRun svpn_run_genkey, svpn_run_pubkey;                                        /* keys.c */

void svpn_add_connection (SvpnTable *table, SmartvpnConnection *connection);
void svpn_print_clients (GListModel *clients);
void svpn_print_servers (GListModel *servers);
void svpn_add_summaries (JsonArray *array, GListModel *profiles);

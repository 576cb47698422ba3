/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The functions that run the commands. */
#pragma once

#include "invocation.h"

typedef gboolean SvpnRun (SvpnInvocation *invocation, GError **error);

SvpnRun svpn_run_connect, svpn_run_disconnect, svpn_run_reconnect; /* connect.c */
SvpnRun svpn_run_lockdown;                                         /* set-lockdown.c */
SvpnRun svpn_run_check;                                            /* check.c */
SvpnRun svpn_run_status;                                           /* status.c */
SvpnRun svpn_run_quality, svpn_run_mtu;                            /* line.c */
SvpnRun svpn_run_monitor;                                          /* monitor.c */
SvpnRun svpn_run_profile_list, svpn_run_profile_add, svpn_run_profile_show, svpn_run_profile_remove,
    svpn_run_profile_rename;                              /* profile.c */
SvpnRun svpn_run_profile_export, svpn_run_profile_import; /* profile-import.c */
SvpnRun svpn_run_profile_edit;                            /* profile-edit.c */
SvpnRun svpn_run_server_start, svpn_run_server_stop, svpn_run_server_status,
    svpn_run_server_reload;                                                      /* server-run.c */
SvpnRun svpn_run_server_clients, svpn_run_server_limit, svpn_run_server_kick;    /* server-sessions.c */
SvpnRun svpn_run_server_keys, svpn_run_server_authorize, svpn_run_server_revoke; /* server-authorize.c */
SvpnRun svpn_run_invite;                                                         /* invite.c */
SvpnRun svpn_run_genkey, svpn_run_pubkey;                                        /* genkey.c */

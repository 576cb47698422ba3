/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients and servers that a command is about. All that is returned belongs to the invocation's manager. */
#pragma once

#include "invocation-settings.h"

/* The invocation's only manager; NULL with an error if smartvpnd neither runs nor can be started. */
SmartvpnManager *svpn_lookup_manager (SvpnInvocation *invocation, GError **error);

/* The clients or the servers. */
GListModel *svpn_lookup_list (SmartvpnManager *manager, SvpnScope scope);

/* The client or server of a name (NULL: "default"); NULL with an error that lists the names if none has this name. */
SmartvpnClient *svpn_lookup_client (SvpnInvocation *invocation, const char *name, GError **error);
SmartvpnServer *svpn_lookup_server (SvpnInvocation *invocation, const char *name, GError **error);

/* The server that the first argument names, and the one that the option --server names. */
SmartvpnServer *svpn_lookup_argument_server (SvpnInvocation *invocation, GError **error);
SmartvpnServer *svpn_lookup_option_server (SvpnInvocation *invocation, GError **error);

/* The profile that the first argument names: a client's, or with the flag --server a server's. */
SmartvpnProfile *svpn_lookup_profile (SvpnInvocation *invocation, GError **error);

/* The profile of @name; NULL if there is none. */
SmartvpnProfile *svpn_lookup_find (SmartvpnManager *manager, SvpnScope scope, const char *name);

/* The client that the first argument names; without it the only client that is in use, else "default". */
SmartvpnClient *svpn_lookup_client_in_use (SvpnInvocation *invocation, GError **error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way to smartvpnd, its clients and servers. */
#pragma once

#include "command.h"

/* The manager; it belongs to the invocation. */
SmartvpnManager *svpn_service_manager (SvpnInvocation *invocation, GError **error);

/* The client or server of a name, NULL: "default". They belong to the manager. */
SmartvpnClient *svpn_service_client (SvpnInvocation *invocation, const char *name, GError **error);
SmartvpnServer *svpn_service_server (SvpnInvocation *invocation, const char *name, GError **error);

/* The same for one or the other. */
SmartvpnProfile *svpn_service_profile (SvpnInvocation *invocation, gboolean is_server, const char *name,
                                       GError **error);

/* The client that a command without a name is about: the only one that is in use, else "default". */
SmartvpnClient *svpn_service_client_in_use (SvpnInvocation *invocation, const char *name, GError **error);

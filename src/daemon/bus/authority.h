/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who may do what. On the system bus polkit decides; on any other, root and our own user may do everything, and nobody
 * else anything. Root always may, polkit or not. */
#pragma once

#include "environment.h"

#define SVPN_ACTION_CONNECT "org.smartvpn.connect"
#define SVPN_ACTION_MANAGE_PROFILES "org.smartvpn.manage-profiles"
#define SVPN_ACTION_VIEW_CLIENTS "org.smartvpn.view-clients"
#define SVPN_ACTION_RUN_SERVER "org.smartvpn.run-server"

/* Whether the sender of @invocation may do @action, of which the call of @member is one. It may be asked to authenticate
 * if its message allows that. A sender that leaves the bus in the meantime may not. @invocation has to live until then.
 * Errors: NotAuthorized, saying why and what to do. */
void svpn_authority_check_async (const SvpnEnvironment *environment, GDBusMethodInvocation *invocation,
                                 const char *member, const char *action, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean svpn_authority_check_finish (GAsyncResult *result, GError **error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whether the caller of a method may call it. On the system bus polkit decides; on any other bus root and our own user may
 * do everything, and nobody else anything. Root always may. */
#pragma once

#include "environment.h"

#define SVPN_ACTION_CONNECT "org.smartvpn.connect"
#define SVPN_ACTION_MANAGE_PROFILES "org.smartvpn.manage-profiles"
#define SVPN_ACTION_VIEW_CLIENTS "org.smartvpn.view-clients"
#define SVPN_ACTION_RUN_SERVER "org.smartvpn.run-server"

/* Whether the sender of @invocation may do @action by calling @member. polkit may ask the user to authenticate if the message
 * allows that. A sender that leaves the bus meanwhile may not. @invocation must live until the answer. Errors: NotAuthorized,
 * AuthorizationDismissed, InteractionRequired, saying why and what to do. */
void svpn_caller_check_async (const SvpnEnvironment *environment, GDBusMethodInvocation *invocation,
                              const char *member, const char *action, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean svpn_caller_check_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether user @uid may do everything, whatever polkit says: root, and on a bus where polkit does not decide, our own user. */
gboolean svpn_caller_is_trusted (const SvpnEnvironment *environment, guint32 uid);

/* The user of the sender of @invocation, as the bus has it. Errors: NotAuthorized (the sender has left the bus). */
void svpn_caller_user_async (GDBusConnection *bus, GDBusMethodInvocation *invocation,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_caller_user_finish (GDBusConnection *bus, GAsyncResult *result, guint32 *uid,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * D-Bus methods that clients and servers have in common. Each that has an invocation answers it, now or later. */
#pragma once

#include "store.h"
#include "tunnel.h"

/* The settings of profile @name with @options (NULL: none) over them: canonical, full reference. */
GVariant *svpn_call_settings (SvpnStore *store, SvpnScope scope, const char *name, GVariant *options,
                              GError **error);

/* GetSettings(). */
void svpn_call_get_settings (SvpnStore *store, SvpnScope scope, const char *name,
                             GDBusMethodInvocation *invocation);

/* Update(), which the caller is to answer. */
gboolean svpn_call_update (SvpnStore *store, SvpnScope scope, const char *name, GVariant *changes,
                           const char *const *unset, GError **error);

/* Connect(), Start(). Answers when the tunnel is up, with what ops->describe() says; without "wait", if it can start at
 * all, at once. If the caller leaves the bus while it waits, the start is cancelled. */
void svpn_call_start (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, GVariant *options);

/* Disconnect(), Stop(). */
void svpn_call_stop (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);

void svpn_call_get_status (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);
void svpn_call_get_statistics (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);

/* Answers what the worker's @method answers to @arguments (floating is taken), its one result as a checked @reply. */
void svpn_call_forward (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, const char *method,
                        GVariant *arguments, SvpnReply reply);

/* The worker to call on; NULL, and the answer is the error, if the tunnel is not up. */
SvpnDbusWorker *svpn_call_worker (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);

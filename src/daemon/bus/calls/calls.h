/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * D-Bus methods that clients and servers have in common. A function that takes an invocation answers it, now or later. */
#pragma once

#include "store.h"
#include "tunnel.h"

/* The profile @name with @options (not checked yet; NULL: none) over it: canonical, with secrets, full reference. */
GVariant *svpn_call_effective_settings (SvpnStore *store, SvpnScope scope, const char *name,
                                        GVariant *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The details of StateChanged(): "message" unless that is "". Floating. */
GVariant *svpn_call_details (const char *message) G_GNUC_WARN_UNUSED_RESULT;

/* Puts the parts of @text (reason.h) in: "reason" and "message". */
void svpn_call_add_reason (GVariantDict *dict, const char *text, SvpnReason otherwise);

/* GetSettings(). */
void svpn_call_get_settings (SvpnStore *store, SvpnScope scope, const char *name,
                             GDBusMethodInvocation *invocation);

/* The property Title of a profile (NULL: it cannot be read); it belongs to @profile. */
const char *svpn_call_get_title (SvpnScope scope, GVariant *profile);

/* Does the work of Update(); its caller answers. */
gboolean svpn_call_update (SvpnStore *store, SvpnScope scope, const char *name, GVariant *changes,
                           const char *const *unset, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Connect(), Start(). Answers when the tunnel is up, with what ops->describe() adds; with "wait" off, at once if it can
 * start. If the caller leaves the bus while it waits, the start is cancelled. */
void svpn_call_start (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, GVariant *options);

/* Disconnect(), Stop(). */
void svpn_call_stop (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);

void svpn_call_get_status (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);
void svpn_call_get_statistics (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation);

/* Whether @options (a{sv}) of a call that has none yet are empty; the error names the first. */
gboolean svpn_call_refuse_options (GVariant *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls @method of the worker with @arguments (floating is taken) and answers with its result, checked as @reply, and with a
 * number if there is one after it. */
void svpn_call_forward (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, const char *method,
                        GVariant *arguments, SvpnReply reply);

/* The worker's proxy; NULL if the tunnel is not up: then @invocation is answered, with the error. */
SvpnDbusWorker *svpn_call_worker (SvpnTunnel *tunnel,
                                  GDBusMethodInvocation *invocation) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings that a command was given, and whose they are. */
#pragma once

#include "invocation.h"
#include "settings.h"

/* Whose profiles a command with the flag --server is about: with it servers', without it clients'. */
SvpnScope svpn_invocation_scope (SvpnInvocation *invocation);

/* All settings that a command was given: KEY=VALUE among its arguments from @first on and those of --set, and the
 * contents of --private-key-file. An a{sv} (full reference), NULL if something is wrong. */
GVariant *svpn_invocation_collect_settings (SvpnInvocation *invocation, SvpnScope scope, guint first,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

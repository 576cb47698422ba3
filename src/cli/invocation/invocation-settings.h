/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings on a command line, and whether they are a client's or a server's. */
#pragma once

#include "invocation.h"
#include "settings.h"

/* The scope of a command with the flag --server: servers with the flag, clients without it. */
SvpnScope svpn_invocation_scope (SvpnInvocation *invocation);

/* All settings on a command line: KEY=VALUE in the arguments from @first on and in --set, and the key in
 * --private-key-file. An a{sv} (full reference), NULL on errors. */
GVariant *svpn_invocation_collect_settings (SvpnInvocation *invocation, SvpnScope scope, guint first,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

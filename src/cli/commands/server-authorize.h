/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Authorizing clients. */
#pragma once

#include "invocation.h"

/* Authorizes a client, with the options --ipv4, --ipv6, --limit, --burst and --expires. */
gboolean svpn_authorize (SvpnInvocation *invocation, SmartvpnServer *server, const char *name,
                         const char *public_key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

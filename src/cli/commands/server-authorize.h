/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whom a server lets in. */
#pragma once

#include "invocation.h"

/* Authorizes a client as the options --ipv4, --ipv6, --limit, --burst and --expires say. */
gboolean svpn_authorize (SvpnInvocation *invocation, SmartvpnServer *server, const char *name,
                         const char *public_key, GError **error);

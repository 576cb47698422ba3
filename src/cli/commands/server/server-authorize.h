/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Authorizing clients. */
#pragma once

#include "invocation.h"

#define SVPN_NONE "none" /* on a command line: no limit, address or expiry */
#define SVPN_AUTHORIZED_RATE "rate-limit-bytes-per-s"

/* A client to authorize, or to change if @public_key is NULL, with the options --ipv4, --ipv6, --limit, --burst and --expires (full reference). */
SmartvpnAuthorizedClient *svpn_authorized_client_of (SvpnInvocation *invocation, const char *name,
                                                     const char *public_key,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

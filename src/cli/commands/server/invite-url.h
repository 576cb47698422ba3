/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server in an invitation. */
#pragma once

#include "invocation.h"

/* Whether invite sets the client's setting @key itself. */
gboolean svpn_invite_sets (const char *key);

/* The URL by which clients reach a server with these @settings: of the options --url or --host, else the server's public-url,
 * else made of its certificate and of the first address that it listens on. NULL with an error that says what to give. */
char *svpn_invite_url (SvpnInvocation *invocation, SmartvpnServer *server, GVariant *settings,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

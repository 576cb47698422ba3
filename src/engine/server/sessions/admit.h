/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a connection becomes a session: the server's side of the handshake. Private to this room. */
#pragma once

#include "sessions.h"

/* Answers message 1: opens the session (TRUE), or refuses it and ends it. */
gboolean svpn_admit (SvpnSession *session, const uint8_t *payload, size_t size) G_GNUC_WARN_UNUSED_RESULT;

/* Whether message 2 has room for everything that the settings have clients told. */
gboolean svpn_admit_config_fits (const SvpnServerConfig *config) G_GNUC_WARN_UNUSED_RESULT;

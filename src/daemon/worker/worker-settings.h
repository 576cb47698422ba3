/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as StartClient() and StartServer() take them: those that a worker has to know, defaults filled in. */
#pragma once

#include "settings.h"

/* Adds the values of @keys (NULL-terminated); a key without value and default is left out. */
void svpn_worker_settings_add (GVariantDict *dict, SvpnScope scope, GVariant *settings,
                               const char *const *keys);

/* Adds what both ends set for themselves about a session: keepalives and QoS. */
void svpn_worker_settings_add_session (GVariantDict *dict, SvpnScope scope, GVariant *settings);

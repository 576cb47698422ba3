/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as StartClient() and StartServer() of a worker take them: those that a worker needs, with defaults filled in. */
#pragma once

#include "settings.h"

/* Adds the values of @keys (NULL-terminated); a key without value and default is left out. */
void svpn_worker_settings_add (GVariantDict *dict, SvpnScope scope, GVariant *settings,
                               const char *const *keys);

/* Adds those of a server that Reconfigure() takes. */
void svpn_worker_settings_add_changeable (GVariantDict *dict, GVariant *settings);

/* Adds the settings that client and server have in common: keepalives and QoS. */
void svpn_worker_settings_add_session (GVariantDict *dict, SvpnScope scope, GVariant *settings);

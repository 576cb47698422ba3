/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * When a client's profile closes the lockdown, and when it opens it. */
#pragma once

#include "client-object-private.h"

/* At the beginning of an attempt to connect with @settings. */
gboolean svpn_client_lockdown_begin (SvpnClientObject *self, GVariant *settings, GError **error);

/* When the profile was read: `always` is closed whatever happens. NULL: it cannot be read, and nothing changes. */
void svpn_client_lockdown_follow (SvpnClientObject *self, GVariant *profile);

/* When the setting was changed by a call: counts at once, also for a connection. */
void svpn_client_lockdown_set (SvpnClientObject *self, GVariant *profile);

/* When the user has disconnected. TRUE: it was closed. */
gboolean svpn_client_lockdown_end (SvpnClientObject *self);

/* Closes that of all profiles that want it always, before there is a network. */
gboolean svpn_client_lockdown_boot (const SvpnEnvironment *environment, GError **error);

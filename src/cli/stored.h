/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The stored settings of a profile. */
#pragma once

#include "command.h"
#include "settings.h"

/* What is stored, in canonical types (full reference). */
GVariant *svpn_stored_get (SmartvpnProfile *profile, char ***secrets, GError **error);

/* Makes what is stored be @settings, and drops all else but the secrets in @keep. */
gboolean svpn_stored_replace (SmartvpnProfile *profile, GVariant *settings, const char *const *keep,
                              GError **error);

SvpnScope svpn_stored_scope (SmartvpnProfile *profile);

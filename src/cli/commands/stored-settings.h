/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The stored settings of a profile. */
#pragma once

#include "lookup.h"

SvpnScope svpn_stored_settings_scope (SmartvpnProfile *profile);

/* What is stored, in canonical types (full reference), and the keys of the @secrets that are (NULL: not asked for). */
GVariant *svpn_stored_settings_get (SmartvpnProfile *profile, char ***secrets,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores a new profile of @name, a server's if the command has the flag --server. */
gboolean svpn_stored_settings_add (SvpnInvocation *invocation, const char *name, GVariant *settings,
                                   GError **error);

/* Stores @settings in place of all that is stored but the secrets in @keep. */
gboolean svpn_stored_settings_replace (SmartvpnProfile *profile, GVariant *settings, const char *const *keep,
                                       GError **error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The stored settings of a profile. */
#pragma once

#include "lookup.h"

/* Whether the settings are a client's or a server's. */
SvpnScope svpn_stored_settings_scope (SmartvpnProfile *profile);

/* The stored settings in canonical types (full reference), and the keys of the stored secrets. @secrets may be NULL. */
GVariant *svpn_stored_settings_get (SmartvpnProfile *profile, char ***secrets,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores a new profile: a client's, or with the flag --server a server's. */
gboolean svpn_stored_settings_add (SvpnInvocation *invocation, const char *name, GVariant *settings,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces all stored settings by @settings, and removes all secrets that are not in @keep. */
gboolean svpn_stored_settings_replace (SmartvpnProfile *profile, GVariant *settings, const char *const *keep,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

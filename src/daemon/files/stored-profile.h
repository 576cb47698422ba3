/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile with all that is stored for it: settings, secrets, and the authorized clients of a server. */
#pragma once

#include "store.h"

/* svpn_store_save(), and notes the public key of the private key in the profile: so check_key() finds that it got lost. */
gboolean svpn_stored_profile_save (SvpnStore *store, SvpnScope scope, const char *name, GVariant *settings,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether loaded @settings have the private key whose public key was noted. Errors: Failed, with what to do. */
gboolean svpn_stored_profile_check_key (SvpnScope scope, const char *name, GVariant *settings,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Errors: as svpn_store_remove(). */
gboolean svpn_stored_profile_remove (SvpnStore *store, const char *config_dir, SvpnScope scope,
                                     const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both names are there until the new one is complete, so that a crash loses nothing. Errors: as svpn_store_copy(). */
gboolean svpn_stored_profile_rename (SvpnStore *store, const char *config_dir, SvpnScope scope,
                                     const char *name, const char *new_name,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

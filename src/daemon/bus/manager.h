/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Manager: the root of all objects, which makes and removes them. */
#pragma once

#include "environment.h"

typedef struct _SvpnManager SvpnManager;

/* Loads the profiles; warns of those that cannot be read. */
SvpnManager *svpn_manager_new (const SvpnEnvironment *environment) G_GNUC_WARN_UNUSED_RESULT;

/* Adopts the workers that an earlier smartvpnd has left running and clears away what is left of others, then exports all
 * objects and calls @ready. Once. */
void svpn_manager_export (SvpnManager *manager, void (*ready) (gpointer user_data, GError *error),
                          gpointer user_data);

/* Starts what is due at boot (boot.h). Once, when the bus name is ours. */
void svpn_manager_boot (SvpnManager *manager);

/* Takes everything off the bus; workers keep running. */
void svpn_manager_free (SvpnManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnManager, svpn_manager_free)

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Manager: the root of all objects, which makes and removes them. */
#pragma once

#include "environment.h"

typedef struct _SvpnManager SvpnManager;

/* Loads the profiles, with a warning for those that cannot be. */
SvpnManager *svpn_manager_new (const SvpnEnvironment *environment);

/* Finds the workers that an earlier smartvpnd has left running, clears away what is left of the others, puts
 * everything on the bus, and calls @ready. Once. */
void svpn_manager_export (SvpnManager *manager, void (*ready) (gpointer user_data, GError *error),
                          gpointer user_data);

/* Starts what is to be started when the machine has booted, if that was not done in this boot. Once, when the bus name is
 * ours. */
void svpn_manager_boot (SvpnManager *manager);

/* Takes everything off the bus; workers go on. */
void svpn_manager_free (SvpnManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnManager, svpn_manager_free)

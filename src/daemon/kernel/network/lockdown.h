/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Lockdown: nothing leaves the machine but through a tunnel. One nftables table for all profiles that want it; it stays
 * when smartvpnd ends, and is taken over by the next one. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnLockdown SvpnLockdown;

/* Of the tunnel @id. One that an earlier smartvpnd has closed is held again. */
SvpnLockdown *svpn_lockdown_new (const char *state_dir, const char *id);
void svpn_lockdown_free (SvpnLockdown *lockdown); /* opens nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnLockdown, svpn_lockdown_free)

/* From now on only tunnels, their workers (of @worker_uid), and what a network needs at the link (DHCP, neighbour
 * discovery) pass; with @local_networks also private networks at other links, as long as every closed profile has it so.
 * Errors: NotSupported if @worker_uid is root. */
gboolean svpn_lockdown_close (SvpnLockdown *lockdown, uid_t worker_uid, gboolean local_networks,
                              GError **error);

/* No error if it is open; it stays closed for others. */
void svpn_lockdown_open (SvpnLockdown *lockdown);

gboolean svpn_lockdown_is_closed (SvpnLockdown *lockdown);

/* Opens it for all. */
gboolean svpn_lockdown_open_all (const char *state_dir, GError **error);

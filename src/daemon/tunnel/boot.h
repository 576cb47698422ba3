/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which tunnels are due at boot, once in each boot. STATE-DIR/boot.json holds those that are still due, so that a restarted
 * smartvpnd goes on with them and starts no others. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnBoot SvpnBoot;

SvpnBoot *svpn_boot_new (const char *state_dir) G_GNUC_WARN_UNUSED_RESULT;
void svpn_boot_free (SvpnBoot *boot);

/* Whether tunnel @id may still be started in this boot; before svpn_boot_begin(), all may. */
gboolean svpn_boot_is_due (SvpnBoot *boot, const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* begin(): from now on only @ids are due; done(): @id is no longer due. Both write the file. */
void svpn_boot_begin (SvpnBoot *boot, GHashTable *ids);
void svpn_boot_done (SvpnBoot *boot, const char *id);

/* It is due again, until svpn_boot_done(): what started it has died. Before svpn_boot_begin() this does nothing. */
void svpn_boot_again (SvpnBoot *boot, const char *id);

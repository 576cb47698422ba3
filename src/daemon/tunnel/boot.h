/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is to be connected and started when the machine has booted, once a boot: the record of what is still to be done
 * (RECORD-DIR/boot.json) lets a restarted smartvpnd go on with that, and with nothing else. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnBoot SvpnBoot;

SvpnBoot *svpn_boot_new (const char *record_dir);
void svpn_boot_free (SvpnBoot *boot);

/* Whether worker @id is still to be started in this boot; at its beginning, all are. */
gboolean svpn_boot_is_due (SvpnBoot *boot, const char *id);

/* From now on these alone are due; this one is no more. Recorded. */
void svpn_boot_begin (SvpnBoot *boot, GHashTable *ids);
void svpn_boot_done (SvpnBoot *boot, const char *id);

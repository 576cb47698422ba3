/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What check looks at beside profiles: this machine. */
#pragma once

#include <glib.h>

typedef struct {
  const char *own_version, *service_version; /* of smartvpnctl and of smartvpnd */
  gboolean has_tun;                          /* /dev/net/tun */
  gboolean has_synchronised_clock;           /* the kernel says so (adjtimex(2)) */
  gint64 now_s, installed_s;                 /* Unix time: of the clock, and of the file of this program */
} SvpnMachine;

void svpn_machine_read (SvpnMachine *machine, const char *service_version);

/* What keeps tunnels from working on @machine: texts of the form "CODE: what is wrong, and what to do", as smartvpnd's. */
GPtrArray *svpn_machine_findings (const SvpnMachine *machine) G_GNUC_WARN_UNUSED_RESULT;

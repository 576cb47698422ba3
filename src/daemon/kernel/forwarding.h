/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Forwarding between a server's clients and other networks. */
#pragma once

#include <gio/gio.h>

/* Until svpn_sysctl_release() of @user. @restored: as svpn_sysctl_hold() has it. */
gboolean svpn_forwarding_hold (const char *record_dir, const char *user, gboolean ipv4, gboolean ipv6,
                               GPtrArray *restored, GError **error);

/* Whether it is us who switched it on. */
gboolean svpn_forwarding_is_ours (const char *record_dir, int family);

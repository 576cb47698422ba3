/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Forwarding between a server's clients and other networks. */
#pragma once

#include <gio/gio.h>

/* Turns forwarding on for tunnel @id, until svpn_sysctl_release(). @restored: as svpn_sysctl_hold() has it. Errors: Failed. */
gboolean svpn_forwarding_hold (const char *state_dir, const char *id, gboolean ipv4, gboolean ipv6,
                               GPtrArray *restored, GError **error);

/* Whether it is us who switched it on. */
gboolean svpn_forwarding_is_ours (const char *state_dir, int family);

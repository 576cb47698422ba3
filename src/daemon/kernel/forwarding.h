/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Forwarding between a server's clients and other networks. */
#pragma once

#include <gio/gio.h>

/* Until svpn_sysctl_release() of @user. */
gboolean svpn_forwarding_acquire (const char *record_dir, const char *user, gboolean ipv4, gboolean ipv6,
                                  GError **error);

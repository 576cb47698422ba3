/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Forwarding between a server's clients and other networks. */
#pragma once

#include <gio/gio.h>

/* Turns forwarding on for tunnel @id, until svpn_sysctl_release(). Errors: Failed. */
gboolean svpn_forwarding_acquire (const char *state_dir, const char *id, gboolean ipv4, gboolean ipv6,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

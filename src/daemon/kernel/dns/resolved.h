/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The DNS servers of a tunnel, set through systemd-resolved. The calls are asynchronous. Without systemd-resolved nothing
 * happens; if it refuses a call, there is a warning. */
#pragma once

#include <gio/gio.h>

#define SVPN_RESOLVED_NAME "org.freedesktop.resolve1"

/* @dns: NULL-terminated texts of addresses; others are left out with a warning. @domains: names that are asked of these
 * servers, and no others; empty: all. @everything: all names are asked of these servers alone (a default route goes
 * through the tunnel), else beside those of other links. */
void svpn_resolved_set_link (GDBusConnection *bus, guint ifindex, const char *const *dns,
                             const char *const *domains, gboolean everything);

/* Takes all of that back. */
void svpn_resolved_revert_link (GDBusConnection *bus, guint ifindex);

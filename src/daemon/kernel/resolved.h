/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The DNS servers of a tunnel, set through systemd-resolved. The calls are asynchronous. Without systemd-resolved nothing
 * happens; if it refuses a call, there is a warning. */
#pragma once

#include <gio/gio.h>

/* @dns: NULL-terminated addresses as text; anything else is left out with a warning. @everything: these servers alone
 * resolve all names (since a default route leads through the tunnel); otherwise other links' servers do, too. */
void svpn_resolved_set_link (GDBusConnection *bus, guint ifindex, const char *const *dns,
                             gboolean everything);

/* Takes all of that back. */
void svpn_resolved_revert_link (GDBusConnection *bus, guint ifindex);

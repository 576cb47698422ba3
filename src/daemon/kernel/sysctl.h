/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Kernel settings that tunnels share. The first user's change is remembered in a record, and the original value
 * comes back with the last user's release. A key is a path below /proc/sys: "net/ipv4/ip_forward". */
#pragma once

#include <gio/gio.h>

/* NULL: there is no such setting. */
char *svpn_sysctl_read (const char *key);

/* Sets @key for good. */
gboolean svpn_sysctl_write (const char *key, const char *value, GError **error);

/* Sets @key to @value until @user releases it, however often it is called. A value that is there already is not ours: it
 * is neither recorded nor ever restored. @restored: gets the name of the setting if somebody had changed it since. */
gboolean svpn_sysctl_hold (const char *record_dir, const char *user, const char *key, const char *value,
                           GPtrArray *restored, GError **error);

/* Whether @key has its value from us. */
gboolean svpn_sysctl_is_held (const char *record_dir, const char *key);

/* Releases all that @user holds but @kept (NULL-terminated; NULL: none), latest first. A value that somebody else has
 * changed since is left alone. */
void svpn_sysctl_release (const char *record_dir, const char *user, const char *const *kept);

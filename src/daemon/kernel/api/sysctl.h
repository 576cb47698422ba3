/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Kernel settings that tunnels share. The first tunnel that needs another value sets it, the last one that releases it
 * restores the original; STATE-DIR/sysctl says who holds what. A key is a path below /proc/sys: "net/ipv4/ip_forward". */
#pragma once

#include <gio/gio.h>

/* NULL: there is no such setting. */
char *svpn_sysctl_read (const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* Sets @key for good. Errors: Failed. */
gboolean svpn_sysctl_write (const char *key, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets @key to @value until tunnel @id releases it, however often it is called. If it has that value already, and not from
 * us, nothing is held and nothing will be restored. @restored gets the name of a setting that somebody has changed since;
 * NULL: nobody wants to know. Errors: Failed. */
gboolean svpn_sysctl_hold (const char *state_dir, const char *id, const char *key, const char *value,
                           GPtrArray *restored, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether some tunnel holds @key. */
gboolean svpn_sysctl_is_held (const char *state_dir, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* Releases all keys that tunnel @id holds, except @kept (NULL-terminated; NULL: none), the latest first. A value that
 * somebody else has set meanwhile stays. */
void svpn_sysctl_release (const char *state_dir, const char *id, const char *const *kept);

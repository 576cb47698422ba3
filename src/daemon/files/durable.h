/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Files that survive a crash: each call is on the disk, with the directory's entry, when it returns. Errors are
 * SVPN_ERROR_FAILED and name the file. */
#pragma once

#include <gio/gio.h>

/* The old text or the new one is there whenever the machine stops. */
gboolean svpn_durable_write (const char *path, const char *text, int mode, GError **error);
gboolean svpn_durable_rename (const char *from, const char *to, GError **error);
gboolean svpn_durable_keep (const char *path, const char *as,
                            GError **error);                     /* renames; @as must not be there */
gboolean svpn_durable_unlink (const char *path, GError **error); /* gone is enough */
gboolean svpn_durable_make_folder (const char *path, int mode, GError **error);

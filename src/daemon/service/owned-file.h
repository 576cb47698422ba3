/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that we write and the administrator may edit. The last line of each, a comment, holds the SHA-256 of all above
 * it. So we recognise an edited file, and overwrite or remove it only with @force. Each call prints what it does. */
#pragma once

#include <gio/gio.h>

/* Writes @text and the last line to @path and makes its folder. If @path was edited, it stays and the text goes to PATH.new;
 * with @force it is overwritten. */
gboolean svpn_owned_file_write (const char *path, const char *text, gboolean force, GError **error);

/* Whether we have written @path; it may have been edited since. */
gboolean svpn_owned_file_is_ours (const char *path);

/* Removes @path and PATH.new; what was edited only with @force. */
gboolean svpn_owned_file_remove (const char *path, gboolean force, GError **error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that we write where the administrator may edit them. Each ends with a line, a comment, that holds the
 * SHA-256 of all above it; so an edited file shows itself, and is never overwritten or removed unasked. Every call says
 * on standard output what it did. */
#pragma once

#include <gio/gio.h>

/* Writes @text and its last line to @path, making folders. An edited file is kept, and the new text goes to PATH.new;
 * with @force it is overwritten after saying so. FALSE only for what has failed. */
gboolean svpn_owned_file_write (const char *path, const char *text, gboolean force, GError **error);

/* Whether @path was written by us, edited since or not. */
gboolean svpn_owned_file_is_ours (const char *path);

/* Removes @path and PATH.new, but not (without @force) what was edited. */
gboolean svpn_owned_file_remove (const char *path, gboolean force, GError **error);

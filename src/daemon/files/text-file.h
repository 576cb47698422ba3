/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that others write, read with care: what stands in their place may be anything. */
#pragma once

#include <gio/gio.h>

/* The text of the regular file @path, to be freed with svpn_key_free(). NULL with a G_IO_ERROR (NOT_FOUND: nothing is
 * there) whose message is the reason alone. A FIFO does not block, and a device is not read. @secret: the file has to be
 * ours, for our eyes only, and no link. */
char *svpn_text_file_read (const char *path, gsize max_bytes, gboolean secret, GError **error);

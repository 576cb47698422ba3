/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that others write. Anything may stand in their place: a FIFO, a device, a link, a file without end. */
#pragma once

#include "secret-text.h"

#include <gio/gio.h>

/* How the reason begins for a file of another kind. */
#define SVPN_TEXT_FILE_NO_TEXT "it is not text"

/* The text of the regular file @path, which may hold at most @max_bytes, without a byte order mark. Never blocks on a FIFO, never reads a device.
 * @secret: the file must belong to our user, be closed to group and others, and not be a symbolic link.
 * NULL with a G_IO_ERROR whose message is the reason alone; G_IO_ERROR_NOT_FOUND if there is no such file. */
SvpnSecretText *svpn_text_file_read (const char *path, gsize max_bytes, gboolean secret,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

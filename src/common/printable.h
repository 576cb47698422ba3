/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Foreign text made fit for one line of a log or a terminal. */
#pragma once

#include <glib.h>

/* @text with a '?' for each character that is not printable (control characters, line breaks, changes of the direction of
 * writing) and U+FFFD for bytes that are not UTF-8, cut to @max characters. */
char *svpn_printable (const char *text, gsize max) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all characters of @text, which is valid UTF-8, are printable. */
gboolean svpn_is_printable (const char *text) G_GNUC_WARN_UNUSED_RESULT;

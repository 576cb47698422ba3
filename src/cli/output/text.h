/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text that is safe to print, and its width. */
#pragma once

#include <glib.h>

/* The number of columns that @text takes in a terminal. */
guint svpn_text_width (const char *text);

/* @text with '?' in place of characters that a terminal would obey. Names and reasons may come from the other side. */
char *svpn_text_printable (const char *text) G_GNUC_WARN_UNUSED_RESULT;

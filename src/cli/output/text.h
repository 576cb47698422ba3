/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text that a terminal can show: safe, as wide as the screen, in the character set of the locale. */
#pragma once

#include <glib.h>

/* The number of columns that @text takes in a terminal. Colours (\033[...m) take none. */
guint svpn_text_width (const char *text);

/* @text with line breaks between its words, so that no line has more than @columns columns. All lines but the first get
 * @indent blanks in front, and the first one begins at that column. A word that is longer than a line is split. */
char *svpn_text_wrap (const char *text, guint columns, guint indent) G_GNUC_WARN_UNUSED_RESULT;

/* Lines of text, and of tables with two columns, of which the second one continues below itself. */
char *svpn_text_wrap_lines (const char *text, guint columns) G_GNUC_WARN_UNUSED_RESULT;

/* @text in the character set of the locale. What that lacks becomes an ASCII character of the same width. */
char *svpn_text_for_locale (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* @text with '?' in place of characters that a terminal would obey. Names and reasons may come from the other side. */
char *svpn_text_printable (const char *text) G_GNUC_WARN_UNUSED_RESULT;

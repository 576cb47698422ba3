/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a stream can show. */
#pragma once

#include <glib.h>
#include <stdio.h>

/* Whether @stream is a terminal, and whether to use colours there (not with NO_COLOR or TERM=dumb). */
gboolean svpn_is_terminal (FILE *stream);
gboolean svpn_has_colours (FILE *stream);

/* Whether the locale has the block characters of Unicode. */
gboolean svpn_has_blocks (void);

/* The word of a state or a health in the user's language; NULL for "" and "none". */
const char *svpn_word (const char *word);

/* The escape sequence of the colour for the word of a state or a health in the user's language; "" for others. */
const char *svpn_word_colour (const char *word);

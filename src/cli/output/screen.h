/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The terminal as a screen that is redrawn. */
#pragma once

#include <glib.h>

/* Take the screen, and give it back as it was. Meanwhile keys are not shown, and can be read one by one. */
void svpn_screen_open (void);
void svpn_screen_close (void);

/* Gives the screen back and stops this job, as Ctrl-Z does. Returns when the job continues. */
void svpn_screen_suspend (void);

/* The size of the terminal; 80 x 24 if it is unknown. */
void svpn_screen_get_size (guint *columns, guint *rows);

/* Shows lines of text, cut to the size of the screen. */
void svpn_screen_draw (const char *text);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The terminal as a screen that is drawn over and over. */
#pragma once

#include <glib.h>

/* Takes the screen: keys come one by one and unseen, what was on the screen comes back at the end. */
void svpn_screen_open (void);
void svpn_screen_close (void);

/* Gives the screen back, and stops this job (Ctrl-Z); returns when it goes on. */
void svpn_screen_suspend (void);

void svpn_screen_get_size (guint *columns, guint *rows);

/* Shows lines of text, clipped to the screen. */
void svpn_screen_draw (const char *text);

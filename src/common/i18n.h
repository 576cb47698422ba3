/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Messages in the user's language: _() around each text that somebody reads at a terminal or on a desktop.
 *
 * Not translated: logs, what is said over D-Bus, and the documentation. A system service knows no caller's language, and
 * a message that is searched for, or sent to the other end of the world, is to be the same everywhere. */
#pragma once

#define GETTEXT_PACKAGE "smartvpn"
#include <glib/gi18n-lib.h>

/* Called first in main(). */
void svpn_i18n_init (void);

/* Called when a program stops talking to a user and begins to serve. */
void svpn_i18n_end (void);

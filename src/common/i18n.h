/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Messages in the user's language: _() around each text that somebody reads at a terminal or on a desktop.
 *
 * Logs, messages on D-Bus and the documentation are not translated. A system service does not know the language of its
 * callers, and people search for messages and send them to each other, so they should be the same everywhere. */
#pragma once

#define GETTEXT_PACKAGE "smartvpn"
#include <glib/gi18n-lib.h>

/* Called first in main(). */
void svpn_i18n_init (void);

/* @text in the language of the program that the library is in, whose own texts have another domain. */
const char *svpn_i18n_translate (const char *text) G_GNUC_FORMAT (1);

/* Called when a program begins to serve: from then on its messages are logs. */
void svpn_i18n_end (void);

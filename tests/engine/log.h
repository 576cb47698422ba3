/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the engine logs, for tests: where nothing else tells why something ended. */
#pragma once

#include <glib.h>

/* Call first in main(). Messages of all levels are kept; warnings are shown, errors abort as ever. */
void log_capture (void);

/* Forgets what was logged so far. */
void log_clear (void);

/* Everything logged since, one message a line. */
const char *log_text (void);

/* Fails the test unless a message since log_clear() contains @text. */
void log_expect (const char *text);

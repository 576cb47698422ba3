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

/* Waits for a message that contains @text; those since log_clear() count. */
void log_expect (const char *text);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For tests that expect warnings of the code under test: they are gathered, and are not fatal. */
#pragma once

#include <glib.h>

/* g_test_init(), and gathers warnings from now on. Criticals are fatal. */
void warnings_test_init (int *argc, char ***argv);

/* There must be no warnings since the last call; or at least one, and each contains @part. */
void assert_no_warning (void);
void assert_warning (const char *part);

/* There must be @n of them, each with @part. */
void assert_warnings (guint n, const char *part);

/* Those so far do not matter. */
void forget_warnings (void);

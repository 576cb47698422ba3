/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON as benchmarks print it. Names are our own and need no escapes. */
#pragma once

#include <glib.h>

typedef GString Report;

/* The whole is an object. */
Report *report_new (void);
/* Prints it, and frees it. */
void report_print (Report *report);

void report_begin (Report *report, const char *name); /* an object in it */
void report_end (Report *report);
void report_number (Report *report, const char *name, double value);
void report_numbers (Report *report, const char *name, const guint *values, guint n);

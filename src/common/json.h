/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON text as we take it: strictly. */
#pragma once

#include <gio/gio.h>

/* The object that is @json as a{sv} of loose types, x, d, b, s, av, mv, a{sv} (full reference). NULL with
 * SVPN_ERROR_INVALID_ARGUMENTS naming the line of a syntax error or of a key given twice; the text is never quoted. */
GVariant *svpn_json_parse (const char *json, gsize max_bytes, GError **error);

/* The line of @key in the object that is @json, which svpn_json_parse() has taken; 0: it is not there, or not spelled so. */
guint svpn_json_line_of (const char *json, const char *key);

/* @dictionary (a{sv}) as indented JSON with a newline at its end. */
char *svpn_json_print (GVariant *dictionary);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON text (RFC 8259), read strictly. */
#pragma once

#include <gio/gio.h>

/* The JSON object @json, in its order, as a{sv} of loose types: x, d, b, s, av, mv (null), a{sv}; full reference. It may be
 * nested four levels deep. NULL with SVPN_ERROR_INVALID_ARGUMENTS naming the line of a syntax error or of a repeated key; the
 * error never quotes the text. */
GVariant *svpn_json_parse (const char *json, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The line of the member @key of the object @json, which svpn_json_parse() has accepted; 0: there is none of that spelling. */
guint svpn_json_line_of (const char *json, const char *key);

/* @dictionary (a{sv}) as indented JSON with a line break at its end. */
char *svpn_json_print (GVariant *dictionary) G_GNUC_WARN_UNUSED_RESULT;

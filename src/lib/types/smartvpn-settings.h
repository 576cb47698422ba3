/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * smartvpn_settings_from_json:
 * @json: a JSON object, as in a profile file, of at most 1 MiB
 * @error: return location for an error
 *
 * Reads settings for [method@Manager.add_client_async], [method@Client.connect_async] and other methods that take
 * some. Keys may be written as on D-Bus or in camelCase: `server-url` or `serverUrl`. The syntax of JSON is checked
 * strictly, and a key must not stand twice; smartvpnd checks the keys and values later.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS, naming the line. The message never quotes the text, which may hold
 * secrets.
 *
 * Returns: (transfer full): an `a{sv}`, with numbers of type `x` and lists of type `av`; %NULL on errors
 *
 * Since: 0.1
 */
GVariant *smartvpn_settings_from_json (const char *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_settings_to_json:
 * @settings: an `a{sv}`: settings, or the dictionary of a [class@Record]
 *
 * Writes a dictionary as an indented JSON object.
 *
 * Returns: (transfer full): the text, which ends with a newline
 *
 * Since: 0.1
 */
char *smartvpn_settings_to_json (GVariant *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

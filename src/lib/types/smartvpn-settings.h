/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as JSON text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * smartvpn_settings_from_json:
 * @json: a JSON object, such as a profile file has it
 * @error: return location for an error
 *
 * Reads settings as [method@Manager.add_client_async], [method@Client.connect_async] and all others take them. Strict:
 * comments, keys given twice and the like are refused. A key may also be in camelCase: `serverUrl` for `server-url`.
 * Whether the keys and values can be is for smartvpnd to judge.
 *
 * Returns: (transfer full): an `a{sv}`; numbers are of type `x`, lists of type `av`. %NULL with
 *   %SMARTVPN_ERROR_INVALID_ARGUMENTS and the line that is wrong; the text, which may hold a secret, is not quoted
 */
GVariant *smartvpn_settings_from_json (const char *json, GError **error);

/**
 * smartvpn_settings_to_json:
 * @settings: an `a{sv}`, of settings or of a [class@Record]
 *
 * Writes a dictionary as an indented JSON object.
 *
 * Returns: (transfer full): the text, with a newline at its end
 */
char *smartvpn_settings_to_json (GVariant *settings);

G_END_DECLS

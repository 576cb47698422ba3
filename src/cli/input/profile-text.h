/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as a text that somebody brings. */
#pragma once

#include "settings.h"

/* The settings (full reference), checked, of a JSON object with keys as server-url or serverUrl, or, for clients, of a
 * link. */
GVariant *svpn_profile_text_parse (SvpnScope scope, const char *text, GError **error);

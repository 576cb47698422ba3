/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as text: JSON or a link. */
#pragma once

#include "settings.h"

/* The settings in @text, validated (full reference): a JSON object with keys such as server-url or serverUrl, or, for
 * clients, a link. */
GVariant *svpn_profile_text_parse (SvpnScope scope, const char *text,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

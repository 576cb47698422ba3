/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A secret as text, NUL-terminated, in memory of g_malloc(): a key in base64, a lease, PEM, a file of secrets. */
#pragma once

#include <glib.h>

typedef char SvpnSecretText;

/* Wipes @text, then frees it; NULL is taken. */
void svpn_secret_text_free (SvpnSecretText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnSecretText, svpn_secret_text_free)

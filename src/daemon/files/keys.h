/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * X25519 keys in base64. */
#pragma once

#include <glib.h>

/* @private_key is to be freed with svpn_key_free(). */
void svpn_key_generate (char **public_key, char **private_key);

/* The public key of @private_key; NULL if that is not 32 bytes in base64. */
char *svpn_key_to_public (const char *private_key);

/* Wipes and frees a secret text; NULL is taken. */
void svpn_key_free (char *text);

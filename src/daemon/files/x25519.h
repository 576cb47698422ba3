/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * X25519 keys (RFC 7748) as standard base64 with padding. */
#pragma once

#include "secret-text.h"

void svpn_x25519_generate (char **public_key, SvpnSecretText **private_key);

/* The public key of @private_key; NULL unless that is 32 bytes in base64. */
char *svpn_x25519_to_public (const char *private_key) G_GNUC_WARN_UNUSED_RESULT;

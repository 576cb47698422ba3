/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * HMAC-SHA256 (RFC 2104) in one call. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SVPN_HMAC_SIZE 32

void svpn_hmac (uint8_t out[SVPN_HMAC_SIZE], const void *key, size_t key_size, const void *data, size_t size);

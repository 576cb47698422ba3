/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Random bytes for nonces and masks: the kernel's, drawn many at a time, since a system call for each nonce would cost
 * more than the rest of a small packet. Each byte is handed out once and wiped. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* At most 64 bytes. Main thread only, as is the next. */
void svpn_random_bytes (uint8_t *out, size_t size);
uint32_t svpn_random_u32 (void);

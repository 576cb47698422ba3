/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How long to wait before the next attempt: exponential backoff with jitter, so that the clients of a server that returns do
 * not all come at once. */
#pragma once

#include <stdint.h>

#define SVPN_BACKOFF_FIRST_MAX_MS 300 /* jitter of the first attempt, which comes at once */
#define SVPN_BACKOFF_BASE_MS 1000     /* of the second attempt */
#define SVPN_BACKOFF_MAX_MS 60000

/* Milliseconds before attempt number @attempt (0: the first after a loss). From the second on it is between half and
 * all of SVPN_BACKOFF_BASE_MS * 2^(attempt - 1), which SVPN_BACKOFF_MAX_MS bounds. @random: any random
 * number. */
uint32_t svpn_backoff_ms (unsigned int attempt, uint32_t random);

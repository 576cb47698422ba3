/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Locked memory for the keys of many sessions. sodium_malloc() alone takes two pages and five mappings for each, of which
 * the kernel gives a process a limited number. */
#pragma once

#include <stddef.h>

#define SVPN_SECRET_SIZE_MAX 256

/* Wiped memory of at most SVPN_SECRET_SIZE_MAX bytes that is never swapped out, unless this process may lock none, which a
 * message says. NULL if no more can be locked (RLIMIT_MEMLOCK) or mapped. Main thread only. */
void *svpn_secret_new (size_t size);

/* Wipes it. NULL is allowed. */
void svpn_secret_free (void *secret);

/* Locked bytes that @n secrets take at most. */
size_t svpn_secret_locked_bytes (size_t n);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Suggestions for mistyped words. */
#pragma once

/* The candidate, out of a NULL-terminated list, that is most similar to @word; NULL if none is similar. */
const char *svpn_nearest (const char *word, const char *const *candidates);

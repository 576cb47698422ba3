/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The word that somebody may have meant. */
#pragma once

/* The candidate, out of a NULL-terminated list, that @word is likely meant to be; NULL if none comes near. */
const char *svpn_nearest (const char *word, const char *const *candidates);

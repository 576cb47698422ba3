/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Words on D-Bus. */
#pragma once

#include <glib-object.h>

/* The value of @type whose word is @word; the first one, 0, for a word that is not known. */
int svpn_enum_from_word (GType type, const char *word);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Words on D-Bus as values of enumerations. */
#pragma once

#include <glib-object.h>

/* The value of the enumeration @type whose nick is @word, for "" that with the nick "none"; 0, which means unknown, if there is
 * no such value. */
int svpn_enum_from_word (GType type, const char *word);

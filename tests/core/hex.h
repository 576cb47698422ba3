/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Bytes in tests are written as hex; spaces and line breaks between them are free. */
#pragma once

#include <glib.h>
#include <sodium.h>

/* Writes the bytes of @text to @out, which holds @max; returns how many. */
static inline gsize
hex_read (const char *text, guint8 *out, gsize max)
{
  gsize size = 0;

  if (sodium_hex2bin (out, max, text, strlen (text), " \n", &size, NULL) != 0)
    g_error ("not hex, or more than %zu bytes: %s", max, text);
  return size;
}

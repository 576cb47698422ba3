/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The byte order mark of UTF-8. */
#include "byte-order-mark.h"

#include <string.h>

#define MARK "\xef\xbb\xbf"

const char *
svpn_skip_byte_order_mark (const char *text)
{
  return strncmp (text, MARK, strlen (MARK)) == 0 ? text + strlen (MARK) : text;
}

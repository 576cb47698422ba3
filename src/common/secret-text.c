/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A secret as text. */
#include "secret-text.h"

#include <sodium.h>
#include <string.h>

void
svpn_secret_text_free (SvpnSecretText *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Reasons of state-changed for people. */
#include "reason-words.h"
#include "error.h"
#include "smartvpn.h"

#include <string.h>

char *
svpn_reason_in_words (const char *reason, GVariant *details)
{
  static const char *const plain[] = { "", "user", "established", NULL };
  const char *words = smartvpn_reason_to_string (reason), *message = NULL;

  if (g_strv_contains (plain, reason))
    return NULL;
  g_variant_lookup (details, "message", "&s", &message);
  if (words == NULL)
    return g_strdup (message != NULL ? message : reason);
  return message != NULL ? g_strdup_printf ("%s: %s", words, message) : g_strdup (words);
}

GError *
svpn_error_from_reason (const char *reason, const char *message)
{
  const char *words = reason != NULL ? smartvpn_reason_to_string (reason) : NULL;

  if (reason != NULL && svpn_error_is_name (reason))
    return svpn_error_new_by_name (reason, message != NULL ? message : reason);
  if (message == NULL)
    message = words != NULL ? words : "disconnected";
  return g_error_new_literal (SMARTVPN_ERROR, SMARTVPN_ERROR_NOT_CONNECTED, message);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * PEM files (RFC 7468) that settings name. */
#include "pem.h"
#include "error.h"
#include "text-file.h"

#include <string.h>

#define PEM_MAX_BYTES (1024 * 1024)

SvpnSecretText *
svpn_pem_read (const char *setting, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SvpnSecretText) text = svpn_text_file_read (path, PEM_MAX_BYTES, FALSE, &local);

  if (text == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "%s: %s: %s%s", setting, path, local->message,
                 g_str_has_prefix (local->message, SVPN_TEXT_FILE_NO_TEXT)
                     ? "; PEM is needed: convert DER with openssl"
                     : "");
  else if (strstr (text, "-----BEGIN ") != NULL)
    return g_steal_pointer (&text);
  else
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "%s: %s holds no PEM text ('-----BEGIN ...')",
                 setting, path);
  return NULL;
}

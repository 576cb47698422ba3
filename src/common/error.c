/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The error domain, the same in C and on D-Bus. */
#include "error.h"

#define ENTRY(code, name)                                                                                    \
  {                                                                                                          \
    SVPN_ERROR_##code, "org.smartvpn.Error." name                                                            \
  }

static const GDBusErrorEntry entries[] = {
  ENTRY (FAILED, "Failed"),
  ENTRY (INVALID_ARGUMENTS, "InvalidArguments"),
  ENTRY (NOT_AUTHORIZED, "NotAuthorized"),
  ENTRY (BUSY, "Busy"),
  ENTRY (NOT_CONNECTED, "NotConnected"),
  ENTRY (ALREADY_CONNECTED, "AlreadyConnected"),
  ENTRY (NOT_RUNNING, "NotRunning"),
  ENTRY (ALREADY_RUNNING, "AlreadyRunning"),
  ENTRY (NO_SUCH_CLIENT, "NoSuchClient"),
  ENTRY (NO_SUCH_PROFILE, "NoSuchProfile"),
  ENTRY (AUTH_FAILED, "AuthFailed"),
  ENTRY (SERVER_KEY_MISMATCH, "ServerKeyMismatch"),
  ENTRY (TLS_FAILED, "TlsFailed"),
  ENTRY (PROXY_AUTH_REQUIRED, "ProxyAuthRequired"),
  ENTRY (TIMEOUT, "Timeout"),
  ENTRY (LIMIT_EXCEEDED, "LimitExceeded"),
  ENTRY (NOT_SUPPORTED, "NotSupported"),
};

/* A program may have this table twice, its own and that of libsmartvpn: the domain is the same, and the first registers. */
GQuark
svpn_error_quark (void)
{
  static gsize quark = 0;

  if (g_once_init_enter (&quark)) {
    GQuark domain = g_quark_from_static_string ("smartvpn-error-quark");

    for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
      g_dbus_error_register_error (domain, entries[i].error_code, entries[i].dbus_error_name);
    g_once_init_leave (&quark, domain);
  }
  return (GQuark) quark;
}

gboolean
svpn_error_is_final (const GError *error)
{
  return g_error_matches (error, SVPN_ERROR, SVPN_ERROR_AUTH_FAILED)
         || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS)
         || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED);
}

gboolean
svpn_error_refuse (GError **error, const char *key, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: %s", key, reason);
  return FALSE;
}

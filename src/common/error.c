/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The error domain, the same in C and on D-Bus. */
#include "error.h"

#include <string.h>

#define PREFIX "org.smartvpn.Error."
#define ENTRY(code, name)                                                                                    \
  {                                                                                                          \
    SVPN_ERROR_##code, PREFIX name                                                                           \
  }

static const GDBusErrorEntry entries[] = {
  ENTRY (FAILED, "Failed"),
  ENTRY (INVALID_ARGUMENTS, "InvalidArguments"),
  ENTRY (UNKNOWN_SETTING, "UnknownSetting"),
  ENTRY (INVALID_SETTING, "InvalidSetting"),
  ENTRY (NOT_AUTHORIZED, "NotAuthorized"),
  ENTRY (AUTHORIZATION_DISMISSED, "AuthorizationDismissed"),
  ENTRY (INTERACTION_REQUIRED, "InteractionRequired"),
  ENTRY (BUSY, "Busy"),
  ENTRY (IN_PROGRESS, "InProgress"),
  ENTRY (NOT_CONNECTED, "NotConnected"),
  ENTRY (ALREADY_CONNECTED, "AlreadyConnected"),
  ENTRY (NOT_RUNNING, "NotRunning"),
  ENTRY (ALREADY_RUNNING, "AlreadyRunning"),
  ENTRY (ALREADY_EXISTS, "AlreadyExists"),
  ENTRY (NO_SUCH_PROFILE, "NoSuchProfile"),
  ENTRY (NO_SUCH_SESSION, "NoSuchSession"),
  ENTRY (NO_SUCH_AUTHORIZED_CLIENT, "NoSuchAuthorizedClient"),
  ENTRY (AUTH_FAILED, "AuthFailed"),
  ENTRY (SERVER_KEY_MISMATCH, "ServerKeyMismatch"),
  ENTRY (TLS_FAILED, "TlsFailed"),
  ENTRY (PROXY_AUTH_REQUIRED, "ProxyAuthRequired"),
  ENTRY (TIMEOUT, "Timeout"),
  ENTRY (UNREACHABLE, "Unreachable"),
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

const char *
svpn_error_name (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_error_matches (error, SVPN_ERROR, entries[i].error_code))
      return entries[i].dbus_error_name + strlen (PREFIX);
  return "Failed";
}

gboolean
svpn_error_is_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (entries[i].dbus_error_name + strlen (PREFIX), name))
      return TRUE;
  return FALSE;
}

GError *
svpn_error_new_by_name (const char *name, const char *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (entries[i].dbus_error_name + strlen (PREFIX), name))
      return g_error_new_literal (SVPN_ERROR, entries[i].error_code, message);
  g_return_val_if_reached (NULL);
}

gboolean
svpn_error_is_final (const GError *error)
{
  static const SvpnError final[]
      = { SVPN_ERROR_AUTH_FAILED, SVPN_ERROR_INVALID_ARGUMENTS, SVPN_ERROR_UNKNOWN_SETTING,
          SVPN_ERROR_INVALID_SETTING, SVPN_ERROR_NOT_SUPPORTED };

  for (gsize i = 0; i < G_N_ELEMENTS (final); i++)
    if (g_error_matches (error, SVPN_ERROR, (int) final[i]))
      return TRUE;
  return FALSE;
}

static void
refuse (GError **error, SvpnError code, const char *name, const char *format, va_list arguments)
{
  g_autofree char *reason = g_strdup_vprintf (format, arguments);

  g_set_error (error, SVPN_ERROR, (int) code, "%s: %s", name, reason);
}

gboolean
svpn_error_refuse (GError **error, const char *key, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  refuse (error, SVPN_ERROR_INVALID_SETTING, key, format, arguments);
  va_end (arguments);
  return FALSE;
}

gboolean
svpn_error_refuse_argument (GError **error, const char *name, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  refuse (error, SVPN_ERROR_INVALID_ARGUMENTS, name, format, arguments);
  va_end (arguments);
  return FALSE;
}

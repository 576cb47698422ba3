/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The public error domain. It is that of common/error.h, which knows the names on D-Bus. */
#include "smartvpn-error.h"

#include "error.h"
#include "reason.h"

#include <string.h>

#define PREFIX "org.smartvpn.Error."
#define SAME(code) G_STATIC_ASSERT ((int) SMARTVPN_ERROR_##code == (int) SVPN_ERROR_##code)

SAME (UNKNOWN);
SAME (FAILED);
SAME (INVALID_ARGUMENTS);
SAME (UNKNOWN_SETTING);
SAME (INVALID_SETTING);
SAME (NOT_AUTHORIZED);
SAME (AUTHORIZATION_DISMISSED);
SAME (INTERACTION_REQUIRED);
SAME (BUSY);
SAME (IN_PROGRESS);
SAME (NOT_CONNECTED);
SAME (ALREADY_CONNECTED);
SAME (NOT_RUNNING);
SAME (ALREADY_RUNNING);
SAME (ALREADY_EXISTS);
SAME (NO_SUCH_PROFILE);
SAME (NO_SUCH_SESSION);
SAME (NO_SUCH_AUTHORIZED_CLIENT);
SAME (AUTH_FAILED);
SAME (SERVER_KEY_MISMATCH);
SAME (TLS_FAILED);
SAME (PROXY_AUTH_REQUIRED);
SAME (TIMEOUT);
SAME (UNREACHABLE);
SAME (LIMIT_EXCEEDED);
SAME (NOT_SUPPORTED);

const char *
smartvpn_reason_to_string (const char *reason)
{
  g_return_val_if_fail (reason != NULL, NULL);
  return svpn_reason_for_person (reason);
}

char *
smartvpn_error_get_name (const GError *error)
{
  g_autofree char *dbus_name = NULL;
  const char *end;

  g_return_val_if_fail (error != NULL, NULL);
  if (error->domain != SMARTVPN_ERROR)
    return NULL;
  dbus_name = g_dbus_error_encode_gerror (error);
  if (g_str_has_prefix (dbus_name, PREFIX))
    return g_strdup (dbus_name + strlen (PREFIX));
  end = strchr (error->message, ':');
  return end != NULL && error->code == SMARTVPN_ERROR_UNKNOWN
             ? g_strndup (error->message, (gsize) (end - error->message))
             : NULL;
}

GQuark
smartvpn_error_quark (void)
{
  return svpn_error_quark ();
}

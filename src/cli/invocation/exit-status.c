/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Exit statuses. */
#include "exit-status.h"
#include "smartvpn.h"

const SvpnExitStatus svpn_exit_statuses[] = {
  { SVPN_EXIT_OK, "Success." },
  { SVPN_EXIT_FAILED, "A failure without a status of its own." },
  { SVPN_EXIT_USAGE, "The command line is wrong, or a setting is not valid." },
  { SVPN_EXIT_NOT_AUTHORIZED, "The caller is not authorised." },
  { SVPN_EXIT_NOT_ACTIVE, "The client is not connected, or the server does not run." },
  { SVPN_EXIT_NO_SUCH, "There is no such profile, client or session." },
  { SVPN_EXIT_IN_USE, "Already connected or running, busy, or the name is taken." },
  { SVPN_EXIT_REFUSED,
    "The server refused this client, or could not prove its identity: keys, TLS, or a proxy." },
  { SVPN_EXIT_TIMEOUT, "The server, or smartvpnd, did not answer in time, or cannot be reached." },
  { SVPN_EXIT_LIMIT, "A limit is reached: the server, or a list, is full." },
  { SVPN_EXIT_NOT_SUPPORTED, "This profile, or this version, cannot do this." },
  { SVPN_EXIT_NO_SERVICE, "smartvpnd cannot be reached." },
  { SVPN_EXIT_FINDINGS, "\"smartvpnctl check\" has found something." },
  { SVPN_EXIT_INTERRUPTED, "Interrupted by Ctrl-C." },
  { 0, NULL },
};

static int
status_of_code (SmartvpnError code)
{
  switch (code) {
  case SMARTVPN_ERROR_UNKNOWN:
  case SMARTVPN_ERROR_FAILED:
    return SVPN_EXIT_FAILED;
  case SMARTVPN_ERROR_INVALID_ARGUMENTS:
  case SMARTVPN_ERROR_UNKNOWN_SETTING:
  case SMARTVPN_ERROR_INVALID_SETTING:
    return SVPN_EXIT_USAGE;
  case SMARTVPN_ERROR_NOT_AUTHORIZED:
  case SMARTVPN_ERROR_AUTHORIZATION_DISMISSED:
  case SMARTVPN_ERROR_INTERACTION_REQUIRED:
    return SVPN_EXIT_NOT_AUTHORIZED;
  case SMARTVPN_ERROR_NOT_CONNECTED:
  case SMARTVPN_ERROR_NOT_RUNNING:
    return SVPN_EXIT_NOT_ACTIVE;
  case SMARTVPN_ERROR_NO_SUCH_SESSION:
  case SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT:
  case SMARTVPN_ERROR_NO_SUCH_PROFILE:
    return SVPN_EXIT_NO_SUCH;
  case SMARTVPN_ERROR_BUSY:
  case SMARTVPN_ERROR_ALREADY_EXISTS:
  case SMARTVPN_ERROR_ALREADY_CONNECTED:
  case SMARTVPN_ERROR_ALREADY_RUNNING:
    return SVPN_EXIT_IN_USE;
  case SMARTVPN_ERROR_AUTH_FAILED:
  case SMARTVPN_ERROR_SERVER_KEY_MISMATCH:
  case SMARTVPN_ERROR_TLS_FAILED:
  case SMARTVPN_ERROR_PROXY_AUTH_REQUIRED:
    return SVPN_EXIT_REFUSED;
  case SMARTVPN_ERROR_TIMEOUT:
  case SMARTVPN_ERROR_UNREACHABLE:
  case SMARTVPN_ERROR_IN_PROGRESS:
    return SVPN_EXIT_TIMEOUT;
  case SMARTVPN_ERROR_LIMIT_EXCEEDED:
    return SVPN_EXIT_LIMIT;
  case SMARTVPN_ERROR_NOT_SUPPORTED:
    return SVPN_EXIT_NOT_SUPPORTED;
  }
  return SVPN_EXIT_FAILED;
}

int
svpn_exit_status_of (const GError *error)
{
  if (error->domain == SMARTVPN_ERROR)
    return status_of_code (error->code);
  if (error->domain == G_OPTION_ERROR)
    return SVPN_EXIT_USAGE;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return SVPN_EXIT_NOT_AUTHORIZED;
  /* smartvpnd is older than this program */
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return SVPN_EXIT_NOT_SUPPORTED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
    return SVPN_EXIT_NO_SUCH;
  /* ... or so much later that we do not understand its answer */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return SVPN_EXIT_NOT_SUPPORTED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    return SVPN_EXIT_FAILED;
  if (error->domain == G_DBUS_ERROR || error->domain == G_IO_ERROR)
    return SVPN_EXIT_NO_SERVICE;
  return SVPN_EXIT_FAILED;
}

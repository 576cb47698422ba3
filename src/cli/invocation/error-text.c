/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Errors for people. */
#include "error-text.h"
#include "exit-status.h"
#include "i18n.h"

/* NULL: the message alone tells as much, and where this program makes it, it is translated. */
static const char *
meaning_of_code (SmartvpnError code)
{
  switch (code) {
  case SMARTVPN_ERROR_UNKNOWN:
  case SMARTVPN_ERROR_FAILED:
  case SMARTVPN_ERROR_INVALID_ARGUMENTS:
  case SMARTVPN_ERROR_UNKNOWN_SETTING:
  case SMARTVPN_ERROR_INVALID_SETTING:
  case SMARTVPN_ERROR_NO_SUCH_PROFILE:
    return NULL;
  case SMARTVPN_ERROR_NOT_AUTHORIZED:
    return N_ ("not authorised");
  case SMARTVPN_ERROR_AUTHORIZATION_DISMISSED:
    return N_ ("the question for a password was dismissed");
  case SMARTVPN_ERROR_INTERACTION_REQUIRED:
    return N_ ("a password would have to be asked for");
  case SMARTVPN_ERROR_BUSY:
    return N_ ("busy");
  case SMARTVPN_ERROR_IN_PROGRESS:
    return N_ ("not done yet");
  case SMARTVPN_ERROR_ALREADY_EXISTS:
    return N_ ("the name is taken");
  case SMARTVPN_ERROR_NOT_CONNECTED:
    return N_ ("not connected");
  case SMARTVPN_ERROR_ALREADY_CONNECTED:
    return N_ ("already connected");
  case SMARTVPN_ERROR_NOT_RUNNING:
    return N_ ("the server does not run");
  case SMARTVPN_ERROR_ALREADY_RUNNING:
    return N_ ("the server runs already");
  case SMARTVPN_ERROR_NO_SUCH_SESSION:
    return N_ ("no such session");
  case SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT:
    return N_ ("no such authorized client");
  case SMARTVPN_ERROR_AUTH_FAILED:
    return N_ ("the server refuses this client");
  case SMARTVPN_ERROR_SERVER_KEY_MISMATCH:
    return N_ ("the server does not have the expected key");
  case SMARTVPN_ERROR_TLS_FAILED:
    return N_ ("TLS has failed");
  case SMARTVPN_ERROR_PROXY_AUTH_REQUIRED:
    return N_ ("the proxy asks for a password");
  case SMARTVPN_ERROR_TIMEOUT:
    return N_ ("no answer in time");
  case SMARTVPN_ERROR_UNREACHABLE:
    return N_ ("the server cannot be reached");
  case SMARTVPN_ERROR_LIMIT_EXCEEDED:
    return N_ ("a limit is reached");
  case SMARTVPN_ERROR_NOT_SUPPORTED:
    return N_ ("not supported");
  }
  return NULL;
}

char *
svpn_error_text (const GError *error)
{
  const char *meaning = error->domain == SMARTVPN_ERROR ? meaning_of_code (error->code) : NULL;

  if (meaning == NULL || g_str_equal (_ (meaning), meaning))
    return g_strdup (error->message);
  return g_strconcat (_ (meaning), ": ", error->message, NULL);
}

char *
svpn_error_code (const GError *error)
{
  static const struct {
    int status;
    const char *code;
  } codes[] = {
    { SVPN_EXIT_USAGE, "InvalidArguments" }, { SVPN_EXIT_NOT_AUTHORIZED, "NotAuthorized" },
    { SVPN_EXIT_NO_SUCH, "NoSuchProfile" },  { SVPN_EXIT_NOT_SUPPORTED, "NotSupported" },
    { SVPN_EXIT_NO_SERVICE, "NoService" },
  };
  char *name = smartvpn_error_get_name (error);

  for (gsize i = 0; name == NULL && i < G_N_ELEMENTS (codes); i++)
    if (codes[i].status == svpn_exit_status_of (error))
      name = g_strdup (codes[i].code);
  return name != NULL ? name : g_strdup ("Failed");
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The public error domain. It is that of common/error.h, which knows the names on D-Bus. */
#include "smartvpn-error.h"

#include "error.h"

#define SAME(code) G_STATIC_ASSERT ((int) SMARTVPN_ERROR_##code == (int) SVPN_ERROR_##code)

SAME (FAILED);
SAME (INVALID_ARGUMENTS);
SAME (NOT_AUTHORIZED);
SAME (BUSY);
SAME (NOT_CONNECTED);
SAME (ALREADY_CONNECTED);
SAME (NOT_RUNNING);
SAME (ALREADY_RUNNING);
SAME (NO_SUCH_CLIENT);
SAME (NO_SUCH_PROFILE);
SAME (AUTH_FAILED);
SAME (SERVER_KEY_MISMATCH);
SAME (TLS_FAILED);
SAME (PROXY_AUTH_REQUIRED);
SAME (TIMEOUT);
SAME (LIMIT_EXCEEDED);
SAME (NOT_SUPPORTED);

GQuark
smartvpn_error_quark (void)
{
  return svpn_error_quark ();
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The error domain, the same in C and on D-Bus (org.smartvpn.Error.NAME). */
#pragma once

#include <gio/gio.h>

typedef enum {
  SVPN_ERROR_UNKNOWN, /* of a later version; we send none of this code */
  SVPN_ERROR_FAILED,
  SVPN_ERROR_INVALID_ARGUMENTS,
  SVPN_ERROR_NOT_AUTHORIZED,
  SVPN_ERROR_BUSY,
  SVPN_ERROR_NOT_CONNECTED,
  SVPN_ERROR_ALREADY_CONNECTED,
  SVPN_ERROR_NOT_RUNNING,
  SVPN_ERROR_ALREADY_RUNNING,
  SVPN_ERROR_NO_SUCH_CLIENT,
  SVPN_ERROR_NO_SUCH_PROFILE,
  SVPN_ERROR_AUTH_FAILED,
  SVPN_ERROR_SERVER_KEY_MISMATCH,
  SVPN_ERROR_TLS_FAILED,
  SVPN_ERROR_PROXY_AUTH_REQUIRED,
  SVPN_ERROR_TIMEOUT,
  SVPN_ERROR_LIMIT_EXCEEDED,
  SVPN_ERROR_NOT_SUPPORTED,
} SvpnError;

#define SVPN_ERROR (svpn_error_quark ())

/* The first call registers the D-Bus names with GDBus, which then translates errors of this domain in both directions. */
GQuark svpn_error_quark (void);

/* Whether trying again cannot help: the same request would be refused again (AuthFailed, InvalidArguments, NotSupported). */
gboolean svpn_error_is_final (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets SVPN_ERROR_INVALID_ARGUMENTS, "KEY: REASON". Returns FALSE. */
gboolean svpn_error_refuse (GError **error, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);

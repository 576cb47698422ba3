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
  SVPN_ERROR_UNKNOWN_SETTING,
  SVPN_ERROR_INVALID_SETTING,
  SVPN_ERROR_NOT_AUTHORIZED,
  SVPN_ERROR_AUTHORIZATION_DISMISSED,
  SVPN_ERROR_INTERACTION_REQUIRED,
  SVPN_ERROR_BUSY,
  SVPN_ERROR_IN_PROGRESS,
  SVPN_ERROR_NOT_CONNECTED,
  SVPN_ERROR_ALREADY_CONNECTED,
  SVPN_ERROR_NOT_RUNNING,
  SVPN_ERROR_ALREADY_RUNNING,
  SVPN_ERROR_ALREADY_EXISTS,
  SVPN_ERROR_NO_SUCH_PROFILE,
  SVPN_ERROR_NO_SUCH_SESSION,
  SVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT,
  SVPN_ERROR_AUTH_FAILED,
  SVPN_ERROR_SERVER_KEY_MISMATCH,
  SVPN_ERROR_TLS_FAILED,
  SVPN_ERROR_PROXY_AUTH_REQUIRED,
  SVPN_ERROR_TIMEOUT,
  SVPN_ERROR_UNREACHABLE,
  SVPN_ERROR_LIMIT_EXCEEDED,
  SVPN_ERROR_NOT_SUPPORTED,
} SvpnError;

#define SVPN_ERROR (svpn_error_quark ())

/* The first call registers the D-Bus names with GDBus, which then translates errors of this domain in both directions. */
GQuark svpn_error_quark (void);

/* The name of @error without "org.smartvpn.Error.", static; "Failed" for an error of another domain. */
const char *svpn_error_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether @name is one that svpn_error_name() returns. */
gboolean svpn_error_is_name (const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* The error of such a name. */
GError *svpn_error_new_by_name (const char *name, const char *message) G_GNUC_WARN_UNUSED_RESULT;

/* Whether trying again cannot help: the same request would be refused again (AuthFailed, InvalidArguments, UnknownSetting,
 * InvalidSetting, NotSupported). */
gboolean svpn_error_is_final (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets SVPN_ERROR_INVALID_SETTING, "KEY: REASON". Returns FALSE. */
gboolean svpn_error_refuse (GError **error, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same for an argument of a call that is no setting: SVPN_ERROR_INVALID_ARGUMENTS. */
gboolean svpn_error_refuse_argument (GError **error, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The errors of smartvpnd, as GLib errors. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmartvpnError:
 * @SMARTVPN_ERROR_UNKNOWN: an error that this version does not know; the message begins with its name and a colon
 * @SMARTVPN_ERROR_FAILED: a failure without a code of its own; the message says what failed
 * @SMARTVPN_ERROR_INVALID_ARGUMENTS: an argument is not valid
 * @SMARTVPN_ERROR_UNKNOWN_SETTING: there is no such setting; the message begins with its key and a colon
 * @SMARTVPN_ERROR_INVALID_SETTING: the value of a setting is not valid; the message begins with its key and a colon
 * @SMARTVPN_ERROR_NOT_AUTHORIZED: polkit does not allow the caller to do this
 * @SMARTVPN_ERROR_AUTHORIZATION_DISMISSED: the user has closed the question for a password
 * @SMARTVPN_ERROR_INTERACTION_REQUIRED: a password is needed, and the call does not allow to ask for it
 * @SMARTVPN_ERROR_BUSY: another call is in progress, or the profile is in use
 * @SMARTVPN_ERROR_IN_PROGRESS: the call takes longer than 20 seconds, and goes on
 * @SMARTVPN_ERROR_NOT_CONNECTED: the client is not connected
 * @SMARTVPN_ERROR_ALREADY_CONNECTED: the client is already connected
 * @SMARTVPN_ERROR_NOT_RUNNING: the server is not running
 * @SMARTVPN_ERROR_ALREADY_RUNNING: the server is already running
 * @SMARTVPN_ERROR_ALREADY_EXISTS: the name is taken
 * @SMARTVPN_ERROR_NO_SUCH_PROFILE: there is no such client or server
 * @SMARTVPN_ERROR_NO_SUCH_SESSION: the server has no such session
 * @SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT: the server has no such authorized client
 * @SMARTVPN_ERROR_AUTH_FAILED: the server does not know the client's key, or refuses it
 * @SMARTVPN_ERROR_SERVER_KEY_MISMATCH: the server does not own the key that the settings name
 * @SMARTVPN_ERROR_TLS_FAILED: a certificate is not trusted, or cannot be used
 * @SMARTVPN_ERROR_PROXY_AUTH_REQUIRED: the proxy demands a user name and a password
 * @SMARTVPN_ERROR_TIMEOUT: the other side did not answer in time
 * @SMARTVPN_ERROR_UNREACHABLE: the connection was refused, there is no route to the server, or no such host
 * @SMARTVPN_ERROR_LIMIT_EXCEEDED: the server, or a list, is full
 * @SMARTVPN_ERROR_NOT_SUPPORTED: this object, or this version, cannot do this
 *
 * The errors of smartvpnd: a code for each D-Bus error `org.smartvpn.Error.NAME`. Messages are in English, without the
 * D-Bus name.
 *
 * Errors that do not come from smartvpnd keep their domains: %G_DBUS_ERROR_SERVICE_UNKNOWN, for instance, if smartvpnd
 * neither runs nor is installed, and %G_IO_ERROR_CANCELLED if a call was cancelled.
 *
 * Since: 0.1
 */
typedef enum {
  SMARTVPN_ERROR_UNKNOWN,
  SMARTVPN_ERROR_FAILED,
  SMARTVPN_ERROR_INVALID_ARGUMENTS,
  SMARTVPN_ERROR_UNKNOWN_SETTING,
  SMARTVPN_ERROR_INVALID_SETTING,
  SMARTVPN_ERROR_NOT_AUTHORIZED,
  SMARTVPN_ERROR_AUTHORIZATION_DISMISSED,
  SMARTVPN_ERROR_INTERACTION_REQUIRED,
  SMARTVPN_ERROR_BUSY,
  SMARTVPN_ERROR_IN_PROGRESS,
  SMARTVPN_ERROR_NOT_CONNECTED,
  SMARTVPN_ERROR_ALREADY_CONNECTED,
  SMARTVPN_ERROR_NOT_RUNNING,
  SMARTVPN_ERROR_ALREADY_RUNNING,
  SMARTVPN_ERROR_ALREADY_EXISTS,
  SMARTVPN_ERROR_NO_SUCH_PROFILE,
  SMARTVPN_ERROR_NO_SUCH_SESSION,
  SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT,
  SMARTVPN_ERROR_AUTH_FAILED,
  SMARTVPN_ERROR_SERVER_KEY_MISMATCH,
  SMARTVPN_ERROR_TLS_FAILED,
  SMARTVPN_ERROR_PROXY_AUTH_REQUIRED,
  SMARTVPN_ERROR_TIMEOUT,
  SMARTVPN_ERROR_UNREACHABLE,
  SMARTVPN_ERROR_LIMIT_EXCEEDED,
  SMARTVPN_ERROR_NOT_SUPPORTED,
} SmartvpnError;

#define SMARTVPN_TYPE_ERROR (smartvpn_error_get_type ())
GType smartvpn_error_get_type (void) G_GNUC_CONST;

/**
 * SMARTVPN_ERROR:
 *
 * The error domain of libsmartvpn. Its codes are those of [error@Error].
 *
 * Since: 0.1
 */
#define SMARTVPN_ERROR (smartvpn_error_quark ())

/**
 * smartvpn_error_quark:
 *
 * Gets the error domain %SMARTVPN_ERROR.
 *
 * Returns: the domain
 *
 * Since: 0.1
 */
GQuark smartvpn_error_quark (void);

/**
 * smartvpn_reason_to_string:
 * @reason: a reason, such as that of [signal@Client::state-changed]
 *
 * Gets what a reason says to a person, in the language of the program's user (LC_MESSAGES).
 *
 * Returns: (nullable): a sentence without a full stop, %NULL if @reason is the name of an error, or of a later version:
 *   then show the message of the error, or @reason itself
 *
 * Since: 0.1
 */
const char *smartvpn_reason_to_string (const char *reason);

/**
 * smartvpn_error_get_name:
 * @error: an error that a method has returned
 *
 * Gets the name of an error of smartvpnd: that on D-Bus, without `org.smartvpn.Error.`. Errors of a later smartvpnd, whose
 * code is %SMARTVPN_ERROR_UNKNOWN, have one, too.
 *
 * Returns: (transfer full) (nullable): a name, such as `TlsFailed`; %NULL if the error has another domain
 *
 * Since: 0.1
 */
char *smartvpn_error_get_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The errors of smartvpnd, as GLib errors. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmartvpnError:
 * @SMARTVPN_ERROR_FAILED: something failed for which there is no code of its own; the message says what
 * @SMARTVPN_ERROR_INVALID_ARGUMENTS: a setting or argument cannot be; the message begins with its key
 * @SMARTVPN_ERROR_NOT_AUTHORIZED: the caller may not do this (polkit)
 * @SMARTVPN_ERROR_BUSY: another call is under way, or the profile is in use
 * @SMARTVPN_ERROR_NOT_CONNECTED: the client has no connection
 * @SMARTVPN_ERROR_ALREADY_CONNECTED: the client has a connection
 * @SMARTVPN_ERROR_NOT_RUNNING: the server does not run
 * @SMARTVPN_ERROR_ALREADY_RUNNING: the server runs
 * @SMARTVPN_ERROR_NO_SUCH_CLIENT: the server has no session, or no authorized client, of this name
 * @SMARTVPN_ERROR_NO_SUCH_PROFILE: there is no such client or server
 * @SMARTVPN_ERROR_AUTH_FAILED: the server does not know the client's key, or refuses it
 * @SMARTVPN_ERROR_SERVER_KEY_MISMATCH: the server does not have the key that the settings name
 * @SMARTVPN_ERROR_TLS_FAILED: a certificate is not trusted or cannot be used
 * @SMARTVPN_ERROR_PROXY_AUTH_REQUIRED: the proxy wants a user name and password
 * @SMARTVPN_ERROR_TIMEOUT: the other side did not answer in time
 * @SMARTVPN_ERROR_LIMIT_EXCEEDED: the server is full, or a table is
 * @SMARTVPN_ERROR_NOT_SUPPORTED: this cannot be done with this object, or by this version
 *
 * What smartvpnd answers in place of a result: a code for each D-Bus error `org.smartvpn.Error.NAME`. Messages are
 * without the D-Bus name. All that does not come from smartvpnd itself keeps its domain: %G_DBUS_ERROR, for instance
 * %G_DBUS_ERROR_SERVICE_UNKNOWN where smartvpnd is neither running nor installed, or %G_IO_ERROR, for instance
 * %G_IO_ERROR_CANCELLED.
 */
typedef enum {
  SMARTVPN_ERROR_FAILED,
  SMARTVPN_ERROR_INVALID_ARGUMENTS,
  SMARTVPN_ERROR_NOT_AUTHORIZED,
  SMARTVPN_ERROR_BUSY,
  SMARTVPN_ERROR_NOT_CONNECTED,
  SMARTVPN_ERROR_ALREADY_CONNECTED,
  SMARTVPN_ERROR_NOT_RUNNING,
  SMARTVPN_ERROR_ALREADY_RUNNING,
  SMARTVPN_ERROR_NO_SUCH_CLIENT,
  SMARTVPN_ERROR_NO_SUCH_PROFILE,
  SMARTVPN_ERROR_AUTH_FAILED,
  SMARTVPN_ERROR_SERVER_KEY_MISMATCH,
  SMARTVPN_ERROR_TLS_FAILED,
  SMARTVPN_ERROR_PROXY_AUTH_REQUIRED,
  SMARTVPN_ERROR_TIMEOUT,
  SMARTVPN_ERROR_LIMIT_EXCEEDED,
  SMARTVPN_ERROR_NOT_SUPPORTED,
} SmartvpnError;

#define SMARTVPN_TYPE_ERROR (smartvpn_error_get_type ())
GType smartvpn_error_get_type (void) G_GNUC_CONST;

/**
 * SMARTVPN_ERROR:
 *
 * The error domain of libsmartvpn; its codes are those of [error@Error].
 */
#define SMARTVPN_ERROR (smartvpn_error_quark ())

/**
 * smartvpn_error_quark:
 *
 * The error domain, by its number.
 *
 * Returns: the domain
 */
GQuark smartvpn_error_quark (void);

G_END_DECLS

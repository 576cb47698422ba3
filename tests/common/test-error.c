/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The error domain: its names on D-Bus, and which errors trying again cannot help. */
#include "error.h"

static const struct {
  SvpnError code;
  const char *name;
  gboolean final;
} rows[] = {
  { SVPN_ERROR_FAILED, "Failed", FALSE },
  { SVPN_ERROR_INVALID_ARGUMENTS, "InvalidArguments", TRUE },
  { SVPN_ERROR_UNKNOWN_SETTING, "UnknownSetting", TRUE },
  { SVPN_ERROR_INVALID_SETTING, "InvalidSetting", TRUE },
  { SVPN_ERROR_NOT_AUTHORIZED, "NotAuthorized", FALSE },
  { SVPN_ERROR_AUTHORIZATION_DISMISSED, "AuthorizationDismissed", FALSE },
  { SVPN_ERROR_INTERACTION_REQUIRED, "InteractionRequired", FALSE },
  { SVPN_ERROR_BUSY, "Busy", FALSE },
  { SVPN_ERROR_IN_PROGRESS, "InProgress", FALSE },
  { SVPN_ERROR_NOT_CONNECTED, "NotConnected", FALSE },
  { SVPN_ERROR_ALREADY_CONNECTED, "AlreadyConnected", FALSE },
  { SVPN_ERROR_NOT_RUNNING, "NotRunning", FALSE },
  { SVPN_ERROR_ALREADY_RUNNING, "AlreadyRunning", FALSE },
  { SVPN_ERROR_ALREADY_EXISTS, "AlreadyExists", FALSE },
  { SVPN_ERROR_NO_SUCH_PROFILE, "NoSuchProfile", FALSE },
  { SVPN_ERROR_NO_SUCH_SESSION, "NoSuchSession", FALSE },
  { SVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT, "NoSuchAuthorizedClient", FALSE },
  { SVPN_ERROR_AUTH_FAILED, "AuthFailed", TRUE },
  { SVPN_ERROR_SERVER_KEY_MISMATCH, "ServerKeyMismatch", FALSE },
  { SVPN_ERROR_TLS_FAILED, "TlsFailed", FALSE },
  { SVPN_ERROR_PROXY_AUTH_REQUIRED, "ProxyAuthRequired", FALSE },
  { SVPN_ERROR_TIMEOUT, "Timeout", FALSE },
  { SVPN_ERROR_UNREACHABLE, "Unreachable", FALSE },
  { SVPN_ERROR_LIMIT_EXCEEDED, "LimitExceeded", FALSE },
  { SVPN_ERROR_NOT_SUPPORTED, "NotSupported", TRUE },
};

static void
test_rows (void)
{
  g_assert_cmpint (G_N_ELEMENTS (rows), ==, SVPN_ERROR_NOT_SUPPORTED);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = g_strconcat ("org.smartvpn.Error.", rows[i].name, NULL);
    g_autoptr (GError) error = g_error_new_literal (SVPN_ERROR, (int) rows[i].code, "x");
    g_autofree char *encoded = g_dbus_error_encode_gerror (error);
    g_autoptr (GError) decoded = g_dbus_error_new_for_dbus_error (name, "x");

    g_test_message ("row %s", rows[i].name);
    g_assert_cmpstr (encoded, ==, name);
    g_assert_error (decoded, SVPN_ERROR, (int) rows[i].code);
    g_assert_true (svpn_error_is_final (error) == rows[i].final);
    g_assert_cmpstr (svpn_error_name (error), ==, rows[i].name);
    g_assert_true (svpn_error_is_name (rows[i].name));
  }
}

static void
test_other_domains (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, SVPN_ERROR_NOT_SUPPORTED, "x");

  g_assert_false (svpn_error_is_final (error));
  g_assert_cmpstr (svpn_error_name (error), ==, "Failed");
  g_assert_false (svpn_error_is_name ("failed"));
}

static void
test_refuse (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (svpn_error_refuse (&error, "mtu", "%d is too much", 9));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  g_assert_cmpstr (error->message, ==, "mtu: 9 is too much");
  g_assert_false (svpn_error_refuse (NULL, "mtu", "x"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/error/rows", test_rows);
  g_test_add_func ("/error/other-domains", test_other_domains);
  g_test_add_func ("/error/refuse", test_refuse);
  return g_test_run ();
}

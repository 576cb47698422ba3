/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What org.smartvpn.Manager answers without regard to any client or server. */
#include "manager-answers.h"
#include "permissions.h"
#include "settings.h"
#include "x25519.h"

/* The property Features; words are only ever added. */
static const char *const features[] = {
  "telemetry-subscriptions", "history", "describe-settings", "check-permissions", "title", "tls-ca-pem", NULL
};

static gboolean
on_generate_keypair (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation,
                     const SvpnEnvironment *environment)
{
  g_autofree char *public_key = NULL;
  g_autoptr (SvpnSecretText) private_key = NULL;

  svpn_x25519_generate (&public_key, &private_key);
  svpn_dbus_manager_complete_generate_keypair (skeleton, invocation, public_key, private_key);
  return TRUE;
}

static gboolean
on_describe_settings (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation,
                      const SvpnEnvironment *environment)
{
  svpn_dbus_manager_complete_describe_settings (skeleton, invocation, svpn_settings_describe ());
  return TRUE;
}

static gboolean
on_check_permissions (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation,
                      const SvpnEnvironment *environment)
{
  svpn_permissions_tell (environment, invocation);
  return TRUE;
}

void
svpn_manager_answers_connect (SvpnDbusManager *skeleton, const SvpnEnvironment *environment)
{
  gpointer data = (gpointer) environment;

  svpn_dbus_manager_set_version (skeleton, SVPN_VERSION);
  svpn_dbus_manager_set_features (skeleton, features);
  g_signal_connect (skeleton, "handle-generate-keypair", G_CALLBACK (on_generate_keypair), data);
  g_signal_connect (skeleton, "handle-describe-settings", G_CALLBACK (on_describe_settings), data);
  g_signal_connect (skeleton, "handle-check-permissions", G_CALLBACK (on_check_permissions), data);
}

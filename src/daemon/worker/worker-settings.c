/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as StartClient() and StartServer() take them. */
#include "worker-settings.h"

void
svpn_worker_settings_add (GVariantDict *dict, SvpnScope scope, GVariant *settings, const char *const *keys)
{
  for (; *keys != NULL; keys++) {
    g_autoptr (GVariant) value = svpn_settings_get_value (scope, settings, *keys);

    if (value != NULL)
      g_variant_dict_insert_value (dict, *keys, value);
  }
}

void
svpn_worker_settings_add_session (GVariantDict *dict, SvpnScope scope, GVariant *settings)
{
  static const char *const keys[] = { "keepalive-healthy-s",
                                      "keepalive-degraded-s",
                                      "keepalive-critical-s",
                                      "keepalive-timeout-s",
                                      "keepalive-rtt-threshold-ms",
                                      "keepalive-loss-threshold-percent",
                                      "qos",
                                      NULL };

  svpn_worker_settings_add (dict, scope, settings, keys);
}

void
svpn_worker_settings_add_changeable (GVariantDict *dict, GVariant *settings)
{
  static const char *const keys[] = { "dns",
                                      "routes",
                                      "max-clients",
                                      "require-proof",
                                      "client-auth",
                                      "rate-limit-bytes-per-s",
                                      "rate-limit-burst-bytes",
                                      "decoy",
                                      "decoy-proxy-protocol",
                                      "trusted-proxies",
                                      NULL };

  svpn_worker_settings_add (dict, SVPN_SCOPE_SERVER, settings, keys);
  svpn_worker_settings_add_session (dict, SVPN_SCOPE_SERVER, settings);
}

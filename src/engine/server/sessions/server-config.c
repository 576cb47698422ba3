/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings of a server. */
#include "server-config.h"

#include <sodium.h>

SvpnServerConfig *
svpn_server_config_new (void)
{
  return g_new0 (SvpnServerConfig, 1);
}

void
svpn_server_config_free (SvpnServerConfig *config)
{
  g_free (config->path);
  g_clear_pointer (&config->tls, svpn_tls_context_unref);
  g_free (config->decoy_directory);
  g_free (config->trusted_proxies);
  if (config->private_key != NULL)
    sodium_free (config->private_key);
  g_strfreev (config->dns);
  g_strfreev (config->routes);
  g_free (config);
}

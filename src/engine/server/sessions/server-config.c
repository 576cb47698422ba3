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

#define EXCHANGE(member)                                                                                     \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    __typeof__ (config->member) kept = config->member;                                                       \
    config->member = other->member;                                                                          \
    other->member = kept;                                                                                    \
  }                                                                                                          \
  G_STMT_END

void
svpn_server_config_exchange (SvpnServerConfig *config, SvpnServerConfig *other)
{
  EXCHANGE (dns);
  EXCHANGE (routes);
  EXCHANGE (max_clients);
  EXCHANGE (require_proof);
  EXCHANGE (client_auth);
  EXCHANGE (rate_bytes_per_s);
  EXCHANGE (burst_bytes);
  EXCHANGE (qos);
  EXCHANGE (keepalive);
  EXCHANGE (origin);
  EXCHANGE (decoy_directory);
  EXCHANGE (trusted_proxies);
  EXCHANGE (n_trusted_proxies);
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

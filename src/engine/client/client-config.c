/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings of a client's tunnel. */
#include "client-config.h"

#include <sodium.h>

SvpnClientConfig *
svpn_client_config_new (void)
{
  return g_rc_box_new0 (SvpnClientConfig);
}

SvpnClientConfig *
svpn_client_config_ref (SvpnClientConfig *config)
{
  return g_rc_box_acquire (config);
}

static void
config_clear (SvpnClientConfig *config)
{
  g_free (config->server_url);
  if (config->private_key != NULL)
    sodium_free (config->private_key);
  g_free (config->tls_ca_pem);
  g_free (config->lease);
}

void
svpn_client_config_unref (SvpnClientConfig *config)
{
  g_rc_box_release_full (config, (GDestroyNotify) config_clear);
}

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings of a client's tunnel. */
#pragma once

#include "keepalive.h"
#include "wire.h"
#include <glib.h>

typedef struct {
  char *server_url; /* ws:// or wss:// */
  uint8_t server_public_key[SVPN_KEY_SIZE];
  uint8_t *private_key; /* sodium_malloc()ed, or NULL: anonymous (NK) */
  gboolean tls_verify;  /* FALSE: any certificate; the Noise layer authenticates the server nevertheless */
  char *tls_ca_pem;     /* trusted instead of the system's, or NULL */
  guint mtu;
  guint link_mtu; /* of the way to the server; 0: as the kernel finds out */
  guint connect_timeout_s;
  char *lease; /* of an earlier session, or NULL */
  gboolean auto_reconnect;
  guint max_reconnect_attempts;      /* 0: for ever */
  guint rekey_interval_s, rekey_mib; /* 0: no bound */
  gboolean qos;
  SvpnKeepaliveConfig keepalive;
} SvpnClientConfig;

/* Reference-counted; the last unref wipes the key. */
SvpnClientConfig *svpn_client_config_new (void);
SvpnClientConfig *svpn_client_config_ref (SvpnClientConfig *config);
void svpn_client_config_unref (SvpnClientConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnClientConfig, svpn_client_config_unref)

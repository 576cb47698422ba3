/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings of a server. */
#pragma once

#include "address.h"
#include "keepalive.h"
#include <gio/gio.h>

typedef struct {
  char *path;
  GTlsCertificate *certificate;    /* with its key; NULL: plain ws */
  uint8_t *private_key;            /* sodium_malloc()ed, 32 bytes */
  SvpnPrefix ipv4_pool, ipv6_pool; /* ipv6 family 0: none; the server itself has the first host address */
  char **dns, **routes;            /* told to clients */
  guint mtu;
  guint max_clients;
  gboolean client_to_client;
  gboolean require_proof;
  gboolean client_auth;                  /* only clients of svpn_server_set_authorized() */
  guint64 rate_bytes_per_s, burst_bytes; /* of each direction of a new client; rate 0: none */
  gboolean qos;
  SvpnKeepaliveConfig keepalive;
} SvpnServerConfig;

SvpnServerConfig *svpn_server_config_new (void);
void svpn_server_config_free (SvpnServerConfig *config); /* wipes the key */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnServerConfig, svpn_server_config_free)

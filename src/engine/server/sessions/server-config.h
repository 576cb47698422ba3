/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings of a server. */
#pragma once

#include "address.h"
#include "keepalive.h"
#include "web-relay.h"
#include "tls-context.h"

typedef struct {
  char *path;
  SvpnTlsContext *tls;             /* NULL: plain ws */
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
  /* What those see who are not admitted: another web server, else the files of a directory, else a plain page. */
  SvpnRelayConfig origin;      /* address family 0: none */
  char *decoy_directory;       /* NULL: none */
  SvpnPrefix *trusted_proxies; /* networks of proxies that may say whom a connection is from */
  guint n_trusted_proxies;
} SvpnServerConfig;

SvpnServerConfig *svpn_server_config_new (void);

/* Gives @config the settings of @other that can change while the server runs (those that svpn_server_reconfigure() names),
 * and @other those of @config. */
void svpn_server_config_exchange (SvpnServerConfig *config, SvpnServerConfig *other);

void svpn_server_config_free (SvpnServerConfig *config); /* wipes the key */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnServerConfig, svpn_server_config_free)

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients that a server knows by their static keys, and on what terms each may be here. */
#pragma once

#include "address.h"
#include <gio/gio.h>

typedef struct {
  char *name;
  uint8_t key[32];
  guint32 host;                          /* fixed number in the pools, 0: none */
  guint64 rate_bytes_per_s, burst_bytes; /* 0: as for any client */
  gint64 expires;                        /* Unix time in s, 0: never */
} SvpnAuthorized;

/* From an aa{sv} as org.smartvpn.Server.AuthorizeClient() describes it: static key (32 bytes, in the value) ->
 * SvpnAuthorized. NULL with SVPN_ERROR_INVALID_ARGUMENTS naming what is wrong. */
GHashTable *svpn_authorized_parse (GVariant *clients, const SvpnPrefix *ipv4_pool,
                                   const SvpnPrefix *ipv6_pool, GError **error);

/* The client with this key, unless its time is up at @unix_s. */
const SvpnAuthorized *svpn_authorized_find (GHashTable *clients, const uint8_t key[32], gint64 unix_s);

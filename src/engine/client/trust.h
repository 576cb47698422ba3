/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which TLS certificates a client takes. */
#pragma once

#include "client-config.h"

#include <gio/gio.h>

typedef struct {
  GTlsDatabase *database; /* NULL: the system's */
  int fd;                 /* of the certificates below it, -1: none */
} SvpnTrust;

#define SVPN_TRUST_INIT                                                                                      \
  {                                                                                                          \
    .fd = -1                                                                                                 \
  }

/* Prepares @trust, which is SVPN_TRUST_INIT, for connections that this process makes from now on until it is cleared. FALSE,
 * with @error of SVPN_ERROR, if tls-ca-file has no certificates. */
gboolean svpn_trust_load (SvpnTrust *trust, const SvpnClientConfig *config, GError **error);
void svpn_trust_clear (SvpnTrust *trust);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server's certificate with its chain and its key, from PEM text as people write it. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

/* Certificates that a chain may have. */
#define SVPN_CERTIFICATES_MAX 16

/* Reads a chain in any order, with or without a byte order mark, and with certificates of others in between, which are
 * left out: the one of the key comes first, then its issuer, and so on. Returns credentials for a TLS server, without a
 * trust store. Otherwise NULL with SVPN_ERROR_TLS_FAILED, which names the setting at fault. *warning: what clients may
 * not like about it, or NULL. */
gnutls_certificate_credentials_t svpn_certificate_load (const char *certificate_pem, const char *key_pem,
                                                        char **warning, GError **error);

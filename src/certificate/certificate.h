/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server's certificate with its chain and its key, from PEM text as people write it. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

/* Certificates that a chain may have. */
#define SVPN_CERTIFICATES_MAX 16

/* What is to be known of a certificate. */
typedef struct {
  gint64 begins_s;      /* Unix time */
  gint64 expires_s;     /* the same */
  gboolean is_for_key;  /* whether one of the certificates belongs to the key */
  gboolean is_for_host; /* TRUE without a host */
  char *gap;            /* what is missing of the chain; NULL: nothing that can be seen here */
} SvpnCertificateFacts;

void svpn_certificate_facts_clear (SvpnCertificateFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvpnCertificateFacts, svpn_certificate_facts_clear)

/* Reads the same texts as svpn_certificate_load(), with the same errors, except that there may be no certificate for the
 * key. @host: a name or an address by which clients reach the server, NULL: unknown. */
gboolean svpn_certificate_inspect (const char *certificate_pem, const char *key_pem, const char *host,
                                   SvpnCertificateFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a chain in any order, with or without a byte order mark, and with certificates of others in between, which are
 * left out: the one of the key comes first, then its issuer, and so on. Returns credentials for a TLS server, without a
 * trust store. Otherwise NULL with SVPN_ERROR_TLS_FAILED, which names the setting at fault. *warning: what clients may
 * not like about it, or NULL. */
gnutls_certificate_credentials_t svpn_certificate_load (const char *certificate_pem, const char *key_pem,
                                                        char **warning, GError **error);

/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What all TLS connections of a server share: certificate and key, the choice of algorithms, the key of session tickets.
 * There is no trust store, for clients have no certificates. A new certificate is a new context; connections keep
 * theirs. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

typedef struct _SvpnTlsContext SvpnTlsContext;

/* A session ticket can be redeemed for this long at most: then its key is forgotten. */
#define SVPN_TLS_TICKET_KEY_LIFETIME_S (12 * 3600)

/* NULL with SVPN_ERROR_TLS_FAILED naming the setting at fault. *warning as in svpn_certificate_load(). */
SvpnTlsContext *svpn_tls_context_new (const char *certificate_pem, const char *key_pem, char **warning,
                                      GError **error);
SvpnTlsContext *svpn_tls_context_ref (SvpnTlsContext *context);
void svpn_tls_context_unref (SvpnTlsContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTlsContext, svpn_tls_context_unref)

/* A GnuTLS server session with all that set. NULL: there is no memory for it. The caller keeps the context as long. */
gnutls_session_t svpn_tls_context_new_session (SvpnTlsContext *context, gint64 monotonic_us);

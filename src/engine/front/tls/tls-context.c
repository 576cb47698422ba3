/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What all TLS connections of a server share. */
#include "tls-context.h"
#include "certificate.h"
#include "error.h"

/* TLS 1.2 with forward secrecy, and 1.3. The order is the client's: who has AES instructions asks for AES-GCM first, who
 * has none for ChaCha20. Groups are those that cost little: a stranger chooses among them. */
#define PRIORITIES                                                                                           \
  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"                              \
  "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1"

struct _SvpnTlsContext {
  gatomicrefcount references;
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t priorities;
  gnutls_datum_t ticket_key;
  gint64 ticket_key_expiry; /* monotonic, us */
};

static void
clear_ticket_key (SvpnTlsContext *context)
{
  if (context->ticket_key.data == NULL)
    return;
  gnutls_memset (context->ticket_key.data, 0, context->ticket_key.size);
  gnutls_free (context->ticket_key.data);
  context->ticket_key.data = NULL;
}

SvpnTlsContext *
svpn_tls_context_ref (SvpnTlsContext *context)
{
  g_atomic_ref_count_inc (&context->references);
  return context;
}

void
svpn_tls_context_unref (SvpnTlsContext *context)
{
  if (!g_atomic_ref_count_dec (&context->references))
    return;
  clear_ticket_key (context);
  if (context->priorities != NULL)
    gnutls_priority_deinit (context->priorities);
  if (context->credentials != NULL)
    gnutls_certificate_free_credentials (context->credentials);
  g_free (context);
}

SvpnTlsContext *
svpn_tls_context_new (const char *certificate_pem, const char *key_pem, char **warning, GError **error)
{
  g_autoptr (SvpnTlsContext) context = g_new0 (SvpnTlsContext, 1);
  g_autofree char *flaw = NULL;
  int result;

  g_atomic_ref_count_init (&context->references);
  context->credentials = svpn_certificate_load (certificate_pem, key_pem, &flaw, error);
  if (context->credentials == NULL)
    return NULL;
  result = gnutls_priority_init2 (&context->priorities, PRIORITIES, NULL, 0);
  if (result < 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "GnuTLS: %s", gnutls_strerror (result));
    return NULL;
  }
  *warning = g_steal_pointer (&flaw);
  return g_steal_pointer (&context);
}

/* GnuTLS derives from the key it is given another one every 18 hours, which helps nobody whose key was taken: so the
 * key itself is replaced, too. Tickets of the one before are answered with a whole handshake. */
static gboolean
renew_ticket_key (SvpnTlsContext *context, gint64 monotonic_us)
{
  if (context->ticket_key.data != NULL && monotonic_us < context->ticket_key_expiry)
    return TRUE;
  clear_ticket_key (context);
  context->ticket_key_expiry = monotonic_us + (gint64) SVPN_TLS_TICKET_KEY_LIFETIME_S * G_USEC_PER_SEC;
  return gnutls_session_ticket_key_generate (&context->ticket_key) >= 0;
}

gnutls_session_t
svpn_tls_context_new_session (SvpnTlsContext *context, gint64 monotonic_us)
{
  static const gnutls_datum_t http = { (unsigned char *) "http/1.1", 8 };
  gnutls_session_t session;

  if (!renew_ticket_key (context, monotonic_us)
      || gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
    return NULL;
  if (gnutls_priority_set (session, context->priorities) >= 0
      && gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, context->credentials) >= 0
      && gnutls_session_ticket_enable_server (session, &context->ticket_key) >= 0
      && gnutls_alpn_set_protocols (session, &http, 1, GNUTLS_ALPN_MANDATORY) >= 0)
    return session;
  gnutls_deinit (session);
  return NULL;
}
